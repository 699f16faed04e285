// The frames of the base protocol: `Content-Length: N`, an empty line, N bytes (LSP 3.17, "Base
// Protocol"). No library of Debian's speaks it; it is twenty lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hookc::lsp {

/// Bytes in whatever pieces they come, bodies out. What is no frame is passed over up to the next
/// `Content-Length`, so that one stray line on the pipe does not end a session.
class FrameReader {
 public:
  /// A body larger than this is passed over: no message of an editor is, and memory is finite.
  static constexpr std::size_t kMaxBody = 256U << 20U;

  void feed(std::string_view bytes) { buffer_.append(bytes); }
  /// The next whole body; nothing until more bytes come. Amortised O(bytes fed).
  std::optional<std::string> next();
  /// Bytes that were in no frame, since the last call.
  std::size_t take_skipped() {
    const std::size_t skipped = skipped_;
    skipped_ = 0;
    return skipped;
  }

 private:
  bool read_header();

  std::string buffer_;
  std::size_t at_ = 0;               // consumed bytes at the front of buffer_
  std::optional<std::size_t> body_;  // size of the body that begins at at_
  std::size_t discard_ = 0;          // bytes of an oversized body still to come
  std::size_t skipped_ = 0;
};

std::string frame(std::string_view body);

}  // namespace hookc::lsp
