#include "lsp/features/hover.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "compiler/sema/facts.hpp"
#include "compiler/sema/types.hpp"
#include "compiler/values/duration.hpp"
#include "lsp/features/document.hpp"
#include "lsp/features/hover_parts.hpp"

namespace hookc::lsp {

using syntax::Node;
using syntax::NodeKind;

namespace {

struct Help {
  std::string_view name, text;
};
constexpr auto kWords = std::to_array<Help>({
#define HOOKC_WORD_HELP(name, help) {name, help},
#include "lsp/features/word_help.def"
#undef HOOKC_WORD_HELP
});
constexpr auto kFacts = std::to_array<Help>({
#define HOOKC_CALL_HELP(name, parameters, result, help)
#define HOOKC_FACT_HELP(path, help) {path, help},
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
});
struct CallHelp {
  std::string_view name, parameters, result, text;
};
constexpr auto kCalls = std::to_array<CallHelp>({
#define HOOKC_CALL_HELP(name, parameters, result, help) {name, parameters, result, help},
#define HOOKC_FACT_HELP(path, help)
#include "lsp/features/value_help.def"
#undef HOOKC_CALL_HELP
#undef HOOKC_FACT_HELP
});

template <typename Table>
auto find(const Table& table, std::string_view name) -> decltype(table.data()) {
  const auto found = std::ranges::find_if(table, [&](const auto& it) { return it.name == name; });
  return found == table.end() ? nullptr : &*found;
}

/// When a fact can be read, told as in the reference.
std::string_view when(sema::FactTime time) {
  switch (time) {
    case sema::FactTime::Always: return "everywhere";
    case sema::FactTime::Post: return "in post hooks, when the outcome is fixed";
    case sema::FactTime::Later: return "where that hook has certainly ended; elsewhere with `??`";
    case sema::FactTime::Http: return "in `expect` and `capture` of http";
    case sema::FactTime::Exec: return "in `expect`, `capture` and `ready once` of exec";
    case sema::FactTime::Attempt: return "in `expect` and `capture` of http and exec";
  }
  return "";
}

/// "1 hour 30 minutes".
std::string in_words(std::int64_t ms) {
  struct Unit {
    std::int64_t ms;
    std::string_view name;
  };
  static constexpr auto kUnits = std::to_array<Unit>({{86'400'000, "day"},
                                                      {3'600'000, "hour"},
                                                      {60'000, "minute"},
                                                      {1000, "second"},
                                                      {1, "millisecond"}});
  std::string out;
  for (const Unit& unit : kUnits) {
    const std::int64_t count = ms / unit.ms;
    ms %= unit.ms;
    if (count == 0) continue;
    out +=
        fmt::format("{}{} {}{}", out.empty() ? "" : " ", count, unit.name, count == 1 ? "" : "s");
  }
  return out.empty() ? "no time" : out;
}

class Place {
 public:
  Place(const query::Snapshot& snapshot, const std::string& path, const Document& document,
        std::uint32_t offset)
      : snapshot_(snapshot),
        document_(document),
        offset_(offset),
        index_(snapshot.symbols(path)),
        nodes_(path_to(document, offset)) {}

  std::optional<Hover> import() const {
    const ast::Import* found = import_at(*document_.module, offset_);
    if (found == nullptr) return std::nullopt;
    const auto& program = index_->program();
    const auto i = static_cast<std::size_t>(found - document_.module->imports.data());
    const sema::ModuleId target = program.modules.front().imports[i];
    if (!target.valid()) return std::nullopt;
    return Hover{found->target_span,
                 hook_block(document_.slice(found->span)) + "\n" +
                     file_comment(snapshot_.sources(), program.ast(target).file)};
  }

  std::optional<Hover> value() const {
    const ast::Module& file = *document_.module;
    const auto& refs = index_->program().modules.front().refs;
    for (std::uint32_t i = 0; i < file.exprs.size(); ++i) {
      const ast::Expr& e = file.exprs[i];
      if (offset_ < e.span.begin || offset_ > e.span.end) continue;
      if (e.kind == ast::ExprKind::Call && touches(e.op_span, {offset_, offset_})) {
        return call(e);
      }
      if (refs[i].kind != sema::RefKind::Fact) continue;
      return fact(e, sema::info(static_cast<sema::Fact>(refs[i].index)));
    }
    return std::nullopt;
  }

  std::optional<Hover> token() const {
    if (nodes_.empty()) return std::nullopt;
    const Node& last = document_.node(nodes_.back());
    if (last.kind == NodeKind::Duration) return duration(last.span());
    if (last.kind == NodeKind::Keyword || last.kind == NodeKind::Constant) return word();
    return text();
  }

 private:
  static std::optional<Hover> call(const ast::Expr& e) {
    const CallHelp* help = find(kCalls, e.text);
    if (help == nullptr) return std::nullopt;
    return Hover{e.op_span,
                 hook_block(fmt::format("{}({}): {}", help->name, help->parameters, help->result)) +
                     fmt::format("\n{}\n", help->text)};
  }

  static Hover fact(const ast::Expr& e, const sema::FactInfo& info) {
    std::string out = hook_block(fmt::format("{}: {}", info.path, sema::name_of(info.type)));
    if (const Help* help = find(kFacts, info.path)) out += fmt::format("\n{}\n", help->text);
    out += fmt::format("\nA fact, there {}.\n", when(info.time));
    return {e.span, out};
  }

  std::optional<Hover> duration(Span span) const {
    const std::string_view text = document_.slice(span);
    const auto ms = values::parse_duration(text);
    if (!ms) return std::nullopt;
    const std::string plain = values::format_duration(*ms);
    return Hover{
        span, fmt::format("`{}`{}: {}\n", text, plain == text ? "" : fmt::format(" = `{}`", plain),
                          in_words(*ms))};
  }

  /// The longest run of words around the cursor that has a help of its own: `on error` before `on`.
  std::optional<Hover> word() const {
    if (nodes_.size() < 2) return std::nullopt;
    std::vector<Span> run;
    std::size_t here = 0;
    const std::uint32_t parent = nodes_[nodes_.size() - 2];
    for (std::uint32_t c = parent + 1; c < document_.after(parent); c = document_.after(c)) {
      if (document_.node(c).kind == NodeKind::Keyword) {
        if (c == nodes_.back()) here = run.size();
        run.push_back(document_.node(c).span());
        continue;
      }
      if (c > nodes_.back()) break;
      run.clear();
    }
    for (std::size_t size = run.size(); size > 0; --size) {
      for (std::size_t first = here + 1 < size ? 0 : here + 1 - size;
           first <= here && first + size <= run.size(); ++first) {
        std::string phrase;
        for (std::size_t i = first; i < first + size; ++i) {
          phrase += fmt::format("{}{}", i == first ? "" : " ", document_.slice(run[i]));
        }
        const Help* help = find(kWords, phrase);
        if (help == nullptr) continue;
        return Hover{run[first].to(run[first + size - 1]),
                     fmt::format("**{}**\n\n{}\n{}", phrase, help->text, statement(phrase))};
      }
    }
    return std::nullopt;
  }

  /// Of the word that begins a statement: the statement, too.
  std::string statement(std::string_view phrase) const {
    if (phrase == "pre" || phrase == "post" || phrase == "hold") {
      const sema::StepId step = index_->step_around(document_.at({offset_, offset_}));
      if (step.valid()) return "\n" + about_step(snapshot_, *index_, step);
    }
    if (phrase == "target") {
      for (const ast::Target& it : document_.module->targets) {
        if (it.span.contains(offset_)) return "\n" + hook_block(document_.slice(it.span));
      }
    }
    return "";
  }

  /// A text with placeholders, in a hook or hold.
  std::optional<Hover> text() const {
    for (std::size_t i = nodes_.size(); i-- > 0;) {
      const Node& node = document_.node(nodes_[i]);
      if (node.kind != NodeKind::String) continue;
      const std::uint32_t end = document_.after(nodes_[i]);
      bool filled = false;
      for (std::uint32_t c = nodes_[i] + 1; c < end; ++c) {
        filled = filled || document_.node(c).kind == NodeKind::Splice;
      }
      const sema::StepId step = index_->step_around(document_.at(node.span()));
      if (!filled || !step.valid()) return std::nullopt;
      const auto runs = what_runs(snapshot_, *index_, step, in_release(step));
      return runs ? std::optional(Hover{node.span(), *runs}) : std::nullopt;
    }
    return std::nullopt;
  }

  bool in_release(sema::StepId id) const {
    const sema::Step& step = index_->program()[id];
    if (step.kind != sema::StepKind::Hold) return false;
    const auto& releases = document_.module->holds[step.index].body.releases;
    return !releases.empty() && offset_ >= releases.front().span.begin;
  }

  const query::Snapshot& snapshot_;
  const Document& document_;
  std::uint32_t offset_;
  std::shared_ptr<const query::SymbolIndex> index_;
  std::vector<std::uint32_t> nodes_;
};

}  // namespace

std::string hook_block(std::string_view text) {
  return fmt::format("```hook\n{}\n```\n", text);
}

std::string file_comment(const SourceManager& sources, FileId file) {
  const std::string_view text = sources.text(file);
  std::uint32_t end = 0;
  while (end < text.size() && text[end] == '#') end = line_end(text, end) + 1;
  end = std::min(end, static_cast<std::uint32_t>(text.size()));
  return query::comment_text(sources, {file, {0, end}});
}

std::optional<Hover> hover(const query::Snapshot& snapshot, const std::string& path,
                           std::uint32_t offset, std::span<const std::string> roots) {
  const auto document = open_document(snapshot, path);
  if (!document || offset > document->text.size()) return std::nullopt;
  const Place place(snapshot, path, *document, offset);
  if (auto found = place.import()) return found;
  if (const auto name = name_at(snapshot, path, offset, roots)) {
    return Hover{name->occurrence.where.span, about_name(snapshot, *name)};
  }
  if (auto found = place.value()) return found;
  return place.token();
}

}  // namespace hookc::lsp
