// Texts: what each is for decides how its literal characters are checked and how its splices are
// escaped (rules 37, 38). Findings of the value parsers are carried back to the exact characters of
// the source.
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "compiler/values/host.hpp"
#include "compiler/values/http_header.hpp"
#include "compiler/values/image.hpp"
#include "compiler/values/kubernetes_name.hpp"
#include "compiler/values/number.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/quantity.hpp"
#include "compiler/values/selector.hpp"
#include "compiler/values/shell.hpp"
#include "compiler/values/url.hpp"

namespace hookc::sema {

namespace {

constexpr std::string_view kAnyHost = "http://h";  // before a path, to read it as a URL

/// A suggestion as it would stand in the source, in quotes where the text had them.
std::string quoted(std::string_view text, ast::Quoting quoting) {
  if (quoting == ast::Quoting::Bare) return std::string(text);
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

/// A port has a code of its own, also inside a URL or an address.
Code code_of(std::span<const values::Piece> pieces, const values::ValueError& error) {
  const std::string text = values::flatten(pieces, 'x');
  const std::string_view wrong =
      std::string_view(text).substr(error.begin, error.end - error.begin);
  const bool digits =
      !wrong.empty() && wrong.find_first_not_of("0123456789") == std::string_view::npos;
  return digits && error.begin > 0 && text[error.begin - 1] == ':' ? Code::HK3002 : Code::HK5001;
}

Escape escape_of(values::ShellContext context) {
  if (context == values::ShellContext::SingleQuoted) return Escape::ShellSingle;
  if (context == values::ShellContext::DoubleQuoted) return Escape::ShellDouble;
  return Escape::ShellWord;
}

std::string_view mend(values::ShellContext context) {
  switch (context) {
    case values::ShellContext::HereDocument:
    case values::ShellContext::Delimiter:
      return "give the value on `stdin`, or in a variable: `env NAME = …` and `$NAME`";
    case values::ShellContext::Backquote: return "write `$(…)` instead of backquotes";
    case values::ShellContext::DollarSingle:
      return "use '…' or \"…\", or a variable: `env NAME = …` and `$NAME`";
    case values::ShellContext::Comment: return "drop the comment";
    case values::ShellContext::ParameterExpansion:
    case values::ShellContext::Arithmetic:
      return "give it in a variable: `env NAME = …` and `$NAME`";
    case values::ShellContext::AfterBackslash:
      return "drop the backslash: the value is quoted anyway";
    case values::ShellContext::AfterDollar:
      return "drop the `$`, or write `\\${…}` for a variable of the shell";
    case values::ShellContext::Unclear:
      return "put the value in a variable first: `x=${…}`, then use `$x`";
    case values::ShellContext::DoubleQuotedAfterName:
      return "write the variable before it as `\\${NAME}`, so that its name ends there";
    case values::ShellContext::Unquoted:
    case values::ShellContext::SingleQuoted:
    case values::ShellContext::DoubleQuoted: return {};
  }
  return {};
}

/// What never ended, for values::ShellUnclosed.
std::string_view opener(values::ShellContext context) {
  switch (context) {
    case values::ShellContext::SingleQuoted: return "a `'`";
    case values::ShellContext::DoubleQuoted: return "a `\"`";
    case values::ShellContext::Backquote: return "a backquote";
    case values::ShellContext::DollarSingle: return "a `$'`";
    case values::ShellContext::ParameterExpansion: return "a `${`";
    case values::ShellContext::Arithmetic: return "a `$((`";
    case values::ShellContext::Unquoted:
    case values::ShellContext::DoubleQuotedAfterName:
    case values::ShellContext::HereDocument:
    case values::ShellContext::Delimiter:
    case values::ShellContext::Comment:
    case values::ShellContext::AfterBackslash:
    case values::ShellContext::AfterDollar:
    case values::ShellContext::Unclear: return "a parenthesis";
  }
  return "a parenthesis";
}

}  // namespace

bool Checker::has_splice(ModuleId module, ast::TextId id) const {
  const auto parts = ast(module).parts_of(id);
  return std::any_of(parts.begin(), parts.end(),
                     [](const ast::TextPart& part) { return part.is_splice(); });
}

bool Checker::is_raw(ModuleId module, const ast::TextPart& part) const {
  const ast::Expr& e = ast(module)[part.splice];
  return e.kind == ast::ExprKind::Call && e.text == name_of(Builtin::Raw);
}

void Checker::gather(ModuleId module, ast::TextId id) {
  pieces_.clear();
  for (const ast::TextPart& part : ast(module).parts_of(id)) {
    pieces_.push_back(part.is_splice() ? values::Piece::splice()
                                       : values::Piece::text(part.literal));
  }
}

void Checker::set_escape(ModuleId module, ast::TextId id, std::size_t part, Escape escape) {
  const ast::Text& text = ast(module)[id];
  if (is_raw(module, ast(module).parts_of(id)[part])) escape = Escape::Raw;
  info(module).escapes[text.parts.first + part] = escape;
}

Span Checker::span_in(ModuleId module, ast::TextId id, std::uint32_t begin, std::uint32_t end,
                      std::uint32_t prefix) const {
  begin = begin > prefix ? begin - prefix : 0;
  end = end > prefix ? end - prefix : 0;
  const ast::Text& text = ast(module)[id];
  std::uint32_t offset = 0;
  std::optional<std::uint32_t> from, to;
  std::uint32_t last = text.span.end;
  for (const ast::TextPart& part : ast(module).parts_of(id)) {
    const std::uint32_t size =
        part.is_splice() ? 1 : static_cast<std::uint32_t>(part.literal.size());
    if (!from && begin < offset + size) {
      from =
          part.verbatim && !part.is_splice() ? part.span.begin + (begin - offset) : part.span.begin;
    }
    if (!to && end <= offset + size && (end > offset || end == begin)) {
      to = part.verbatim && !part.is_splice() ? part.span.begin + (end - offset) : part.span.end;
    }
    offset += size;
    last = part.span.end;
  }
  if (ast(module).parts_of(id).empty()) return text.span;
  const std::uint32_t first = from.value_or(last);
  return {first, std::max(first, to.value_or(last))};
}

void Checker::bad_value(Code code, ModuleId module, ast::TextId id, const values::ValueError& error,
                        std::uint32_t prefix) {
  const ast::Text& text = ast(module)[id];
  Diagnostic& d =
      add(code, module, span_in(module, id, error.begin, error.end, prefix), "{}", error.message);
  if (!error.suggestion || has_splice(module, id) || prefix != 0) return;
  d.fix(fmt::format("write `{}`", *error.suggestion), at(module, text.span),
        quoted(*error.suggestion, text.quoting), Applicability::MaybeIncorrect);
}

void Checker::check_text(const Scope& scope, ast::TextId id, TextUse use) {
  if (!id.valid()) return;
  const ast::Module& file = ast(scope.module);
  const auto parts = file.parts_of(id);
  for (const ast::TextPart& part : parts) {
    if (part.is_splice()) check_splice(scope, part, use);
  }
  if (file[id].broken || use == TextUse::Plain) return;
  gather(scope.module, id);
  switch (use) {
    case TextUse::Plain: return;
    case TextUse::Shell: check_shell(scope.module, id); return;
    case TextUse::Url: check_url(scope.module, id); return;
    case TextUse::Address: check_address(scope.module, id); return;
    case TextUse::UrlPath:
    case TextUse::HeaderValue:
    case TextUse::Host:
    case TextUse::Label:
    case TextUse::ObjectName:
    case TextUse::NamespacedName:
    case TextUse::SecretKey:
    case TextUse::PortName:
    case TextUse::Selector:
    case TextUse::Image:
    case TextUse::Quantity: check_flat(scope.module, id, use); return;
  }
}

void Checker::check_splice(const Scope& scope, const ast::TextPart& part, TextUse use) {
  const Type type = value_of(scope, part.splice);
  if (renders(type.kind)) return;
  const ast::Expr& e = ast(scope.module)[part.splice];
  Diagnostic& d =
      add(Code::HK3009, scope.module, e.span, "{} has no text to put here", describe(type))
          .label("cannot stand in `${…}`");
  if (type.kind == TypeKind::List) {
    d.help(fmt::format("join its elements: `join({}, \", \")`", text_of(scope.module, e.span)));
  } else if (use == TextUse::Plain &&
             (type.kind == TypeKind::Object || type.kind == TypeKind::Null)) {
    d.help("for JSON write `json {…}`");
  }
}

void Checker::check_shell(ModuleId module, ast::TextId id) {
  const auto parts = ast(module).parts_of(id);
  const values::ShellText read = values::shell_contexts(pieces_);
  const auto place = [&](values::PieceOffset offset) {
    if (offset.piece >= parts.size()) return ast(module)[id].span;
    const ast::TextPart& part = parts[offset.piece];
    if (part.is_splice() || !part.verbatim) return part.span;
    return Span{part.span.begin + offset.offset, part.span.begin + offset.offset + 1};
  };
  std::size_t hole = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_splice() || hole >= read.holes.size()) continue;
    const values::ShellHole& here = read.holes[hole++];
    // Quoting after `$NAME` would need the variable's name closed first, which only the author can
    // write.
    const bool after_name = here.context == values::ShellContext::DoubleQuotedAfterName;
    if (values::quotable(here.context) && !after_name) {
      set_escape(module, id, i, escape_of(here.context));
      continue;
    }
    set_escape(module, id, i, Escape::Raw);
    if (is_raw(module, parts[i])) continue;
    add(Code::HK4009, module, parts[i].span, "a value cannot be quoted {}{}",
        after_name ? "right after a variable " : "", values::describe(here.context))
        .label("no quoting is right here")
        .also(at(module, place(here.opened)), "begins here")
        .help(std::string(mend(here.context)))
        .help("`raw(…)` puts the text in as it is, for those who know what is in it");
  }
  if (!read.unclosed) return;
  add(Code::HK4001, module, place(read.unclosed->opened),
      "the shell would refuse this: {} never ends", opener(read.unclosed->context))
      .label("begins here");
}

void Checker::check_url(ModuleId module, ast::TextId id) {
  const ast::Module& file = ast(module);
  const auto parts = file.parts_of(id);
  const auto parsed = values::parse_url(pieces_);
  if (!parsed) {
    // An error that only says what a value of the wrong type at the head would have to be is said
    // below.
    const bool headed = !parts.empty() && parts[0].is_splice();
    const Type head = headed ? info(module).types[parts[0].splice.value] : Type{};
    if (headed && head.kind == TypeKind::Error) return;
    bad_value(code_of(pieces_, parsed.error()), module, id, parsed.error());
    return;
  }
  std::size_t hole = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_splice()) continue;
    const values::UrlPart where = parsed->holes[hole++].part;
    const Type type = info(module).types[parts[i].splice.value];
    const Span span = parts[i].span;
    const std::string_view text = text_of(module, file[parts[i].splice].span);
    if (where == values::UrlPart::Head) {
      set_escape(module, id, i, Escape::UrlWhole);
      if (type.kind == TypeKind::Url || type.kind == TypeKind::Error || is_raw(module, parts[i]))
        continue;
      Diagnostic& d =
          add(Code::HK3011, module, span, "only a `url` can stand for a whole URL, `{}` is {}",
              text, describe(present(type)))
              .label("a `url` expected");
      if (type.kind == TypeKind::Hostname) {
        d.fix("write the scheme before it", at(module, {span.begin, span.begin}), "https://",
              Applicability::MaybeIncorrect);
      } else {
        d.help(fmt::format("declare `{}` with the type `url`", text));
      }
      continue;
    }
    if (type.kind == TypeKind::Url) {
      add(Code::HK3011, module, span, "a `url` can only stand at the head of a URL")
          .label("a whole URL")
          .help("use a `string` for a part of a path, a `hostname` for a host");
    }
    switch (where) {
      case values::UrlPart::Head: break;
      case values::UrlPart::Host: set_escape(module, id, i, Escape::UrlHost); break;
      case values::UrlPart::Port: set_escape(module, id, i, Escape::UrlPort); break;
      case values::UrlPart::UserInfo:
      case values::UrlPart::Path:
      case values::UrlPart::Query:
      case values::UrlPart::Fragment: set_escape(module, id, i, Escape::UrlComponent); break;
    }
  }
}

void Checker::check_address(ModuleId module, ast::TextId id) {
  const auto parts = ast(module).parts_of(id);
  const auto parsed = values::parse_address(std::span<const values::Piece>(pieces_));
  if (!parsed) {
    bad_value(code_of(pieces_, parsed.error()), module, id, parsed.error());
    return;
  }
  std::size_t hole = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (!parts[i].is_splice()) continue;
    const values::AddressPart where = (*parsed)[hole++];
    if (where == values::AddressPart::Host) set_escape(module, id, i, Escape::UrlHost);
    if (where == values::AddressPart::Port) set_escape(module, id, i, Escape::UrlPort);
    const Type type = info(module).types[parts[i].splice.value];
    if (type.kind == TypeKind::Url) {
      add(Code::HK3011, module, parts[i].span, "a `url` cannot stand in an address")
          .label("a whole URL")
          .help("an address is `host:port`: use a `hostname` and a `port`");
    }
  }
}

void Checker::check_flat(ModuleId module, ast::TextId id, TextUse use) {
  const auto parts = ast(module).parts_of(id);
  const ast::Quoting quoting = ast(module)[id].quoting;
  // A letter for each hole: right wherever a value can stand in these texts.
  std::string owned;
  std::string_view text;
  const bool simple = parts.size() == 1 && !parts[0].is_splice();
  if (simple) {
    text = parts[0].literal;
  } else {
    owned = values::flatten(pieces_, 'x');
    text = owned;
  }
  const bool only_splice = parts.size() == 1 && parts[0].is_splice();
  if (only_splice && use != TextUse::HeaderValue && use != TextUse::UrlPath && use != TextUse::Host)
    return;
  const auto report = [&](Code code, const auto& checked, std::uint32_t prefix = 0) {
    if (!checked) bad_value(code, module, id, checked.error(), prefix);
  };
  const auto escape_all = [&](Escape escape) {
    for (std::size_t i = 0; i < parts.size(); ++i) {
      if (parts[i].is_splice()) set_escape(module, id, i, escape);
    }
  };
  switch (use) {
    case TextUse::Plain:
    case TextUse::Shell:
    case TextUse::Url:
    case TextUse::Address: return;
    case TextUse::UrlPath: {
      escape_all(Escape::UrlComponent);
      if (!text.starts_with('/')) {
        add(Code::HK5001, module, ast(module)[id].span, "a path must begin with `/`")
            .label("no `/`");
        return;
      }
      const auto prefix = static_cast<std::uint32_t>(kAnyHost.size());
      report(Code::HK5001, values::parse_url(std::string(kAnyHost) + std::string(text)), prefix);
      return;
    }
    case TextUse::HeaderValue:
      escape_all(Escape::HeaderValue);
      report(Code::HK5002, values::check_header_value(text));
      return;
    case TextUse::Host:
      escape_all(Escape::UrlHost);
      report(Code::HK3011, values::check_host(text));
      return;
    case TextUse::Label:
      report(Code::HK3003, values::check_name(values::NameRule::Label, text));
      return;
    case TextUse::ObjectName:
      report(Code::HK3003, values::check_name(values::NameRule::Subdomain, text));
      return;
    case TextUse::NamespacedName: report(Code::HK3003, values::parse_namespaced_name(text)); return;
    case TextUse::SecretKey: report(Code::HK3003, values::check_secret_key(text)); return;
    case TextUse::PortName: report(Code::HK3002, values::check_port_name(text)); return;
    case TextUse::Selector: {
      const auto selector = values::parse_selector(text);
      report(Code::HK3004, selector);
      if (!selector || !simple || quoting == ast::Quoting::Bare) return;
      if (const auto clash = values::find_contradiction(*selector)) {
        const Span first = selector->requirements[clash->first].span;
        const Span second = selector->requirements[clash->second].span;
        add(Code::HK3004, module, span_in(module, id, second.begin, second.end), "{}",
            clash->message)
            .label("never true together")
            .also(at(module, span_in(module, id, first.begin, first.end)), "with this");
      }
      return;
    }
    case TextUse::Image: report(Code::HK3012, values::parse_image(text)); return;
    case TextUse::Quantity:
      // The language's own sizes are quantities, too: `memory 256MiB`.
      if (quoting == ast::Quoting::Bare && values::parse_size(text)) return;
      report(Code::HK3005, values::parse_quantity(text));
      return;
  }
}

}  // namespace hookc::sema
