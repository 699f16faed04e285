// The search for a name over many files.
#include <algorithm>
#include <tuple>
#include <utility>

#include "compiler/base/ascii.hpp"
#include "lsp/features/document_symbols.hpp"

namespace hookc::lsp {

namespace {

bool starts_word(std::string_view name, std::size_t at) {
  if (at == 0) return true;
  const char before = name[at - 1];
  return before == '-' || before == '_' || before == ' ' || before == '.' || before == '/' ||
         before == '"';
}

class Search {
 public:
  explicit Search(std::string_view query) : query_(query) {}

  void add(const std::string& path, const std::string& container, std::vector<Symbol> symbols) {
    for (Symbol& symbol : symbols) {
      if (symbol.kind == SymbolKind::Method) continue;
      const int score = match_score(query_, symbol.name);
      std::vector<Symbol> children = std::move(symbol.children);
      const std::string name = symbol.name;
      if (score >= 0) {
        found_.emplace_back(
            score, FoundSymbol{path, std::move(symbol.name), container, std::move(symbol.detail),
                               symbol.kind, symbol.name_span, symbol.span});
      }
      add(path, name, std::move(children));
    }
  }

  std::vector<FoundSymbol> take(std::size_t limit) && {
    std::ranges::sort(found_, [](const auto& a, const auto& b) {
      if (a.first != b.first) return a.first > b.first;
      const auto key = [](const FoundSymbol& s) { return std::tie(s.name, s.path, s.span); };
      return key(a.second) < key(b.second);
    });
    std::vector<FoundSymbol> best;
    for (auto& [score, symbol] : found_) {
      if (best.size() == limit) break;
      best.push_back(std::move(symbol));
    }
    return best;
  }

 private:
  std::string_view query_;
  std::vector<std::pair<int, FoundSymbol>> found_;
};

}  // namespace

int match_score(std::string_view query, std::string_view name) {
  constexpr int kWhole = 1000;
  constexpr int kPrefix = 500;
  if (equal_ignoring_case(query, name)) return kWhole;
  if (query.size() < name.size() && equal_ignoring_case(query, name.substr(0, query.size())))
    return kPrefix;
  int score = 0;
  std::size_t at = 0;
  bool together = false;
  for (const char wanted : query) {
    if (wanted == ' ') continue;
    const std::size_t before = at;
    while (at < name.size() && to_lower(name[at]) != to_lower(wanted)) ++at;
    if (at == name.size()) return -1;
    together = together && at == before;
    if (together) score += 4;
    if (starts_word(name, at)) score += 6;
    score += 1;
    ++at;
    together = true;
  }
  return score;
}

std::vector<FoundSymbol> workspace_symbols(const query::Snapshot& now,
                                           std::span<const std::string> paths,
                                           std::string_view query, std::size_t limit) {
  Search search(query);
  for (const std::string& path : paths) search.add(path, "", document_symbols(now, path));
  return std::move(search).take(limit);
}

}  // namespace hookc::lsp
