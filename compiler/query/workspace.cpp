#include "compiler/query/workspace.hpp"

#include <algorithm>
#include <filesystem>

#include "compiler/plan/lower.hpp"
#include "compiler/query/state.hpp"
#include "compiler/query/symbols.hpp"

namespace hookc::query {

std::string normal_path(const std::string& path) {
  return std::filesystem::path(path).lexically_normal().generic_string();
}

std::expected<std::string, std::string> MemoryFiles::read(const std::string& path) const {
  const auto found = files_.find(path);
  if (found == files_.end()) return std::unexpected("no such file");
  return found->second;
}

const SourceManager& Snapshot::sources() const {
  return state_->sources();
}

std::expected<FileId, std::string> Snapshot::file(const std::string& path) const {
  return state_->file(normal_path(path));
}

std::shared_ptr<const syntax::SyntaxTree> Snapshot::tree(const std::string& path) const {
  const auto id = file(path);
  return id ? state_->tree(*id) : nullptr;
}

std::shared_ptr<const ast::Module> Snapshot::module(const std::string& path) const {
  const auto id = file(path);
  return id ? state_->parsed(*id)->module : nullptr;
}

std::shared_ptr<const ast::Module> Snapshot::standard_module(std::string_view dotted) const {
  const auto parsed = state_->standard(dotted);
  return parsed ? parsed->module : nullptr;
}

std::shared_ptr<const sema::Program> Snapshot::program(const std::string& path) const {
  const auto analysis = state_->analysis(normal_path(path));
  return analysis ? analysis->program : nullptr;
}

std::shared_ptr<const SymbolIndex> Snapshot::symbols(const std::string& path) const {
  const auto analysis = state_->analysis(normal_path(path));
  if (!analysis) return nullptr;
  if (!analysis->symbols) {
    analysis->symbols = std::make_shared<SymbolIndex>(analysis->program, sources());
  }
  return analysis->symbols;
}

const std::vector<Diagnostic>& Snapshot::diagnostics(const std::string& path) const {
  static const std::vector<Diagnostic> none;
  // The memo keeps the analysis alive as long as this snapshot.
  const auto analysis = state_->analysis(normal_path(path));
  return analysis ? analysis->findings : none;
}

checks::Judged Snapshot::diagnostics(std::span<const std::string> paths) const {
  std::vector<std::pair<std::string, std::shared_ptr<Analysis>>> analyses;
  for (const std::string& path : paths) {
    std::string normal = normal_path(path);
    auto analysis = state_->analyze(normal);
    if (!analysis) continue;
    analysis->program.reset();
    analyses.emplace_back(std::move(normal), std::move(analysis));
  }
  return state_->judge(std::move(analyses));
}

std::expected<std::shared_ptr<const plan::Plan>, std::vector<Diagnostic>> Snapshot::plan(
    const std::string& path) const {
  const auto analysis = state_->analysis(normal_path(path));
  if (!analysis) return std::unexpected(std::vector<Diagnostic>());
  if (analysis->plan) return analysis->plan;
  const auto is_error = [](const Diagnostic& d) { return d.severity == Severity::Error; };
  if (std::ranges::any_of(analysis->findings, is_error)) return std::unexpected(analysis->findings);
  Diagnostics findings;
  auto made = std::make_shared<plan::Plan>(plan::lower(*analysis->program, sources(), findings));
  if (findings.has_errors()) return std::unexpected(std::move(findings).take());
  analysis->plan = made;
  return made;
}

std::expected<std::vector<plan::Test>, std::vector<Diagnostic>> Snapshot::tests(
    const std::string& path) const {
  const auto made = plan(path);
  if (!made) return std::unexpected(made.error());
  Diagnostics findings;
  auto tests = plan::lower_tests(*program(path), sources(), findings);
  if (findings.has_errors()) return std::unexpected(std::move(findings).take());
  return tests;
}

Workspace::Workspace(const FileSystem& files, Options options)
    : state_(std::make_shared<State>(files, options)) {}
Workspace::~Workspace() = default;

void Workspace::set(const std::string& path, std::string text) {
  const std::string normal = normal_path(path);
  if (!state_->holds(normal, text)) own_state().change(normal, &text);
}

void Workspace::reset(const std::string& path) {
  own_state().change(normal_path(path), nullptr);
}

/// A state that snapshots look at is left as it is.
State& Workspace::own_state() {
  if (state_.use_count() > 1) state_ = std::make_shared<State>(*state_);
  return *state_;
}

Snapshot Workspace::snapshot() const {
  return Snapshot(state_);
}

}  // namespace hookc::query
