#include "lsp/rpc/framing.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace hookc::lsp {
namespace {

constexpr std::string_view kLength = "content-length:";
/// No client sends a header near this size; without a bound a stream of noise would be kept whole.
constexpr std::size_t kMaxHeader = 64U << 10U;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Where `Content-Length:` stands in `text`, whatever its case (RFC 9110, section 5.1).
std::size_t find_length(std::string_view text, std::size_t from) {
  const auto found =
      std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), kLength.begin(),
                  kLength.end(), [](char a, char b) { return lower(a) == b; });
  return found == text.end() ? std::string_view::npos
                             : static_cast<std::size_t>(found - text.begin());
}

std::optional<std::size_t> parse_length(std::string_view value) {
  while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  if (error != std::errc()) return std::nullopt;
  for (const char* rest = end; rest != value.data() + value.size(); ++rest) {
    if (*rest != ' ' && *rest != '\t' && *rest != '\r') return std::nullopt;
  }
  return length;
}

}  // namespace

/// Moves at_ behind a header and sets body_; false where more bytes are needed.
bool FrameReader::read_header() {
  for (;;) {
    const std::string_view rest = std::string_view(buffer_).substr(at_);
    const std::size_t length_at = find_length(rest, 0);
    if (length_at == std::string_view::npos) {
      // The last bytes may be the beginning of one.
      const std::size_t noise =
          rest.size() > kMaxHeader ? rest.size() - kLength.size() : std::size_t{0};
      at_ += noise;
      skipped_ += noise;
      return false;
    }
    // Other header fields may stand before it, each a line; they mean nothing to us.
    const std::size_t line_end = rest.find('\n', length_at);
    if (line_end == std::string_view::npos) {
      if (rest.size() - length_at <= kMaxHeader) return false;
      at_ += length_at + kLength.size();
      skipped_ += length_at + kLength.size();
      continue;
    }
    const auto length = parse_length(
        rest.substr(length_at + kLength.size(), line_end - length_at - kLength.size()));
    if (!length) {
      at_ += line_end + 1;
      skipped_ += line_end + 1;
      continue;
    }
    // Up to the empty line.
    std::size_t line = line_end + 1;
    for (;;) {
      const std::size_t end = rest.find('\n', line);
      if (end == std::string_view::npos) {
        if (rest.size() - length_at <= kMaxHeader) return false;
        at_ += line;
        skipped_ += line;
        break;
      }
      const bool empty = end == line || (end == line + 1 && rest[line] == '\r');
      if (empty) {
        at_ += end + 1;
        body_ = length;
        return true;
      }
      line = end + 1;
    }
  }
}

std::optional<std::string> FrameReader::next() {
  for (;;) {
    if (discard_ > 0) {
      const std::size_t here = std::min(discard_, buffer_.size() - at_);
      at_ += here;
      discard_ -= here;
      skipped_ += here;
      if (discard_ > 0) break;
    }
    if (!body_ && !read_header()) break;
    if (*body_ > kMaxBody) {
      discard_ = *body_;
      body_.reset();
      continue;
    }
    if (buffer_.size() - at_ < *body_) break;
    std::string body = buffer_.substr(at_, *body_);
    at_ += *body_;
    body_.reset();
    return body;
  }
  buffer_.erase(0, at_);
  at_ = 0;
  return std::nullopt;
}

std::string frame(std::string_view body) {
  return fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body);
}

}  // namespace hookc::lsp
