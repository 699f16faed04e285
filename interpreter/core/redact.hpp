// Secrets never reach a person or a file: their texts, in every form they may take on the way,
// become ***.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace hookc::engine {

/// Finds secrets in texts and replaces them (rule 39). Looks for each secret as it is and
/// URL-encoded, JSON-escaped, shell-quoted and in base64 (also in the middle of a longer text that
/// was encoded whole, such as `user:password`), and for the lines of a secret of several lines.
/// Secrets shorter than `kShortest` bytes are not looked for: a text where every `a` is a *** helps
/// nobody, and hides nothing.
class Redactor {
 public:
  static constexpr std::size_t kShortest = 3;
  static constexpr std::string_view kMask = "***";

  Redactor();

  /// O(length of the secret) amortised over all secrets but for the links of the automaton, which
  /// are made anew each time: add all secrets before redacting much. An empty secret is no secret.
  void add(std::string_view secret);

  /// How many secrets were too short to look for.
  std::size_t too_short() const { return too_short_; }

  /// `text` with each run of bytes that belong to a secret replaced by one mask. O(text).
  std::string redact(std::string_view text) const;
  /// The same for a piece of a text that was cut where it begins or ends: there, what may be a part
  /// of a secret is replaced, too. O(text + all secrets).
  std::string redact_piece(std::string_view text, bool cut_before, bool cut_after) const;

  /// The same over chunks: a secret that is split between chunks is found. The Redactor must
  /// outlive the stream and must not change meanwhile.
  class Stream {
   public:
    explicit Stream(const Redactor& redactor) : redactor_(&redactor) {}
    /// What of the text so far can be shown: a tail that may be the start of a secret is kept back.
    std::string feed(std::string_view chunk);
    /// The rest; the stream starts anew.
    std::string finish();

   private:
    friend class Redactor;
    struct Run {
      std::size_t begin, end;
    };
    void mask(Run run);
    void emit_until(std::size_t end, std::string& out);

    const Redactor* redactor_;
    std::uint32_t state_ = 0;
    std::string pending_;  // bytes from offset base_ on that were not emitted
    std::size_t base_ = 0;
    std::deque<Run> runs_;  // of secret bytes not emitted yet, disjoint, ascending
    std::size_t masked_to_ =
        0;  // the end of the last run that was emitted: what adjoins it needs no second mask
  };

 private:
  // Aho-Corasick: a state is a prefix of some needle.
  struct State {
    std::uint32_t fail = 0;
    std::uint32_t depth = 0;
    std::uint32_t match = 0;  // length of the longest needle that ends here
    std::uint32_t parent = 0;
    std::uint8_t byte = 0;
  };
  static std::uint64_t edge(std::uint32_t state, unsigned char byte) {
    return (std::uint64_t{state} << 8) | byte;
  }
  std::uint32_t step(std::uint32_t state, unsigned char byte) const;
  /// The longest beginning of `text` that some needle ends with.
  std::size_t end_of_needle(std::string_view text) const;
  void insert(std::string_view needle);
  void link();

  std::vector<State> states_;
  std::unordered_map<std::uint64_t, std::uint32_t> edges_;  // looked up only, never walked
  std::array<std::uint32_t, 256> first_{};  // edges of the root: most bytes start nothing
  std::size_t too_short_ = 0;
};

}  // namespace hookc::engine
