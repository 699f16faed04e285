// Random plans under a random, ill-mannered world, and what must hold whatever happens. Used by the
// property test and by the fuzz target.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hookc::test {

/// Decisions from bytes; when they are used up every decision is 0, which makes the world
/// well-mannered.
class Choices {
 public:
  explicit Choices(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
  /// 0 <= result < n, n > 0.
  std::uint32_t below(std::uint32_t n) {
    if (next_ == bytes_.size()) return 0;
    return bytes_[next_++] % n;
  }
  bool one_in(std::uint32_t n) { return below(n) == n - 1; }
  bool used_up() const { return next_ == bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::size_t next_ = 0;
};

struct Played {
  std::string broken;               // the property that does not hold; empty: all do
  std::vector<std::string> events;  // the session's JSON lines
};

/// Makes a plan and plays a session over it, all from `bytes`.
Played play(std::span<const std::uint8_t> bytes);

}  // namespace hookc::test
