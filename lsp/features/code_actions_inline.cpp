// A `use` of a template of the same file, replaced by the template's body.
#include <algorithm>
#include <string_view>

#include "lsp/features/code_action_parts.hpp"

namespace hookc::lsp {

using syntax::NodeKind;

namespace {

class Inlining {
 public:
  Inlining(const ActionRequest& request, const sema::ModuleInfo& info, const ast::Template& from,
           const ast::UseAction& use, std::span<const ast::Clause> clauses)
      : document_(request.document),
        info_(info),
        m_(*request.document.module),
        from_(from),
        use_(use),
        clauses_(clauses) {}

  /// The body with its parameters replaced; nothing where that would mean something else.
  std::optional<std::string> run() {
    if (!bind()) return std::nullopt;
    // What follows a hold's release would become the release's.
    if (from_.hold && !clauses_.empty()) return std::nullopt;
    for (const ast::Clause& clause : from_.body.clauses.in(m_.clauses)) {
      // The names of a template's captures are its own.
      if (clause.kind == ast::ClauseKind::Capture) return std::nullopt;
      if (overridden(clause)) cut(clause.span);
    }
    for (const ast::Release& release : from_.body.releases) {
      for (const ast::Clause& clause : release.clauses.in(m_.clauses)) {
        if (clause.kind == ast::ClauseKind::Capture) return std::nullopt;
      }
    }
    const Span body = region();
    if (!substitute(body)) return std::nullopt;
    std::ranges::sort(edits_, {}, &TextEdit::span);
    for (TextEdit& edit : edits_)
      edit.span = {edit.span.begin - body.begin, edit.span.end - body.begin};
    return with_edits(document_.slice(body), edits_);
  }

 private:
  struct Bound {
    std::string_view name;
    ast::ExprId value;
    ast::TypeKind type{};
  };

  bool bind() {
    for (const ast::TemplateParam& param : from_.params) {
      Bound bound{param.name.text, param.default_value, param.type.kind};
      for (const ast::Argument& given : use_.arguments.in(m_.arguments)) {
        if (given.name.text == param.name.text) bound.value = given.value;
      }
      if (!bound.value.valid()) return false;
      const ast::Expr& value = m_[bound.value];
      if (value.kind == ast::ExprKind::Error || value.kind == ast::ExprKind::Workload ||
          several_lines(document_.text, value.span))
        return false;
      bound_.push_back(bound);
    }
    return true;
  }

  /// From the action, or `session` before it, to the last thing in the braces.
  Span region() const {
    const ast::HoldBody& body = from_.body;
    Span span = body.acquire.span;
    if (body.session) span = span.to(body.session_span);
    for (const ast::Clause& clause : body.clauses.in(m_.clauses)) span = span.to(clause.span);
    for (const ast::Release& release : body.releases) span = span.to(release.span);
    if (!body.until_span.empty()) span = span.to(body.until_span);
    if (!body.at_most_span.empty()) span = span.to(body.at_most_span);
    return span;
  }

  /// A clause at the use takes the place of one of a single value, and of `header` and `env` by key
  /// (rule 36).
  bool overridden(const ast::Clause& inner) const {
    return std::ranges::any_of(clauses_, [&](const ast::Clause& outer) {
      if (outer.kind != inner.kind) return false;
      if (inner.kind == ast::ClauseKind::Expect) return false;
      if (inner.kind == ast::ClauseKind::Env) return outer.name.text == inner.name.text;
      if (inner.kind == ast::ClauseKind::Header) {
        return outer.key.valid() && inner.key.valid() &&
               ast::literal_text(m_, outer.key) == ast::literal_text(m_, inner.key);
      }
      return true;
    });
  }

  void cut(Span span) {
    std::uint32_t begin = span.begin;
    while (begin > 0 && (is_blank(document_.text[begin - 1]) || document_.text[begin - 1] == '\n'))
      --begin;
    edits_.push_back({{begin, span.end}, ""});
  }

  bool is_cut(Span span) const {
    return std::ranges::any_of(edits_, [&](const TextEdit& edit) {
      return edit.text.empty() && edit.span.begin <= span.begin && span.end <= edit.span.end;
    });
  }

  const Bound* find(std::string_view name) const {
    const auto found = std::ranges::find(bound_, name, &Bound::name);
    return found == bound_.end() ? nullptr : &*found;
  }

  bool substitute(Span body) {
    const auto inside = [&](Span span) {
      return body.begin <= span.begin && span.end <= body.end && !is_cut(span);
    };
    std::vector<TextEdit> made;
    for (std::uint32_t i = 0; i < m_.exprs.size(); ++i) {
      const ast::Expr& e = m_.exprs[i];
      if (e.kind == ast::ExprKind::Error && inside(e.span)) return false;
      if (e.kind != ast::ExprKind::Name || !inside(e.span) ||
          info_.refs[i].kind != sema::RefKind::TemplateParam)
        continue;
      const Bound* bound = find(e.text);
      if (bound == nullptr) return false;
      made.push_back(replacement(e.span, *bound));
    }
    for (std::uint32_t i = 0; i < m_.texts.size(); ++i) {
      const ast::Text& text = m_.texts[i];
      if (text.quoting != ast::Quoting::Bare || !inside(text.span) ||
          info_.text_refs[i].kind != sema::RefKind::TemplateParam)
        continue;
      const Bound* bound = find(document_.slice(text.span));
      if (bound == nullptr || m_[bound->value].kind != ast::ExprKind::Name) return false;
      made.push_back({text.span, std::string(document_.slice(m_[bound->value].span))});
    }
    // One name may have been read twice, as an expression and as what it stands for.
    std::ranges::sort(made, {}, &TextEdit::span);
    const auto repeats = std::ranges::unique(made);
    made.erase(repeats.begin(), repeats.end());
    for (std::size_t i = 1; i < made.size(); ++i) {
      if (made[i].span.begin < made[i - 1].span.end) return false;
    }
    edits_.insert(edits_.end(), made.begin(), made.end());
    return true;
  }

  static bool is_literal(ast::ExprKind kind) {
    switch (kind) {
      case ast::ExprKind::Duration:
      case ast::ExprKind::Size:
      case ast::ExprKind::Int:
      case ast::ExprKind::Decimal:
      case ast::ExprKind::Bool:
      case ast::ExprKind::String:
      case ast::ExprKind::Regex: return true;
      default: return false;
    }
  }
  static bool needs_parentheses(ast::ExprKind kind) {
    switch (kind) {
      case ast::ExprKind::Not:
      case ast::ExprKind::And:
      case ast::ExprKind::Or:
      case ast::ExprKind::Binary:
      case ast::ExprKind::Range:
      case ast::ExprKind::Default:
      case ast::ExprKind::If: return true;
      default: return false;
    }
  }

  /// What stands for the parameter at `name`: a literal alone where a whole value is wanted, the
  /// characters of a whole URL at the head of another, else an expression.
  TextEdit replacement(Span name, const Bound& bound) const {
    const ast::Expr& value = m_[bound.value];
    const std::string_view written = document_.slice(value.span);
    const std::vector<std::uint32_t> path = path_to(document_, name.begin);
    const auto node = [&](std::size_t up) -> const syntax::Node* {
      return path.size() > up ? &document_.node(path[path.size() - 1 - up]) : nullptr;
    };
    const syntax::Node* splice = node(1);
    if (splice != nullptr && splice->kind == NodeKind::Splice) {
      const bool in_text = node(2) != nullptr && node(2)->kind == NodeKind::String;
      if (!in_text && is_literal(value.kind)) return {splice->span(), std::string(written)};
      if (in_text && value.kind == ast::ExprKind::String && bound.type == ast::TypeKind::Url) {
        const auto parts = m_.parts_of(value.text_id);
        if (parts.size() == 1 && parts[0].verbatim && !parts[0].is_splice())
          return {splice->span(), std::string(parts[0].literal)};
      }
      return {name, std::string(written)};
    }
    std::string text(written);
    if (needs_parentheses(value.kind) && !value.parenthesized) text = "(" + text + ")";
    return {name, std::move(text)};
  }

  const Document& document_;
  const sema::ModuleInfo& info_;
  const ast::Module& m_;
  const ast::Template& from_;
  const ast::UseAction& use_;
  std::span<const ast::Clause> clauses_;
  std::vector<Bound> bound_;
  std::vector<TextEdit> edits_;
};

class Offer {
 public:
  Offer(const ActionRequest& request, const sema::ModuleInfo& info, std::vector<CodeAction>& out)
      : request_(request), info_(info), m_(*request.document.module), out_(out) {}

  void at(const ast::Action& action, Range<ast::Clause> clauses, bool closes_itself) {
    const auto* use = std::get_if<ast::UseAction>(&action.what);
    if (use == nullptr || use->module || !touches(action.span, request_.range)) return;
    const auto from = std::ranges::find(m_.templates, use->name.text,
                                        [](const ast::Template& t) { return t.name.text; });
    if (from == m_.templates.end()) return;
    // Two limits, or two releases, are none of ours to choose from.
    if (from->hold && closes_itself) return;
    auto text = Inlining(request_, info_, *from, *use, clauses.in(m_.clauses)).run();
    if (!text) return;
    out_.push_back({"write out the body of `" + std::string(use->name.text) + "` here",
                    kInline,
                    {request_.edit(action.span, *std::move(text))},
                    {}});
  }

 private:
  const ActionRequest& request_;
  const sema::ModuleInfo& info_;
  const ast::Module& m_;
  std::vector<CodeAction>& out_;
};

}  // namespace

void add_inline(const ActionRequest& request, std::vector<CodeAction>& out) {
  const sema::ModuleInfo* info = request.info();
  if (info == nullptr || request.document.tree->has_errors) return;
  const ast::Module& module = *request.document.module;
  const ast::Statement* statement = request.statement();
  if (statement == nullptr) return;
  Offer offer(request, *info, out);
  for (const ast::Hook& hook : module.hooks) offer.at(hook.action, hook.clauses, false);
  const auto body = [&](const ast::HoldBody& hold) {
    offer.at(hold.acquire, hold.clauses,
             hold.at_most.valid() || !hold.until_span.empty() || !hold.releases.empty());
    for (const ast::Release& release : hold.releases)
      offer.at(release.action, release.clauses, false);
  };
  for (const ast::Hold& hold : module.holds) body(hold.body);
  for (const ast::Template& each : module.templates) body(each.body);
}

}  // namespace hookc::lsp
