#include "compiler/query/state.hpp"

#include <algorithm>
#include <utility>

#include "compiler/ast/build.hpp"
#include "compiler/checks/checks.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::query {
namespace {

/// Texts that are gone may take as much again as those that are there, and this: below it, starting
/// over costs more.
constexpr std::size_t kDeadBytes = 8U << 20U;

/// Gives sema the modules it asks for, and keeps what they were.
class Loader : public sema::Loader {
 public:
  Loader(State& state, Analysis& analysis, Diagnostics& findings)
      : state_(state), analysis_(analysis), findings_(findings) {}

  std::expected<std::shared_ptr<const ast::Module>, std::string> load(
      const std::string& path) override {
    const std::string normal = normal_path(path);
    analysis_.read.insert(normal);
    const auto& file = state_.file(normal);
    if (!file) return std::unexpected(file.error());
    return take(*state_.parsed(*file));
  }
  std::shared_ptr<const ast::Module> load_standard(std::string_view dotted) override {
    const auto parsed = state_.standard(dotted);
    return parsed == nullptr ? nullptr : take(*parsed);
  }

  std::shared_ptr<const ast::Module> take(const Parsed& parsed) {
    for (const Diagnostic& finding : parsed.findings) {
      Diagnostic copy = finding;
      findings_.add_text(copy.code, copy.primary.where, "") = std::move(copy);
    }
    return parsed.module;
  }

 private:
  State& state_;
  Analysis& analysis_;
  Diagnostics& findings_;
};

}  // namespace

FileId State::add(std::string path, std::string text) {
  generation_->live_bytes += text.size();
  return generation_->sources.add(std::move(path), std::move(text));
}

const std::expected<FileId, std::string>& State::file(const std::string& normal) {
  const auto known = known_.find(normal);
  if (known != known_.end()) return known->second.id;
  auto text = files_.read(normal);
  File made{std::unexpected(std::string()), false};
  if (text) {
    made.id = add(normal, *std::move(text));
  } else {
    made.id = std::unexpected(std::move(text.error()));
  }
  return known_.emplace(normal, std::move(made)).first->second.id;
}

std::shared_ptr<const Parsed> State::parsed(FileId file) {
  auto& all = generation_->parsed;
  if (all.size() <= file.value) all.resize(file.value + 1);
  if (all[file.value]) return all[file.value];
  auto made = std::make_shared<Parsed>();
  Diagnostics findings;
  auto tree = std::make_shared<syntax::SyntaxTree>(syntax::parse(sources(), file, findings));
  made->module = std::make_shared<ast::Module>(ast::build(sources(), *tree, findings));
  made->suppressions = checks::find_suppressions(sources(), file, tree->comments);
  if (options_.keep_trees) made->tree = std::move(tree);
  made->findings = std::move(findings).take();
  return all[file.value] = std::move(made);
}

std::shared_ptr<const syntax::SyntaxTree> State::tree(FileId file) {
  if (auto kept = parsed(file)->tree) return kept;
  Diagnostics said_before;
  return std::make_shared<syntax::SyntaxTree>(syntax::parse(sources(), file, said_before));
}

std::shared_ptr<const Parsed> State::standard(std::string_view dotted) {
  auto& standard = generation_->standard;
  auto known = standard.find(dotted);
  if (known == standard.end()) {
    const auto module = find_standard_module(dotted);
    if (!module) return nullptr;
    const FileId file = add(std::string(module->path), std::string(module->text));
    known = standard.emplace(std::string(dotted), file).first;
  }
  return parsed(known->second);
}

std::shared_ptr<Analysis> State::analyze(const std::string& normal) {
  const auto root = file(normal);
  if (!root) return nullptr;
  auto made = std::make_shared<Analysis>();
  made->read.insert(normal);
  Diagnostics findings;
  Loader loader(*this, *made, findings);
  made->program = std::make_shared<sema::Program>(
      sema::check(loader.take(*parsed(*root)), sources(), loader, findings));
  // A program that cannot run is not judged by what it would do: one mistake, one message.
  if (!findings.has_errors()) checks::run_checks(*made->program, sources(), findings);
  findings.sort();
  made->findings = std::move(findings).take();
  return made;
}

std::shared_ptr<Analysis> State::analysis(const std::string& normal) {
  const auto known = analyses_.find(normal);
  if (known != analyses_.end()) return known->second;
  auto made = analyze(normal);
  if (made) {
    made->findings = judge({{normal, made}}).findings;
    analyses_.emplace(normal, made);
  }
  return made;
}

checks::Judged State::judge(
    std::vector<std::pair<std::string, std::shared_ptr<Analysis>>> analyses) {
  Diagnostics all;
  std::set<std::string> read;
  std::vector<FileId> complete;
  for (auto& [root, analysis] : analyses) {
    const auto is_error = [](const Diagnostic& d) { return d.severity == Severity::Error; };
    if (std::ranges::none_of(analysis->findings, is_error)) complete.push_back(*file(root));
    for (Diagnostic& finding : analysis->findings) {
      all.add_text(finding.code, finding.primary.where, "") = std::move(finding);
    }
    read.merge(std::set(analysis->read));
  }
  all.sort();
  std::vector<checks::Suppression> suppressions;
  for (const std::string& path : read) {
    const auto& id = file(path);
    if (!id) continue;
    const auto& here = parsed(*id)->suppressions;
    suppressions.insert(suppressions.end(), here.begin(), here.end());
  }
  return checks::apply_suppressions(sources(), std::move(all).take(), suppressions, complete);
}

bool State::holds(const std::string& path, const std::string& text) const {
  const auto known = known_.find(path);
  return known != known_.end() && known->second.set && known->second.id &&
         generation_->sources.text(*known->second.id) == text;
}

void State::change(const std::string& path, std::string* text) {
  if (const auto old = known_.find(path); old != known_.end()) {
    if (old->second.id) {
      const std::size_t size = sources().text(*old->second.id).size();
      generation_->dead_bytes += size;
      generation_->live_bytes -= size;
      // An older snapshot that asks for it makes it again; an editor never does.
      auto& parsed = generation_->parsed;
      if (old->second.id->value < parsed.size()) parsed[old->second.id->value].reset();
    }
    known_.erase(old);
  }
  std::erase_if(analyses_, [&](const auto& entry) { return entry.second->read.contains(path); });
  if (text != nullptr) known_.emplace(path, File{add(path, std::move(*text)), true});
  if (generation_->dead_bytes > generation_->live_bytes + kDeadBytes) compact();
}

/// Starts over with the texts that were set; the others are read again when they are asked for.
void State::compact() {
  const auto old = std::exchange(generation_, std::make_shared<Generation>());
  analyses_.clear();
  std::erase_if(known_, [](const auto& entry) { return !entry.second.set; });
  for (auto& [path, file] : known_) file.id = add(path, std::string(old->sources.text(*file.id)));
}

}  // namespace hookc::query
