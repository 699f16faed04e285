#include "compiler/values/selector.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <algorithm>
#include <charconv>
#include <utility>

#include "compiler/values/chars.hpp"
#include "compiler/values/kubernetes_name.hpp"

namespace hookc::values {
namespace {

enum class TokenKind : std::uint8_t {
  End,
  Word,
  Comma,
  Open,
  Close,
  Equal,
  NotEqual,
  Bang,
  Greater,
  Less
};
struct Token {
  TokenKind kind{};
  Span span;
};

constexpr bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
constexpr bool is_symbol(char c) {
  return c == '=' || c == '!' || c == '(' || c == ')' || c == ',' || c == '>' || c == '<';
}

std::optional<std::int64_t> to_integer(std::string_view text) {
  std::int64_t value = 0;
  if (text.starts_with('+')) text.remove_prefix(1);  // Go's ParseInt takes it
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

class Parser {
 public:
  /// `suggest`: false while a suggestion is itself being tried, so that mends never nest.
  Parser(std::string_view text, bool suggest) : text_(text), suggest_(suggest) {}

  // parse() of apimachinery/pkg/labels/selector.go.
  Checked<Selector> parse() {
    Selector selector;
    if (peek().kind == TokenKind::End) return selector;
    while (true) {
      const Token token = peek();
      if (token.kind != TokenKind::Word && token.kind != TokenKind::Bang) {
        return wrong(token, "a label key");
      }
      auto requirement = parse_requirement();
      if (!requirement) return std::unexpected(std::move(requirement.error()));
      selector.requirements.push_back(std::move(*requirement));
      const Token after = next();
      if (after.kind == TokenKind::End) return selector;
      if (after.kind != TokenKind::Comma) return wrong(after, "`,` or the end");
      if (peek().kind == TokenKind::End) {
        return error("a label selector does not end with `,`", after.span,
                     std::string(text_.substr(0, after.span.begin)));
      }
    }
  }

 private:
  Token next() {
    const Token token = peek();
    at_ = token.span.end;
    return token;
  }

  Token peek() const {
    std::uint32_t i = at_;
    while (i < text_.size() && is_space(text_[i])) ++i;
    if (i == text_.size()) return {TokenKind::End, {i, i}};
    const bool doubled = i + 1 < text_.size() && text_[i + 1] == '=';
    switch (text_[i]) {
      case ',': return {TokenKind::Comma, {i, i + 1}};
      case '(': return {TokenKind::Open, {i, i + 1}};
      case ')': return {TokenKind::Close, {i, i + 1}};
      case '>': return {TokenKind::Greater, {i, i + 1}};
      case '<': return {TokenKind::Less, {i, i + 1}};
      case '=': return {TokenKind::Equal, {i, i + (doubled ? 2U : 1U)}};
      case '!':
        return doubled ? Token{TokenKind::NotEqual, {i, i + 2}}
                       : Token{TokenKind::Bang, {i, i + 1}};
    }
    std::uint32_t end = i;
    while (end < text_.size() && !is_space(text_[end]) && !is_symbol(text_[end])) ++end;
    return {TokenKind::Word, {i, end}};
  }

  std::string_view text_of(Token token) const {
    return text_.substr(token.span.begin, token.span.size());
  }

  std::unexpected<ValueError> error(std::string message, Span span,
                                    std::optional<std::string> suggestion = std::nullopt) const {
    return fail(std::move(message), span.begin, span.end, checked(std::move(suggestion)));
  }
  std::optional<std::string> checked(std::optional<std::string> suggestion) const {
    return suggest_ && suggestion && Parser(*suggestion, false).parse() ? suggestion : std::nullopt;
  }
  std::unexpected<ValueError> wrong(Token token, std::string_view expected) const {
    if (token.kind == TokenKind::End) {
      return error(fmt::format("the label selector ends where {} is expected", expected),
                   token.span);
    }
    return error(
        fmt::format("`{}` in a label selector where {} is expected", text_of(token), expected),
        token.span);
  }
  std::unexpected<ValueError> moved(ValueError e, Token token) const {
    auto result = in_part(std::move(e), token.span.begin, text_, token.span.size());
    result.error().suggestion = checked(std::move(result.error().suggestion));
    return result;
  }

  Checked<Requirement> parse_requirement() {
    Requirement requirement;
    const std::uint32_t begin = peek().span.begin;
    const bool negated = peek().kind == TokenKind::Bang;
    if (negated) next();
    const Token key = next();
    if (key.kind != TokenKind::Word) return wrong(key, "a label key");
    if (auto ok = check_label_key(text_of(key)); !ok) return moved(std::move(ok.error()), key);
    requirement.key = text_of(key);
    requirement.key_span = key.span;
    const auto done = [&](SelectorOp op) -> Checked<Requirement> {
      requirement.op = op;
      requirement.span = {begin, at_};
      return std::move(requirement);
    };
    if (negated) return done(SelectorOp::DoesNotExist);

    const Token op = peek();
    if (op.kind == TokenKind::End || op.kind == TokenKind::Comma) return done(SelectorOp::Exists);
    next();
    switch (op.kind) {
      case TokenKind::Equal:
      case TokenKind::NotEqual: {
        if (auto ok = parse_value(requirement.values); !ok) return std::unexpected(ok.error());
        return done(op.kind == TokenKind::Equal ? SelectorOp::In : SelectorOp::NotIn);
      }
      case TokenKind::Greater:
      case TokenKind::Less: {
        const Token value = peek();
        if (auto ok = parse_value(requirement.values); !ok) return std::unexpected(ok.error());
        if (!to_integer(requirement.values[0])) {
          const Span span =
              value.kind == TokenKind::Word ? value.span : Span{op.span.end, op.span.end};
          return error(
              fmt::format("`{}` in a label selector compares with a whole number", text_of(op)),
              span);
        }
        return done(op.kind == TokenKind::Greater ? SelectorOp::GreaterThan : SelectorOp::LessThan);
      }
      case TokenKind::Word:
        if (text_of(op) == "in" || text_of(op) == "notin") {
          if (auto ok = parse_set(requirement.values); !ok) return std::unexpected(ok.error());
          return done(text_of(op) == "in" ? SelectorOp::In : SelectorOp::NotIn);
        }
        break;
      case TokenKind::End:
      case TokenKind::Comma:
      case TokenKind::Open:
      case TokenKind::Close:
      case TokenKind::Bang: break;
    }
    if (op.kind == TokenKind::Word && text_of(op) == "not" && text_of(peek()) == "in") {
      const std::uint32_t end = peek().span.end;
      return error(
          "`not in` is `notin` in a label selector", {op.span.begin, end},
          std::string(text_.substr(0, op.span.begin)) + "notin" + std::string(text_.substr(end)));
    }
    return wrong(op, "`=`, `!=`, `in` or `notin`");
  }

  // parseExactValue(): nothing at all is the empty value.
  Checked<void> parse_value(std::vector<std::string>& values) {
    const Token value = peek();
    if (value.kind == TokenKind::End || value.kind == TokenKind::Comma) {
      values.emplace_back();
      return {};
    }
    if (value.kind != TokenKind::Word) return wrong(value, "a label value");
    next();
    if (auto ok = check_value(value); !ok) return ok;
    values.emplace_back(text_of(value));
    return {};
  }

  Checked<void> check_value(Token value) const {
    const std::string_view text = text_of(value);
    if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
        text.back() == text.front()) {
      return error("values in a label selector are written without quotes", value.span,
                   std::string(text_.substr(0, value.span.begin)) +
                       std::string(text.substr(1, text.size() - 2)) +
                       std::string(text_.substr(value.span.end)));
    }
    if (auto ok = check_label_value(text); !ok) return moved(std::move(ok.error()), value);
    return {};
  }

  // parseValues() and parseIdentifiersList(): `(a,)` holds the empty value too, `()` is refused by
  // NewRequirement.
  Checked<void> parse_set(std::vector<std::string>& values) {
    const Token open = next();
    if (open.kind != TokenKind::Open) return wrong(open, "`(`");
    if (peek().kind == TokenKind::Close) {
      return error("a set of label values cannot be empty", {open.span.begin, peek().span.end});
    }
    while (true) {
      const Token token = peek();
      if (token.kind == TokenKind::Word) {
        next();
        if (auto ok = check_value(token); !ok) return ok;
        values.emplace_back(text_of(token));
      } else if (token.kind == TokenKind::Comma || token.kind == TokenKind::Close) {
        values.emplace_back();
      } else if (token.kind == TokenKind::End) {
        return error("`(` in a label selector is never closed", open.span);
      } else {
        return wrong(token, "a label value or `)`");
      }
      const Token after = next();
      if (after.kind == TokenKind::Close) break;
      if (after.kind == TokenKind::End)
        return error("`(` in a label selector is never closed", open.span);
      if (after.kind != TokenKind::Comma) return wrong(after, "`,` or `)`");
    }
    std::ranges::sort(values);
    values.erase(std::ranges::unique(values).begin(), values.end());
    return {};
  }

  std::string_view text_;
  bool suggest_;
  std::uint32_t at_ = 0;
};

bool has(const std::vector<std::string>& sorted, const std::string& value) {
  return std::ranges::binary_search(sorted, value);
}

std::string format_requirement(const Requirement& r) {
  switch (r.op) {
    case SelectorOp::Exists: return r.key;
    case SelectorOp::DoesNotExist: return "!" + r.key;
    case SelectorOp::GreaterThan: return r.key + ">" + r.values[0];
    case SelectorOp::LessThan: return r.key + "<" + r.values[0];
    case SelectorOp::In:
    case SelectorOp::NotIn: break;
  }
  const bool in = r.op == SelectorOp::In;
  if (r.values.size() == 1) return fmt::format("{}{}{}", r.key, in ? "=" : "!=", r.values[0]);
  return fmt::format("{} {} ({})", r.key, in ? "in" : "notin", fmt::join(r.values, ","));
}

/// What the requirements of one key seen so far leave possible, each with the requirement that said
/// so.
struct KeyState {
  std::optional<std::uint32_t> present;  // some requirement that only a present label meets
  std::optional<std::uint32_t> absent;
  std::optional<std::uint32_t> in;
  std::vector<std::string> allowed;  // when `in`
  std::optional<std::uint32_t> greater, less;
  std::int64_t low = 0, high = 0;  // exclusive bounds, when `greater`, `less`
  std::vector<std::uint32_t> not_in;
};

}  // namespace

Checked<Selector> parse_selector(std::string_view text) {
  return Parser(text, true).parse();
}

bool matches(const Requirement& requirement, const Labels& labels) {
  const auto found = labels.find(requirement.key);
  const bool present = found != labels.end();
  switch (requirement.op) {
    case SelectorOp::In: return present && has(requirement.values, found->second);
    case SelectorOp::NotIn: return !present || !has(requirement.values, found->second);
    case SelectorOp::Exists: return present;
    case SelectorOp::DoesNotExist: return !present;
    case SelectorOp::GreaterThan:
    case SelectorOp::LessThan: {
      if (!present) return false;
      const auto value = to_integer(found->second);
      const auto bound = to_integer(requirement.values[0]);
      if (!value || !bound) return false;
      return requirement.op == SelectorOp::GreaterThan ? *value > *bound : *value < *bound;
    }
  }
  return false;
}

bool matches(const Selector& selector, const Labels& labels) {
  return std::ranges::all_of(selector.requirements,
                             [&](const Requirement& r) { return matches(r, labels); });
}

std::optional<Contradiction> find_contradiction(const Selector& selector) {
  const auto& all = selector.requirements;
  std::map<std::string_view, KeyState> keys;
  for (std::uint32_t i = 0; i < all.size(); ++i) {
    const Requirement& r = all[i];
    KeyState& state = keys[r.key];
    const auto contradiction = [&](std::uint32_t first) {
      return Contradiction{first, i,
                           fmt::format("no pod has labels that meet both `{}` and `{}`",
                                       format_requirement(all[first]), format_requirement(r))};
    };
    if (r.op == SelectorOp::DoesNotExist) {
      if (state.present) return contradiction(*state.present);
      if (!state.absent) state.absent = i;
      continue;
    }
    if (r.op != SelectorOp::NotIn) {
      if (state.absent) return contradiction(*state.absent);
      if (!state.present) state.present = i;
    }
    // Each new requirement narrows the allowed values; the one that empties them contradicts the
    // narrowing one.
    if (r.op == SelectorOp::In) {
      if (!state.in) {
        state.in = i;
        state.allowed = r.values;
      } else {
        std::erase_if(state.allowed, [&](const std::string& v) { return !has(r.values, v); });
        if (state.allowed.empty()) return contradiction(*state.in);
      }
      for (std::uint32_t other : state.not_in) {
        std::erase_if(state.allowed,
                      [&](const std::string& v) { return has(all[other].values, v); });
        if (state.allowed.empty()) return contradiction(other);
      }
    } else if (r.op == SelectorOp::NotIn) {
      state.not_in.push_back(i);
      if (state.in) {
        std::erase_if(state.allowed, [&](const std::string& v) { return has(r.values, v); });
        if (state.allowed.empty()) return contradiction(*state.in);
      }
    } else if (r.op == SelectorOp::GreaterThan || r.op == SelectorOp::LessThan) {
      const std::int64_t bound = to_integer(r.values[0]).value_or(0);
      const bool greater = r.op == SelectorOp::GreaterThan;
      auto& which = greater ? state.greater : state.less;
      auto& edge = greater ? state.low : state.high;
      if (!which || (greater ? bound > edge : bound < edge)) {
        which = i;
        edge = bound;
      }
      // Between two exclusive bounds there is a whole number only when they are two apart.
      if (state.greater && state.less && (state.high <= state.low || state.high - 1 == state.low)) {
        return contradiction(greater ? *state.less : *state.greater);
      }
    }
    if (state.in && (state.greater || state.less)) {
      std::erase_if(state.allowed, [&](const std::string& v) {
        const auto value = to_integer(v);
        return !value || (state.greater && *value <= state.low) ||
               (state.less && *value >= state.high);
      });
      if (state.allowed.empty()) {
        return contradiction(*state.in != i  ? *state.in
                             : state.greater ? *state.greater
                                             : *state.less);
      }
    }
  }
  return std::nullopt;
}

std::string format_selector(const Selector& selector) {
  std::vector<const Requirement*> order;
  for (const Requirement& r : selector.requirements) order.push_back(&r);
  std::ranges::stable_sort(order, {},
                           [](const Requirement* r) -> std::string_view { return r->key; });
  std::string out;
  for (const Requirement* r : order) {
    if (!out.empty()) out += ",";
    out += format_requirement(*r);
  }
  return out;
}

bool expressible_as_object(const Selector& selector) {
  return std::ranges::none_of(selector.requirements, [](const Requirement& r) {
    return r.op == SelectorOp::GreaterThan || r.op == SelectorOp::LessThan;
  });
}

}  // namespace hookc::values
