// Names: what was declared, and what it comes to.
#include <algorithm>

#include <fmt/format.h>

#include "compiler/sema/types.hpp"
#include "lsp/features/document.hpp"
#include "lsp/features/hover_parts.hpp"

namespace hookc::lsp {

using query::Declaration;
using query::Symbol;
using query::SymbolIndex;
using query::SymbolKind;

namespace {

class Card {
 public:
  Card(const query::Snapshot& snapshot, const NameAt& name)
      : snapshot_(snapshot),
        sources_(snapshot.sources()),
        index_(*name.index),
        program_(name.index->program()),
        symbol_(name.symbol()),
        declared_(symbol_.declarations.front()),
        file_(program_.ast(declared_.module)) {}

  std::string text() {
    switch (symbol_.kind) {
      case SymbolKind::Param: param(); break;
      case SymbolKind::Secret: secret(); break;
      case SymbolKind::Pod:
      case SymbolKind::Function:
      case SymbolKind::Environment: statement(); break;
      case SymbolKind::Template: signature(declared_); break;
      case SymbolKind::TemplateParam: parameter(); break;
      case SymbolKind::Capture: capture(); break;
      case SymbolKind::Hook:
      case SymbolKind::Hold: return about_step(snapshot_, index_, symbol_.step);
      case SymbolKind::Module: module(); break;
      case SymbolKind::Test:
      case SymbolKind::Policy: named_statement(); break;
    }
    return std::move(out_);
  }

 private:
  void block(std::string_view text) { out_ += hook_block(text); }
  void say(std::string_view text) {
    if (!text.empty()) out_ += fmt::format("\n{}\n", text);
  }
  void comment() { say(query::comment_text(sources_, declared_.doc)); }

  void statement() {
    block(sources_.text(declared_.statement));
    comment();
  }
  void named_statement() {
    block(shortened(sources_.text(declared_.statement), 100));
    comment();
  }

  void param() {
    statement();
    const ast::Param& written = file_.params[declared_.index];
    if (written.usage.valid()) say(ast::literal_text(file_, written.usage).value_or(""));
    std::string values;
    for (const auto& [module, i] : program_.environments) {
      const ast::Module& there = program_.ast(module);
      const ast::Environment& environment = there.environments[i];
      for (const ast::Setting& setting : environment.settings) {
        if (setting.name.text != symbol_.name || !setting.value.valid()) continue;
        values += fmt::format("- in `{}`: `{}`\n", environment.name.text,
                              sources_.text(there.at(there[setting.value].span)));
      }
    }
    if (!values.empty()) out_ += "\n" + values;
    std::string variable = fmt::format("HOOK_PARAM_{}", symbol_.name);
    for (char& c : variable) {
      if (c == '-') c = '_';
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    say(fmt::format("Given by `-p {}=…` or `{}`.", symbol_.name, variable));
    also_declared();
  }

  void secret() {
    statement();
    for (const sema::Secret& it : program_.secrets) {
      if (it.name == symbol_.name) {
        say(fmt::format("A {}, fetched when a session begins and never shown.",
                        sema::to_string(it.type)));
      }
    }
    also_declared();
  }

  /// Of one value the first declaration's default counts.
  void also_declared() {
    for (std::size_t i = 1; i < symbol_.declarations.size(); ++i) {
      say(fmt::format("One with that of {}.", line_of(sources_, symbol_.declarations[i].name)));
    }
  }

  void signature(const Declaration& of) {
    const ast::Module& there = program_.ast(of.module);
    const std::string_view all = sources_.text(of.statement);
    const std::uint32_t body = there.templates[of.index].body.acquire.span.begin;
    // A default may hold braces: the last one before the action opens the body.
    std::size_t end = all.find('{');
    if (body > of.statement.span.begin) end = all.rfind('{', body - of.statement.span.begin);
    std::string_view text = all.substr(0, end);
    while (!text.empty() && (is_blank(text.back()) || text.back() == '\n')) text.remove_suffix(1);
    block(text);
    say(query::comment_text(sources_, of.doc));
    if (program_.modules[of.module.value].standard) {
      say(fmt::format("From the standard library, `{}`.", sources_.path(there.file)));
    }
  }

  void parameter() {
    block(sources_.text(declared_.statement));
    if (!symbol_.owner.valid()) return;
    const Symbol& owner = index_[symbol_.owner];
    say(line_about(query::comment_text(sources_, owner.declarations.front().doc)));
    say(fmt::format("A parameter of template `{}`.", owner.name));
  }

  /// What a template's comment says of one parameter, in a line "  name   what it is".
  std::string line_about(std::string_view comment) const {
    while (!comment.empty()) {
      const std::size_t end = std::min(comment.find('\n'), comment.size());
      std::string_view line = comment.substr(0, end);
      comment.remove_prefix(std::min(end + 1, comment.size()));
      const std::size_t begin = line.find_first_not_of(' ');
      if (begin == 0 || begin == std::string_view::npos) continue;
      line.remove_prefix(begin);
      if (!line.starts_with(symbol_.name)) continue;
      line.remove_prefix(symbol_.name.size());
      if (!line.starts_with("  ")) continue;
      return std::string(line.substr(line.find_first_not_of(' ')));
    }
    return {};
  }

  void capture() {
    block(sources_.text(declared_.statement));
    for (const sema::Capture& it : program_.captures) {
      if (it.declared != declared_.name) continue;
      const std::string type = sema::to_string(it.type);
      const Location step = target_of(program_, it.step).name;
      if (symbol_.owner.valid()) {
        say(fmt::format("`{}`, inside template `{}`.", type, index_[symbol_.owner].name));
      } else {
        say(fmt::format("`{}`, captured by {} at {}.", type,
                        program_[it.step].name.empty()
                            ? fmt::format("`{}`", phase_of(program_, program_[it.step]))
                            : fmt::format("\"{}\"", program_[it.step].name),
                        line_of(sources_, step)));
      }
      return;
    }
  }

  void module() {
    block(sources_.text(declared_.statement));
    const sema::ModuleId target = program_.modules[declared_.module.value].imports[declared_.index];
    if (target.valid()) say(file_comment(sources_, program_.ast(target).file));
  }

  const query::Snapshot& snapshot_;
  const SourceManager& sources_;
  const SymbolIndex& index_;
  const sema::Program& program_;
  const Symbol& symbol_;
  const Declaration& declared_;
  const ast::Module& file_;
  std::string out_;
};

}  // namespace

std::string about_name(const query::Snapshot& snapshot, const NameAt& name) {
  return Card(snapshot, name).text();
}

}  // namespace hookc::lsp
