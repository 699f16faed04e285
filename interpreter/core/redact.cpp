#include "interpreter/core/redact.hpp"

#include <algorithm>
#include <utility>

namespace hookc::engine {
namespace {

bool unreserved(unsigned char c) {  // RFC 3986, 2.3
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

/// `kept`: what an encoder leaves as it is beside the unreserved characters.
std::string percent_encoded(std::string_view text, std::string_view digits, bool plus,
                            std::string_view kept) {
  std::string out;
  for (const char ch : text) {
    const auto c = static_cast<unsigned char>(ch);
    if (unreserved(c) || kept.find(ch) != std::string_view::npos) {
      out += ch;
    } else if (plus && c == ' ') {
      out += '+';
    } else {
      out += '%';
      out += digits[c >> 4];
      out += digits[c & 15];
    }
  }
  return out;
}

/// RFC 8259, 7, with the shortest escape of each character; `solidus`: as encoders do that also
/// escape `/`.
std::string json_escaped(std::string_view text, bool solidus) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      case '/': out += solidus ? "\\/" : "/"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          constexpr std::string_view kHex = "0123456789abcdef";
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[c & 15];
        } else {
          out += c;
        }
    }
  }
  return out;
}

/// Inside '…' of a shell, as every quoting function writes it.
std::string single_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out;
}

std::string double_quoted(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '$' || c == '`') out += '\\';
    out += c;
  }
  return out;
}

/// The characters of the base64 (RFC 4648) of `…text…` that depend on `text` alone, where `skip`
/// bytes (0 to 2) of the first group of three stand before it and anything may follow.
std::string base64_core(std::string_view text, std::size_t skip, std::string_view alphabet) {
  std::string padded(skip, '\0');
  padded += text;
  std::string out;
  const std::size_t bits = padded.size() * 8;
  for (std::size_t bit = 0; bit + 6 <= bits; bit += 6) {
    const std::size_t byte = bit / 8;
    const std::size_t shift = bit % 8;
    unsigned group = static_cast<unsigned char>(padded[byte]) << 8;
    if (byte + 1 < padded.size()) group |= static_cast<unsigned char>(padded[byte + 1]);
    const unsigned value = (group >> (10 - shift)) & 63U;
    if (bit >= skip * 8) out += alphabet[value];  // earlier ones hold bits of what stands before
  }
  return out;
}

}  // namespace

Redactor::Redactor() {
  states_.emplace_back();
}

void Redactor::add(std::string_view secret) {
  if (secret.empty()) return;
  if (secret.size() < kShortest) {
    ++too_short_;
    return;
  }
  constexpr std::string_view kUpper = "0123456789ABCDEF";
  constexpr std::string_view kLower = "0123456789abcdef";
  constexpr std::string_view kStandard =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kUrlSafe =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  // Everything; paths, as Python's quote(); encodeURIComponent() and encodeURI()
  // (ECMA-262, 19.2.6).
  constexpr std::string_view kKept[] = {"", "/", "!'()*", ";,/?:@&=+$#!'()*"};
  constexpr std::size_t kShortestCore =
      4;  // base64 in the middle of something: shorter ones match by chance
  constexpr std::size_t kShortestLine = 8;  // a line of a longer secret: shorter ones tell nothing

  std::vector<std::string_view> texts{secret};
  // What a file or a Kubernetes secret ends with is seldom printed with it.
  std::string_view stripped = secret;
  while (!stripped.empty() && (stripped.back() == '\n' || stripped.back() == '\r'))
    stripped.remove_suffix(1);
  if (stripped.size() != secret.size() && stripped.size() >= kShortest) texts.push_back(stripped);
  if (stripped.find('\n') != std::string_view::npos) {
    std::size_t begin = 0;
    while (begin <= stripped.size()) {
      const std::size_t end = std::min(stripped.find('\n', begin), stripped.size());
      std::string_view line = stripped.substr(begin, end - begin);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.size() >= kShortestLine) texts.push_back(line);
      begin = end + 1;
    }
  }
  for (const std::string_view text : texts) {
    insert(text);
    for (const std::string_view kept : kKept) {
      for (const bool plus : {false, true}) {
        insert(percent_encoded(text, kUpper, plus, kept));
        insert(percent_encoded(text, kLower, plus, kept));
      }
    }
    insert(json_escaped(text, false));
    insert(json_escaped(text, true));
    insert(single_quoted(text));
    insert(double_quoted(text));
    for (const std::string_view alphabet : {kStandard, kUrlSafe}) {
      for (std::size_t skip = 0; skip < 3; ++skip) {
        const std::string core = base64_core(text, skip, alphabet);
        if (core.size() >= kShortestCore) insert(core);
      }
    }
    // The whole of it encoded on its own ends in a character of its own where it is no multiple of
    // three bytes.
    for (const std::string_view alphabet : {kStandard, kUrlSafe}) {
      std::string whole = base64_core(text, 0, alphabet);
      const std::size_t rest = text.size() % 3;
      if (rest != 0) {
        const auto last = static_cast<unsigned char>(text.back());
        whole += alphabet[rest == 1 ? (last & 3U) << 4 : (last & 15U) << 2];
        insert(whole);
        insert(whole + std::string(3 - rest, '='));
      }
    }
  }
  link();
}

void Redactor::insert(std::string_view needle) {
  std::uint32_t state = 0;
  for (const char ch : needle) {
    const auto byte = static_cast<unsigned char>(ch);
    auto [found, fresh] =
        edges_.try_emplace(edge(state, byte), static_cast<std::uint32_t>(states_.size()));
    if (fresh) {
      State next;
      next.depth = states_[state].depth + 1;
      next.parent = state;
      next.byte = byte;
      states_.push_back(next);
      if (state == 0) first_[byte] = found->second;
    }
    state = found->second;
  }
  states_[state].match = static_cast<std::uint32_t>(needle.size());
}

void Redactor::link() {
  std::vector<std::uint32_t> order(states_.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::uint32_t s) { return std::pair{states_[s].depth, s}; });
  for (const std::uint32_t index : order) {
    State& state = states_[index];
    if (state.depth == 0) continue;
    state.fail = state.depth == 1 ? 0 : step(states_[state.parent].fail, state.byte);
    state.match = std::max(state.match, states_[state.fail].match);
  }
}

std::uint32_t Redactor::step(std::uint32_t state, unsigned char byte) const {
  while (state != 0) {
    const auto found = edges_.find(edge(state, byte));
    if (found != edges_.end()) return found->second;
    state = states_[state].fail;
  }
  return first_[byte];
}

std::string Redactor::redact(std::string_view text) const {
  if (states_.size() == 1) return std::string(text);
  Stream stream(*this);
  std::string out = stream.feed(text);
  out += stream.finish();
  return out;
}

std::string Redactor::redact_piece(std::string_view text, bool cut_before, bool cut_after) const {
  if (states_.size() == 1) return std::string(text);
  Stream stream(*this);
  if (const std::size_t end = cut_before ? end_of_needle(text) : 0; end != 0) stream.mask({0, end});
  std::string out = stream.feed(text);
  if (const std::size_t depth = states_[stream.state_].depth; cut_after && depth != 0)
    stream.mask({text.size() - depth, text.size()});
  return out + stream.finish();
}

std::size_t Redactor::end_of_needle(std::string_view text) const {
  std::size_t longest = 0;
  std::string needle;
  std::vector<std::size_t> border;  // Knuth, Morris, Pratt: of each beginning of `head`
  for (std::uint32_t last = 1; last < states_.size(); ++last) {
    if (states_[last].match != states_[last].depth) continue;  // no needle ends here
    needle.clear();
    for (std::uint32_t at = last; at != 0; at = states_[at].parent)
      needle += static_cast<char>(states_[at].byte);
    std::ranges::reverse(needle);
    const std::string_view head = text.substr(0, needle.size() - 1);
    border.assign(head.size() + 1, 0);
    for (std::size_t i = 1, k = 0; i < head.size(); ++i) {
      while (k != 0 && head[i] != head[k]) k = border[k];
      if (head[i] == head[k]) ++k;
      border[i + 1] = k;
    }
    std::size_t matched = 0;
    for (const char c : needle) {
      while (matched != 0 && (matched == head.size() || head[matched] != c))
        matched = border[matched];
      if (matched < head.size() && head[matched] == c) ++matched;
    }
    longest = std::max(longest, matched);
  }
  return longest;
}

std::string Redactor::Stream::feed(std::string_view chunk) {
  std::string out;
  std::size_t position = base_ + pending_.size();
  pending_ += chunk;
  for (const char c : chunk) {
    state_ = redactor_->step(state_, static_cast<unsigned char>(c));
    ++position;
    const std::size_t length = redactor_->states_[state_].match;
    if (length == 0) continue;
    mask({position - length, position});
  }
  // No needle that is still to be completed starts before the current state's prefix.
  emit_until(position - redactor_->states_[state_].depth, out);
  return out;
}

void Redactor::Stream::mask(Run run) {
  while (!runs_.empty() && runs_.back().end >= run.begin) {
    run.begin = std::min(run.begin, runs_.back().begin);
    run.end = std::max(run.end, runs_.back().end);
    runs_.pop_back();
  }
  runs_.push_back(run);
}

std::string Redactor::Stream::finish() {
  std::string out;
  emit_until(base_ + pending_.size(), out);
  *this = Stream(*redactor_);
  return out;
}

void Redactor::Stream::emit_until(std::size_t end, std::string& out) {
  std::size_t at = base_;
  while (at < end) {
    while (!runs_.empty() && runs_.front().end <= at) runs_.pop_front();
    const std::size_t clear_to = runs_.empty() ? end : std::min(end, runs_.front().begin);
    if (at < clear_to) {
      out.append(pending_, at - base_, clear_to - at);
      at = clear_to;
      continue;
    }
    const std::size_t run_end = std::min(end, runs_.front().end);
    const bool adjoins = masked_to_ == at && at != 0;
    if (!adjoins) out += kMask;
    masked_to_ = run_end;
    at = run_end;
  }
  pending_.erase(0, end - base_);
  base_ = end;
}

}  // namespace hookc::engine
