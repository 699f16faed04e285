// Myers, "An O(ND) Difference Algorithm and Its Variations", 1986, on lines, after the equal head
// and tail are cut off.
#include "cli/diff.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

#include <fmt/format.h>

namespace hookc::cli {

namespace {

constexpr std::ptrdiff_t max_distance = 1000;  // the trace takes memory of its square
constexpr std::size_t context = 3;

using Lines = std::vector<std::string_view>;

/// With their line ends, so that a missing final one shows as a difference.
Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.substr(0, end + 1));
    text.remove_prefix(end + 1);
  }
  return lines;
}

/// For each line of `a` and `b` whether it is kept; kept lines pair off in order.
struct Kept {
  std::vector<bool> a;
  std::vector<bool> b;
};

Kept compare(const Lines& a, const Lines& b) {
  Kept kept{std::vector<bool>(a.size()), std::vector<bool>(b.size())};
  std::size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) {
    kept.a[head] = kept.b[head] = true;
    ++head;
  }
  std::size_t tail = 0;
  while (tail + head < a.size() && tail + head < b.size() &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    kept.a[a.size() - 1 - tail] = kept.b[b.size() - 1 - tail] = true;
    ++tail;
  }
  const auto n = static_cast<std::ptrdiff_t>(a.size() - head - tail);
  const auto m = static_cast<std::ptrdiff_t>(b.size() - head - tail);
  if (n == 0 || m == 0) return kept;

  const auto line_a = [&](std::ptrdiff_t i) { return a[head + static_cast<std::size_t>(i)]; };
  const auto line_b = [&](std::ptrdiff_t i) { return b[head + static_cast<std::size_t>(i)]; };
  const std::ptrdiff_t limit = std::min(n + m, max_distance);
  std::vector<std::ptrdiff_t> furthest(static_cast<std::size_t>(2 * limit + 3), 0);
  const auto at = [&](std::vector<std::ptrdiff_t>& v, std::ptrdiff_t k) -> std::ptrdiff_t& {
    return v[static_cast<std::size_t>(k + limit + 1)];
  };
  std::vector<std::vector<std::ptrdiff_t>> trace;
  for (std::ptrdiff_t d = 0; d <= limit; ++d) {
    trace.push_back(furthest);
    for (std::ptrdiff_t k = -d; k <= d; k += 2) {
      const bool down = k == -d || (k != d && at(furthest, k - 1) < at(furthest, k + 1));
      std::ptrdiff_t x = down ? at(furthest, k + 1) : at(furthest, k - 1) + 1;
      std::ptrdiff_t y = x - k;
      while (x < n && y < m && line_a(x) == line_b(y)) ++x, ++y;
      at(furthest, k) = x;
      if (x < n || y < m) continue;
      // Walk back along the trace; diagonal steps are the kept lines.
      for (std::ptrdiff_t back = d; back >= 0; --back) {
        std::vector<std::ptrdiff_t>& v = trace[static_cast<std::size_t>(back)];
        const std::ptrdiff_t diagonal = x - y;
        const bool from_above =
            diagonal == -back || (diagonal != back && at(v, diagonal - 1) < at(v, diagonal + 1));
        const std::ptrdiff_t previous = from_above ? diagonal + 1 : diagonal - 1;
        const std::ptrdiff_t px = back == 0 ? 0 : at(v, previous);
        const std::ptrdiff_t py = back == 0 ? 0 : px - previous;
        const std::ptrdiff_t stop_x = back == 0 ? 0 : (from_above ? px : px + 1);
        while (x > stop_x && y > (back == 0 ? 0 : (from_above ? py + 1 : py))) {
          --x, --y;
          kept.a[head + static_cast<std::size_t>(x)] = true;
          kept.b[head + static_cast<std::size_t>(y)] = true;
        }
        x = px;
        y = py;
      }
      return kept;
    }
  }
  return kept;  // too different: the whole region is replaced
}

void append_line(std::string& out, char sign, std::string_view line) {
  out += sign;
  out += line;
  if (!line.ends_with('\n')) out += "\n\\ No newline at end of file\n";
}

std::string range(std::size_t first, std::size_t count) {
  // An empty range names the line before it.
  return fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return {};
  const Lines a = split(before);
  const Lines b = split(after);
  const Kept kept = compare(a, b);

  std::string out = fmt::format("--- a/{}\n+++ b/{}\n", path, path);
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < a.size() || j < b.size()) {
    // To the next change.
    if (i < a.size() && j < b.size() && kept.a[i] && kept.b[j]) {
      ++i, ++j;
      continue;
    }
    const std::size_t lead = std::min(context, i);
    const std::size_t first_a = i - lead;
    const std::size_t first_b = j - lead;
    std::string body;
    for (std::size_t k = first_a; k < i; ++k) append_line(body, ' ', a[k]);
    while (i < a.size() || j < b.size()) {
      if (i < a.size() && !kept.a[i]) {
        append_line(body, '-', a[i++]);
      } else if (j < b.size() && !kept.b[j]) {
        append_line(body, '+', b[j++]);
      } else {
        // Two changes with at most twice the context between them share a hunk.
        std::size_t run = 0;
        while (i + run < a.size() && j + run < b.size() && kept.a[i + run] && kept.b[j + run] &&
               run <= 2 * context) {
          ++run;
        }
        const bool ends = run > 2 * context || (i + run == a.size() && j + run == b.size());
        const std::size_t take = ends ? std::min(run, context) : run;
        for (std::size_t k = 0; k < take; ++k) append_line(body, ' ', a[i + k]);
        i += take;
        j += take;
        if (ends) break;
      }
    }
    out += fmt::format("@@ -{} +{} @@\n", range(first_a, i - first_a), range(first_b, j - first_b));
    out += body;
  }
  return out;
}

}  // namespace hookc::cli
