// Imports follow the files that move.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "compiler/sema/imports.hpp"
#include "lsp/features/rename.hpp"

namespace hookc::lsp {
namespace {

namespace fs = std::filesystem;

/// Where the file at `path` will be; a folder that moves takes its files along.
std::string moved(const std::string& path, std::span<const FileMove> moves) {
  for (const FileMove& move : moves) {
    std::string from = query::normal_path(move.from);
    if (path == from) return query::normal_path(move.to);
    if (!from.ends_with('/')) from += '/';
    if (path.starts_with(from)) {
      return query::normal_path(move.to + "/" + path.substr(from.size()));
    }
  }
  return path;
}

/// How a file at `importer` writes the import of the one at `target`.
std::string written(const std::string& importer, const std::string& target) {
  const std::string relative =
      fs::path(target).lexically_relative(fs::path(importer).parent_path()).generic_string();
  if (relative.empty()) return target;  // one is absolute, the other is not
  return relative.starts_with("../") ? relative : "./" + relative;
}

class Follower {
 public:
  Follower(const query::Snapshot& snapshot, std::span<const FileMove> moves)
      : snapshot_(snapshot), moves_(moves) {}

  void file(const ast::Module& module) {
    const std::string& path = snapshot_.sources().path(module.file);
    const std::string now_at = moved(path, moves_);
    for (const ast::Import& import : module.imports) {
      if (import.path.empty()) continue;
      const std::string target = sema::imported_path(path, import.path);
      const std::string target_at = moved(target, moves_);
      if (sema::imported_path(now_at, import.path) == target_at) continue;
      ast::Import after = import;
      const std::string text =
          fs::path(import.path).is_absolute() ? target_at : written(now_at, target_at);
      after.path = text;
      const Location quoted = module.at(
          query::without_quotes(snapshot_.sources().text(module.file), import.target_span));
      edits_.push_back(quoted_edit(snapshot_.sources().text(module.file), quoted, text));
      if (import.alias || sema::last_part(after) == sema::last_part(import)) continue;
      if (is_used(path, module.at(import.span))) {
        const Span behind{import.target_span.end, import.target_span.end};
        edits_.push_back({module.at(behind), fmt::format(" as {}", sema::last_part(import))});
      }
    }
  }

  std::vector<Edit> take() && {
    std::ranges::stable_sort(edits_, {}, &Edit::where);
    return std::move(edits_);
  }

 private:
  /// Whether the module's name is read anywhere in the file.
  bool is_used(const std::string& path, Location import) const {
    const auto index = snapshot_.symbols(path);
    if (index == nullptr) return false;
    for (std::uint32_t i = 0; i < index->symbols().size(); ++i) {
      const query::Symbol& it = index->symbols()[i];
      if (it.kind == query::SymbolKind::Module && it.declarations.front().statement == import) {
        return index->of(query::SymbolId{i}).size() > 1;
      }
    }
    return false;
  }

  const query::Snapshot& snapshot_;
  std::span<const FileMove> moves_;
  std::vector<Edit> edits_;
};

}  // namespace

std::vector<Edit> edits_for_moves(const query::Snapshot& snapshot,
                                  std::span<const std::string> roots,
                                  std::span<const FileMove> moves) {
  Follower follower(snapshot, moves);
  std::set<FileId> seen;
  for (const std::string& root : roots) {
    const auto program = snapshot.program(root);
    if (program == nullptr) continue;
    for (const sema::ModuleInfo& module : program->modules) {
      if (!module.standard && seen.insert(module.ast->file).second) follower.file(*module.ast);
    }
  }
  return std::move(follower).take();
}

}  // namespace hookc::lsp
