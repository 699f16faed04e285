// A template made of a hook's body. A template sees nothing of its file but its parameters
// (rule 36), so every name that the body reads becomes one.
#include <algorithm>

#include <fmt/format.h>

#include "lsp/features/code_action_parts.hpp"

namespace hookc::lsp {

namespace {

struct Parameter {
  std::string name;
  std::string type;
};

class Extraction {
 public:
  Extraction(const ActionRequest& request, const sema::ModuleInfo& info, const ast::Hook& hook)
      : request_(request), info_(info), hook_(hook), m_(*request.document.module) {}

  std::optional<std::vector<Edit>> edits(std::uint32_t before) {
    if (std::holds_alternative<ast::UseAction>(hook_.action.what) ||
        std::holds_alternative<ast::ErrorAction>(hook_.action.what))
      return std::nullopt;
    split();
    if (!collect_parameters()) return std::nullopt;
    const std::string name = free_name();
    std::string declared;
    std::string given;
    for (const Parameter& each : parameters_) {
      const char* comma = declared.empty() ? "" : ", ";
      declared += fmt::format("{}{}: {}", comma, each.name, each.type);
      given += fmt::format("{}{}: {}", comma, each.name, each.name);
    }
    if (!parameters_.empty()) {
      declared = fmt::format("({})", declared);
      given = fmt::format("({})", given);
    }
    const std::string_view nl = request_.line_end();
    return std::vector<Edit>{
        request_.insert(before, fmt::format("template {0}{1} {{{2}  {3}{2}}}{2}{2}", name, declared,
                                            nl, moved_)),
        request_.edit({hook_.action.span.begin, hook_.span.end},
                      fmt::format("use {}{}{}", name, given, kept_))};
  }

 private:
  /// What is decided at a hook's turn, and what others read of it, stays with the hook.
  static bool stays(const ast::Clause& clause) {
    return clause.kind == ast::ClauseKind::When || clause.kind == ast::ClauseKind::After ||
           clause.kind == ast::ClauseKind::Capture;
  }

  /// Each clause goes with the blanks and comments before it.
  void split() {
    const Document& document = request_.document;
    moved_ = document.slice(hook_.action.span);
    regions_.push_back(hook_.action.span);
    std::uint32_t done = hook_.action.span.end;
    for (const ast::Clause& clause : hook_.clauses.in(m_.clauses)) {
      const Span piece{done, clause.span.end};
      done = clause.span.end;
      if (stays(clause)) {
        kept_ += document.slice(piece);
      } else {
        moved_ += document.slice(piece);
        regions_.push_back(clause.span);
      }
    }
  }

  bool moves(Span span) const {
    return std::ranges::any_of(regions_, [&](Span region) {
      return region.begin <= span.begin && span.end <= region.end;
    });
  }

  bool collect_parameters() {
    for (std::uint32_t i = 0; i < m_.exprs.size(); ++i) {
      const ast::Expr& e = m_.exprs[i];
      if (!moves(e.span)) continue;
      if (e.kind == ast::ExprKind::Error) return false;
      const sema::Ref& ref = info_.refs[i];
      // `hook("x").status`: a template knows no hooks.
      if (ref.kind == sema::RefKind::Fact && ref.other != UINT32_MAX) return false;
      if (e.kind != ast::ExprKind::Name) continue;
      if (ref.kind == sema::RefKind::LocalCapture || ref.kind == sema::RefKind::TemplateParam)
        return false;
      if (ref.kind != sema::RefKind::Param && ref.kind != sema::RefKind::Secret &&
          ref.kind != sema::RefKind::Capture)
        continue;
      const auto type = type_of(ref, info_.types[i]);
      if (!type || !add(e.text, *type)) return false;
    }
    for (std::uint32_t i = 0; i < m_.texts.size(); ++i) {
      const ast::Text& text = m_.texts[i];
      if (!moves(text.span)) continue;
      const sema::Ref& ref = info_.text_refs[i];
      if (ref.kind != sema::RefKind::Pod && ref.kind != sema::RefKind::Function) continue;
      if (text.quoting != ast::Quoting::Bare) return false;
      if (!add(request_.document.slice(text.span),
               ref.kind == sema::RefKind::Pod ? "pod" : "function"))
        return false;
    }
    return true;
  }

  /// False: one name would have to be two parameters.
  bool add(std::string_view name, std::string_view type) {
    for (const Parameter& each : parameters_) {
      if (each.name == name) return each.type == type;
    }
    parameters_.push_back({std::string(name), std::string(type)});
    return true;
  }

  /// As it is declared, with its limits; of a capture as it was found. Nothing where no parameter
  /// can have it.
  std::optional<std::string> type_of(const sema::Ref& ref, sema::Type type) const {
    const sema::Program& program = *request_.program;
    const auto written = [&](sema::ModuleId module, const ast::TypeExpr& declared) {
      return std::string(request_.now.sources().text(program.ast(module).at(declared.span)));
    };
    if (ref.kind == sema::RefKind::Param && !program.params[ref.index].declarations.empty()) {
      const auto& first = program.params[ref.index].declarations[0];
      return written(first.module, program.ast(first.module).params[first.index].type);
    }
    if (ref.kind == sema::RefKind::Secret && !program.secrets[ref.index].declarations.empty()) {
      const auto& first = program.secrets[ref.index].declarations[0];
      const ast::Secret& declared = program.ast(first.module).secrets[first.index];
      if (declared.type) return written(first.module, *declared.type);
    }
    if (type.optional) return std::nullopt;
    type.secret = false;
    switch (type.kind) {
      case sema::TypeKind::Error:
      case sema::TypeKind::Decimal:
      case sema::TypeKind::Object:
      case sema::TypeKind::Null:
      case sema::TypeKind::Status: return std::nullopt;
      default: return sema::to_string(type);
    }
  }

  /// Of the hook's name, as far as it can be a word.
  std::string free_name() const {
    std::string base;
    for (const char c : hook_.name.text) {
      const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      const bool letter = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
      if (letter) {
        base += lower;
      } else if (!base.empty() && base.back() != '-') {
        base += '-';
      }
    }
    while (base.ends_with('-')) base.pop_back();
    const syntax::WordRole role = syntax::info(syntax::find_word(base)).role;
    const bool word = !base.empty() && !(base[0] >= '0' && base[0] <= '9') &&
                      role != syntax::WordRole::Statement && role != syntax::WordRole::Expression;
    if (!word) base = "extracted";
    const auto taken = [&](std::string_view name) {
      return std::ranges::any_of(m_.templates,
                                 [&](const ast::Template& t) { return t.name.text == name; });
    };
    std::string name = base;
    for (int i = 2; taken(name); ++i) name = fmt::format("{}-{}", base, i);
    return name;
  }

  const ActionRequest& request_;
  const sema::ModuleInfo& info_;
  const ast::Hook& hook_;
  const ast::Module& m_;
  std::string moved_;
  std::string kept_;
  std::vector<Span> regions_;
  std::vector<Parameter> parameters_;
};

}  // namespace

void add_extract(const ActionRequest& request, std::vector<CodeAction>& out) {
  const sema::ModuleInfo* info = request.info();
  if (info == nullptr || request.document.tree->has_errors) return;
  const ast::Module& module = *request.document.module;
  const auto offer = [&](const ast::Hook& hook, std::uint32_t before) {
    if (!touches(hook.span, request.range)) return;
    auto edits = Extraction(request, *info, hook).edits(before);
    if (edits) out.push_back({"make a template of this", kExtract, *std::move(edits), {}});
  };
  const ast::Statement* statement = request.statement();
  if (statement == nullptr) return;
  if (statement->kind == ast::StatementKind::Hook) {
    const ast::Hook& hook = module.hooks[statement->index];
    offer(hook, hook.doc.span.empty() ? hook.span.begin : hook.doc.span.begin);
  } else if (statement->kind == ast::StatementKind::Together) {
    const ast::Together& group = module.groups[statement->index];
    const std::uint32_t before = group.doc.span.empty() ? group.span.begin : group.doc.span.begin;
    for (const ast::Statement& member : group.members) {
      if (member.kind == ast::StatementKind::Hook) offer(module.hooks[member.index], before);
    }
  }
}

}  // namespace hookc::lsp
