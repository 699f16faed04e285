// Files in memory with a cursor, and places told as lines, for tests of what an editor asks.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "compiler/query/symbols.hpp"
#include "compiler/query/workspace.hpp"

namespace hookc::testing {

/// Files of which one holds the cursor, `|`: the first one in any of them.
class Editor {
 public:
  Editor(std::initializer_list<std::pair<std::string, std::string>> files) : workspace_(none_) {
    for (auto [name, text] : files) {
      const std::size_t bar = text.find('|');
      if (bar != std::string::npos && path.empty()) {
        path = name;
        offset = static_cast<std::uint32_t>(bar);
        text.erase(bar, 1);
      }
      roots.push_back(name);
      workspace_.set(name, std::move(text));
    }
  }
  query::Snapshot now() const { return workspace_.snapshot(); }
  void set(const std::string& name, std::string text) { workspace_.set(name, std::move(text)); }

  /// "a.hook:3:7 `orders-db`": 1-based, columns in bytes.
  std::string place(Location at) const {
    const auto snapshot = now();
    const SourceManager& sources = snapshot.sources();
    const auto& lines = sources.lines(at.file);
    const std::uint32_t line = lines.line_of(at.span.begin);
    std::string_view text = sources.text(at);
    text = text.substr(0, text.find('\n'));
    return fmt::format("{}:{}:{} `{}`", sources.path(at.file), line + 1,
                       at.span.begin - lines.start(line) + 1, text);
  }

  std::string path;
  std::uint32_t offset = 0;
  std::vector<std::string> roots;

 private:
  query::MemoryFiles none_;
  query::Workspace workspace_;
};

}  // namespace hookc::testing
