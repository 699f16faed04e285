// Actions on a whole file.
#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/diagnostics/fixes.hpp"
#include "lsp/features/code_action_parts.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::lsp {

namespace {

// ---- imports

/// One import as it stands, with the comments directly above it.
struct Entry {
  std::uint32_t index;   // into ast::Module::imports
  Span lines;            // whole lines, without the last line end
  bool library = false;  // brings templates only: where it stands makes no difference
  bool used = true;
};

class Imports {
 public:
  explicit Imports(const ActionRequest& request)
      : request_(request), document_(request.document), m_(*request.document.module) {}

  std::vector<Edit> run() {
    std::vector<Edit> edits;
    std::vector<Entry> run;
    Span last;
    for (const ast::Statement& statement : m_.statements) {
      const bool import = statement.kind == ast::StatementKind::Import;
      if (!import || (!run.empty() && !adjacent(last, statement.span))) {
        organize(run, edits);
        run.clear();
      }
      if (!import) continue;
      // An import that shares its line with something else is left alone, and all beside it.
      if (!first_on_line(document_.text, statement.span.begin)) continue;
      run.push_back(entry(statement, run.empty()));
      last = statement.span;
    }
    organize(run, edits);
    return edits;
  }

 private:
  /// Nothing but comments between the two, and no empty line, which is the writer's own order.
  bool adjacent(Span above, Span below) const {
    std::uint32_t line_ends = 0;
    for (std::uint32_t at = above.end; at < below.begin; ++at) {
      const char c = document_.text[at];
      if (c == '\n') {
        if (++line_ends > 1) return false;
      } else if (c == '#') {
        at = line_end(document_.text, at) - 1;
        line_ends = 0;
      } else if (!is_blank(c)) {
        return false;
      }
    }
    return true;
  }

  Entry entry(const ast::Statement& statement, bool first) const {
    const ast::Import& import = m_.imports[statement.index];
    Entry made{statement.index, statement.span};
    made.lines.begin = line_begin(document_.text, statement.span.begin);
    made.lines.end = line_end(document_.text, statement.span.end);
    // What stands above the first is as often about the file.
    while (!first && made.lines.begin > 0) {
      const std::uint32_t above = line_begin(document_.text, made.lines.begin - 1);
      std::uint32_t at = above;
      while (at < made.lines.begin && is_blank(document_.text[at])) ++at;
      if (document_.text[at] != '#') break;
      made.lines.begin = above;
    }
    const sema::ModuleInfo* target = module_of(import);
    made.library = target != nullptr && is_library(*target, 0);
    made.used = !made.library || is_named(import);
    return made;
  }

  const sema::ModuleInfo* module_of(const ast::Import& import) const {
    return module_of(request_.now.sources().path(document_.file), import);
  }
  const sema::ModuleInfo* module_of(const std::string& importer, const ast::Import& import) const {
    if (request_.program == nullptr) return nullptr;
    std::string path;
    if (import.path.empty()) {
      const auto standard = find_standard_module(import.module);
      if (!standard) return nullptr;
      path = standard->path;
    } else {
      path = imported_path(importer, import.path);
    }
    for (const sema::ModuleInfo& each : request_.program->modules) {
      if (each.path == path) return &each;
    }
    return nullptr;
  }

  /// Declares templates and nothing that runs, is set or is checked, itself and what it imports.
  bool is_library(const sema::ModuleInfo& module, int depth) const {
    constexpr int kDeep = 32;
    if (depth > kDeep) return false;
    for (const ast::Statement& each : module.ast->statements) {
      if (each.kind == ast::StatementKind::Template || each.kind == ast::StatementKind::Test)
        continue;
      if (each.kind != ast::StatementKind::Import) return false;
      const auto* target = module_of(module.path, module.ast->imports[each.index]);
      if (target == nullptr || !is_library(*target, depth + 1)) return false;
    }
    return true;
  }

  static std::string_view name_of(const ast::Import& import) {
    if (import.alias) return import.alias.text;
    std::string_view name = import.path.empty() ? import.module : import.path;
    name = name.substr(name.find_last_of(import.path.empty() ? "." : "/") + 1);
    if (name.ends_with(".hook")) name.remove_suffix(5);
    return name;
  }

  bool is_named(const ast::Import& import) const {
    const std::string_view name = name_of(import);
    const auto uses = [&](const ast::Action& action) {
      const auto* use = std::get_if<ast::UseAction>(&action.what);
      return use != nullptr && use->module.text == name;
    };
    const auto body = [&](const ast::HoldBody& hold) {
      return uses(hold.acquire) || std::ranges::any_of(hold.releases, [&](const ast::Release& r) {
               return uses(r.action);
             });
    };
    return std::ranges::any_of(m_.hooks, [&](const ast::Hook& h) { return uses(h.action); }) ||
           std::ranges::any_of(m_.holds, [&](const ast::Hold& h) { return body(h.body); }) ||
           std::ranges::any_of(m_.templates, [&](const ast::Template& t) { return body(t.body); });
  }

  /// The standard library first, then files; each by name, then by alias.
  auto order(const Entry& entry) const {
    const ast::Import& import = m_.imports[entry.index];
    return std::tuple(!import.path.empty(), import.path.empty() ? import.module : import.path,
                      import.alias.text);
  }

  void organize(const std::vector<Entry>& run, std::vector<Edit>& edits) {
    if (run.empty()) return;
    std::vector<Entry> kept;
    for (const Entry& each : run) {
      const bool repeat = !seen_.insert(order(each)).second;
      if (repeat || !each.used) continue;
      kept.push_back(each);
    }
    // Hooks run where their import stands: only what lies between two such files is sorted.
    for (auto begin = kept.begin(); begin != kept.end();) {
      if (!begin->library) {
        ++begin;
        continue;
      }
      const auto end =
          std::find_if(begin, kept.end(), [](const Entry& each) { return !each.library; });
      std::ranges::stable_sort(begin, end, {}, [&](const Entry& each) { return order(each); });
      begin = end;
    }
    std::string text;
    for (const Entry& each : kept) {
      if (!text.empty()) text += request_.line_end();
      text += document_.slice(each.lines);
    }
    Span whole{run.front().lines.begin, run.back().lines.end};
    if (text == document_.slice(whole)) return;
    if (kept.empty()) {  // with its line end
      whole.end = static_cast<std::uint32_t>(
          std::min(document_.text.find('\n', whole.end), document_.text.size() - 1) + 1);
    }
    edits.push_back(request_.edit(whole, std::move(text)));
  }

  const ActionRequest& request_;
  const Document& document_;
  const ast::Module& m_;
  std::set<std::tuple<bool, std::string_view, std::string_view>> seen_;
};

// ---- all fixes

/// The files of a snapshot, for a workspace that tries something.
class SnapshotFiles : public query::FileSystem {
 public:
  explicit SnapshotFiles(const query::Snapshot& now) : now_(now) {}
  std::expected<std::string, std::string> read(const std::string& path) const override {
    const auto file = now_.file(path);
    if (!file) return std::unexpected(file.error());
    return std::string(now_.sources().text(*file));
  }

 private:
  const query::Snapshot& now_;
};

/// The smallest single edit that makes `after` of `before`, on whole characters.
Edit smallest_edit(const ActionRequest& request, std::string_view after) {
  const std::string_view before = request.document.text;
  const auto inside = [](std::string_view text, std::size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t prefix = 0;
  while (prefix < shorter && before[prefix] == after[prefix]) ++prefix;
  while (prefix > 0 && (inside(before, prefix) || inside(after, prefix))) --prefix;
  std::size_t suffix = 0;
  while (suffix < shorter - prefix &&
         before[before.size() - 1 - suffix] == after[after.size() - 1 - suffix])
    ++suffix;
  while (suffix > 0 && inside(before, before.size() - suffix)) --suffix;
  return request.edit(
      {static_cast<std::uint32_t>(prefix), static_cast<std::uint32_t>(before.size() - suffix)},
      std::string(after.substr(prefix, after.size() - suffix - prefix)));
}

}  // namespace

void add_organize_imports(const ActionRequest& request, std::vector<CodeAction>& out) {
  if (request.document.module->imports.empty() || request.document.tree->has_errors) return;
  std::vector<Edit> edits = Imports(request).run();
  if (edits.empty()) return;
  out.push_back({"organise the imports", kOrganizeImports, std::move(edits), {}});
}

void add_fix_all(const ActionRequest& request, std::vector<CodeAction>& out) {
  const FileId file = request.document.file;
  FixRound round = choose_fixes(request.findings, request.now.sources(), std::span(&file, 1));
  if (round.applied == 0) return;
  CodeAction action{"mend all that can be mended without asking", kFixAll, {}, {}};
  for (std::size_t i = 0; i < request.findings.size(); ++i) {
    const Diagnostic& finding = request.findings[i];
    const auto sure = [](const FixIt& fix) {
      return fix.applicability == Applicability::MachineApplicable;
    };
    if (finding.primary.where.file == file && std::ranges::any_of(finding.fixes, sure))
      action.solves.push_back(i);
  }
  std::vector<Edit> first = round.edits[0];
  std::string text = apply_edits(request.document.text, std::move(round.edits[0]));
  const SnapshotFiles files(request.now);
  query::Workspace workspace(files);
  for (int i = 1; i < kFixRounds; ++i) {
    workspace.set(request.path, text);
    const query::Snapshot then = workspace.snapshot();
    const auto changed = then.file(request.path);
    if (!changed) break;
    round = choose_fixes(then.diagnostics(request.path), then.sources(), std::span(&*changed, 1));
    if (round.applied == 0) break;
    first.clear();
    text = apply_edits(text, std::move(round.edits[0]));
  }
  if (first.empty()) first.push_back(smallest_edit(request, text));
  std::ranges::stable_sort(first, {}, [](const Edit& edit) { return edit.where.span; });
  action.edits = std::move(first);
  out.push_back(std::move(action));
}

}  // namespace hookc::lsp
