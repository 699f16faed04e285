// The one door to the compiler: files go in, what is known about them comes out.
//
//   Workspace ws(files);  ws.set("a.hook", text);          // the only writer
//   Snapshot now = ws.snapshot();                          // immutable: later writes do not reach
//   it now.diagnostics("a.hook");  now.plan("a.hook");        // computed at the first call, kept
//
// Any file that is asked about is a root: its imports are loaded, and a finding in an imported file
// stands at that file. What was computed is kept until a file it was computed from changes; it is
// shared by all snapshots it is true for.
//
// Threads: a Workspace and its snapshots share one memo and belong to one thread at a time. What
// they hand out is immutable and stays valid as long as the snapshot (or the shared_ptr) is kept.
#pragma once

#include <cstddef>
#include <expected>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ast/ast.hpp"
#include "compiler/checks/suppressions.hpp"
#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/plan/plan.hpp"
#include "compiler/plan/tests.hpp"
#include "compiler/sema/program.hpp"
#include "compiler/source/source_manager.hpp"
#include "grammar/tree.hpp"

namespace hookc::query {

/// Where files that nobody set come from.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  /// All bytes of a file; the error is one line without the path ("no such file").
  virtual std::expected<std::string, std::string> read(const std::string& path) const = 0;
};

/// Files in memory, for tests and for texts that come from elsewhere.
class MemoryFiles : public FileSystem {
 public:
  MemoryFiles() = default;
  explicit MemoryFiles(std::map<std::string, std::string> files) : files_(std::move(files)) {}
  std::expected<std::string, std::string> read(const std::string& path) const override;

 private:
  std::map<std::string, std::string> files_;
};

class State;
class SymbolIndex;  // symbols.hpp

/// The files as they were at one moment, and everything that follows from them. Cheap to copy.
/// Paths are compared after removing `.` and `..` parts; a relative one is relative to whatever the
/// FileSystem takes it to be.
class Snapshot {
 public:
  /// Every text behind the locations this snapshot gives.
  const SourceManager& sources() const;

  /// The error says why the file cannot be had.
  std::expected<FileId, std::string> file(const std::string& path) const;
  /// Null where the file cannot be had; the same for all below. The tree is parsed again at every
  /// call unless the Workspace keeps trees: `check` of many files needs each but once.
  std::shared_ptr<const syntax::SyntaxTree> tree(const std::string& path) const;
  std::shared_ptr<const ast::Module> module(const std::string& path) const;
  /// A module of the embedded library, `std.NAME`; null where there is none. Parsed once.
  std::shared_ptr<const ast::Module> standard_module(std::string_view dotted) const;
  /// May have errors.
  std::shared_ptr<const sema::Program> program(const std::string& path) const;

  /// The names of that program.
  std::shared_ptr<const SymbolIndex> symbols(const std::string& path) const;

  /// Everything there is to say about the program rooted at `path`, sorted by file and place, each
  /// finding once, without those that a comment silences.
  const std::vector<Diagnostic>& diagnostics(const std::string& path) const;
  /// The same for several roots: what two programs share is said once. Programs are not kept, so
  /// that memory does not grow with the number of roots.
  checks::Judged diagnostics(std::span<const std::string> paths) const;

  /// The plan of the program rooted at `path`; the findings where it has an error (an empty list
  /// where the file cannot be had).
  std::expected<std::shared_ptr<const plan::Plan>, std::vector<Diagnostic>> plan(
      const std::string& path) const;
  /// The tests of the file at `path`, for that plan: its own, not those of what it imports. Made
  /// anew at every call.
  std::expected<std::vector<plan::Test>, std::vector<Diagnostic>> tests(
      const std::string& path) const;

 private:
  friend class Workspace;
  explicit Snapshot(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

class Workspace {
 public:
  struct Options {
    bool keep_trees = false;  // for editors: every request walks the tree
  };
  /// `files` must outlive the workspace and its snapshots. It is asked once for each path, until
  /// reset().
  explicit Workspace(const FileSystem& files) : Workspace(files, Options{}) {}
  Workspace(const FileSystem& files, Options options);
  ~Workspace();

  /// From now on the file at `path` holds `text` (smaller than 4 GiB), whatever the FileSystem
  /// says. The same text again changes nothing.
  void set(const std::string& path, std::string text);
  /// From now on the file at `path` is what the FileSystem says; it is asked again.
  void reset(const std::string& path);
  Snapshot snapshot() const;

 private:
  State& own_state();
  std::shared_ptr<State> state_;
};

/// `path` without `.` and `..` parts, with `/`: how the workspace knows it.
std::string normal_path(const std::string& path);

}  // namespace hookc::query
