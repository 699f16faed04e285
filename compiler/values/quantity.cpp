#include "compiler/values/quantity.hpp"

#include <fmt/format.h>
#include <array>
#include <charconv>
#include <cmath>

#include "compiler/values/chars.hpp"

namespace hookc::values {
namespace {

struct Suffix {
  std::string_view name;
  double factor;
};
constexpr std::array<Suffix, 16> kSuffixes{{{"", 1},
                                            {"n", 1e-9},
                                            {"u", 1e-6},
                                            {"m", 1e-3},
                                            {"k", 1e3},
                                            {"M", 1e6},
                                            {"G", 1e9},
                                            {"T", 1e12},
                                            {"P", 1e15},
                                            {"E", 1e18},
                                            {"Ki", 0x1p10},
                                            {"Mi", 0x1p20},
                                            {"Gi", 0x1p30},
                                            {"Ti", 0x1p40},
                                            {"Pi", 0x1p50},
                                            {"Ei", 0x1p60}}};

const Suffix* find_suffix(std::string_view name) {
  for (const Suffix& suffix : kSuffixes) {
    if (suffix.name == name) return &suffix;
  }
  return nullptr;
}

/// The suffix somebody meant: `MB` is M, `MiB` is Mi, `K` and `KB` are k, `mi` is Mi. Never `M` for
/// `m`: both exist.
std::string_view suffix_meant(std::string_view name) {
  if (name == "B" || name == "b") return "";
  if (name.ends_with('B') || name.ends_with('b')) name.remove_suffix(1);
  for (const Suffix& suffix : kSuffixes) {
    if (!suffix.name.empty() && (suffix.name == name || equal_ignoring_case(suffix.name, name)) &&
        suffix.name != "n" && suffix.name != "u" && suffix.name != "m") {
      return suffix.name;
    }
  }
  return name;
}

}  // namespace

Checked<Quantity> parse_quantity(std::string_view text) {
  if (text.empty()) return fail("a quantity is missing; write `500m`, `2` or `128Mi`", 0, 0);
  if (text[0] == '-' || text[0] == '+') return fail("a quantity has no sign", 0, 1);
  std::size_t at = 0;
  bool digits = false;
  bool dot = false;
  for (; at < text.size() && (is_digit(text[at]) || (text[at] == '.' && !dot)); ++at) {
    if (text[at] == '.') {
      dot = true;
    } else {
      digits = true;
    }
  }
  if (!digits) {
    return fail("a quantity begins with a number, such as `500m` or `128Mi`", 0,
                at > 0 ? at : char_length(text, 0));
  }
  double number = 0;
  // from_chars takes neither `.5` nor rejects `5.`; a leading zero makes both plain.
  const std::string padded = "0" + std::string(text.substr(0, at));
  std::from_chars(padded.data(), padded.data() + padded.size(), number, std::chars_format::fixed);

  const std::string_view name = text.substr(at);
  const auto in_range = [&](double value) -> Checked<Quantity> {
    // 2^63-1 is where the API server caps a quantity (resource.MaxMilliQuantity is far beyond any
    // machine).
    if (!std::isfinite(value) || value > 0x1p63)
      return fail("this quantity is too large", 0, text.size());
    return Quantity{value};
  };
  if (const Suffix* suffix = find_suffix(name)) return in_range(number * suffix->factor);
  if ((name[0] == 'e' || name[0] == 'E') && name.size() > 1) {
    int exponent = 0;
    const std::size_t sign = name[1] == '+' ? 2 : 1;
    const auto [end, error] =
        std::from_chars(name.data() + sign, name.data() + name.size(), exponent);
    if (error == std::errc() && end == name.data() + name.size() &&
        !(sign == 2 && name[2] == '-')) {
      return in_range(number * std::pow(10.0, exponent));
    }
  }
  std::optional<std::string> mend;
  if (const std::string_view meant = suffix_meant(name); meant != name && find_suffix(meant)) {
    mend = std::string(text.substr(0, at)) + std::string(meant);
    if (!parse_quantity(*mend)) mend.reset();  // too large
  }
  const std::size_t end = name[0] == ' ' ? at + 1 : text.size();
  return fail(
      name[0] == ' '
          ? std::string("a quantity is written without blanks")
          : fmt::format("`{}` is not a unit of quantities; Kubernetes has `m`, `k`, `M`, `G`, "
                        "`T`, and `Ki`, `Mi`, `Gi`, `Ti`",
                        name),
      at, end, mend);
}

}  // namespace hookc::values
