// The memo behind a Snapshot; no other layer includes it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "compiler/query/workspace.hpp"
#include "compiler/sema/check.hpp"

namespace hookc::query {

/// What is known of one version of one file.
struct Parsed {
  std::shared_ptr<const ast::Module> module;
  std::shared_ptr<const syntax::SyntaxTree> tree;  // if trees are kept
  std::vector<Diagnostic> findings;                // of its syntax
  std::vector<checks::Suppression> suppressions;
};

/// Texts and what was parsed of them. A SourceManager only grows, so an editor's workspace starts a
/// new generation when most of the bytes are of versions that are gone; old snapshots keep theirs
/// alive.
struct Generation {
  SourceManager sources;
  std::vector<std::shared_ptr<const Parsed>> parsed;    // by FileId
  std::map<std::string, FileId, std::less<>> standard;  // "std.postgres"
  std::size_t dead_bytes = 0, live_bytes = 0;
};

/// The program of one root.
struct Analysis {
  std::shared_ptr<const sema::Program> program;
  std::vector<Diagnostic> findings;  // of an analysis that is not kept: before suppressions
  std::set<std::string> read;        // every file it depends on, also those that could not be had
  std::shared_ptr<const plan::Plan> plan;      // once somebody asked for it
  std::shared_ptr<const SymbolIndex> symbols;  // the same
};

struct File {
  std::expected<FileId, std::string> id;
  bool set = false;  // by Workspace::set
};

class State {
 public:
  State(const FileSystem& files, Workspace::Options options)
      : files_(files), options_(options), generation_(std::make_shared<Generation>()) {}

  /// `path` becomes `text`, or (null) what the FileSystem says. Only for a state that no snapshot
  /// shares.
  void change(const std::string& path, std::string* text);
  /// Whether setting `text` would change nothing.
  bool holds(const std::string& path, const std::string& text) const;

  SourceManager& sources() { return generation_->sources; }
  const std::expected<FileId, std::string>& file(const std::string& normal);
  std::shared_ptr<const Parsed> parsed(FileId file);
  std::shared_ptr<const Parsed> standard(std::string_view dotted);
  std::shared_ptr<const syntax::SyntaxTree> tree(FileId file);
  /// Null where the file cannot be had.
  std::shared_ptr<Analysis> analysis(const std::string& normal);
  /// The same, not kept, and before any suppression.
  std::shared_ptr<Analysis> analyze(const std::string& normal);
  /// The findings of some roots' analyses together, each once, after the suppressions in all files
  /// read.
  checks::Judged judge(std::vector<std::pair<std::string, std::shared_ptr<Analysis>>> analyses);

 private:
  FileId add(std::string path, std::string text);
  void compact();

  const FileSystem& files_;
  Workspace::Options options_;
  std::shared_ptr<Generation> generation_;
  std::map<std::string, File> known_;
  std::map<std::string, std::shared_ptr<Analysis>> analyses_;
};

}  // namespace hookc::query
