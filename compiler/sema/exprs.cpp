// Types of expressions. Recursion is bounded by the parser's limit on nesting; chains of members
// are walked in a loop.
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/number.hpp"
#include "compiler/values/regex.hpp"

namespace hookc::sema {

namespace {

std::string_view symbol(ast::BinaryOp op) {
  switch (op) {
    case ast::BinaryOp::Equal: return "==";
    case ast::BinaryOp::NotEqual: return "!=";
    case ast::BinaryOp::Less: return "<";
    case ast::BinaryOp::LessEqual: return "<=";
    case ast::BinaryOp::Greater: return ">";
    case ast::BinaryOp::GreaterEqual: return ">=";
    case ast::BinaryOp::Contains: return "contains";
    case ast::BinaryOp::StartsWith: return "startswith";
    case ast::BinaryOp::EndsWith: return "endswith";
    case ast::BinaryOp::Matches: return "matches";
    case ast::BinaryOp::In: return "in";
    case ast::BinaryOp::NotIn: return "not in";
  }
  return "==";
}

constexpr std::string_view kStatuses[] = {"Pending", "Running", "Succeeded", "Failed", "Skipped"};

Type boolean(Type a, Type b) {
  return tainted(tainted(plain(TypeKind::Bool), a), b);
}

}  // namespace

Type Checker::type_of(const Scope& scope, ast::ExprId id) {
  if (!id.valid()) return plain(TypeKind::Error);
  const ast::Expr& e = ast(scope.module)[id];
  const Type type = type_expr(scope, id, e);
  info(scope.module).types[id.value] = type;
  return type;
}

Type Checker::value_of(const Scope& scope, ast::ExprId id) {
  if (!id.valid()) return plain(TypeKind::Error);
  Type type;
  if (scope.guarded) {
    Scope unguarded = scope;
    unguarded.guarded = false;
    type = type_of(unguarded, id);
  } else {
    type = type_of(scope, id);
  }
  if (!type.optional || type.kind == TypeKind::Error) return type;
  const ast::Expr& e = ast(scope.module)[id];
  const std::string_view text = text_of(scope.module, e.span);
  Diagnostic& d =
      add(Code::HK1015, scope.module, e.span, "`{}` may be missing here", text.substr(0, 60))
          .label(fmt::format("{}, not {}", describe(type), describe(present(type))));
  const Ref ref = info(scope.module).refs[id.value];
  if (ref.kind == RefKind::Fact && static_cast<Fact>(ref.index) >= Fact::TargetKind &&
      static_cast<Fact>(ref.index) <= Fact::TargetNamespace) {
    d.help("it is there when `--target` is given; a `target KIND/NAME` statement makes it certain");
  }
  if (ref.kind == RefKind::Capture) {
    d.also(program_.captures[ref.index].declared, "captured here");
  }
  const bool inside = text_of(scope.module, {e.span.end, e.span.end + 1}) == "}";
  if (inside || type.kind == TypeKind::String) {
    d.fix("give a default with `??`", at(scope.module, {e.span.end, e.span.end}), " ?? \"\"",
          Applicability::HasPlaceholders);
  } else {
    d.help(fmt::format("say what counts instead: `{} ?? …`", text.substr(0, 60)));
  }
  return present(type);
}

void Checker::expect_bool(const Scope& scope, ast::ExprId id, std::string_view what) {
  if (!id.valid()) return;
  const Type type = value_of(scope, id);
  if (type.kind == TypeKind::Bool || type.kind == TypeKind::Json || type.kind == TypeKind::Error)
    return;
  add(Code::HK3009, scope.module, ast(scope.module)[id].span, "{} needs a condition, this is {}",
      what, describe(type))
      .label("neither true nor false")
      .help("compare it with something: `… == …`, `… contains …`, `… in …`");
}

Type Checker::type_expr(const Scope& scope, ast::ExprId id, const ast::Expr& e) {
  const ast::Module& file = ast(scope.module);
  const auto children = file.children(e);
  const auto fails = [&](Code code, const values::ValueError& error) {
    Diagnostic& d = add(code, scope.module, e.span, "{}", error.message);
    if (error.suggestion) {
      d.fix(fmt::format("write `{}`", *error.suggestion), at(scope.module, e.span),
            *error.suggestion, Applicability::MaybeIncorrect);
    }
    return plain(TypeKind::Error);
  };
  switch (e.kind) {
    case ast::ExprKind::Error: return plain(TypeKind::Error);
    case ast::ExprKind::Duration: {
      const auto checked = values::parse_duration(e.text);
      return checked ? plain(TypeKind::Duration) : fails(Code::HK3001, checked.error());
    }
    case ast::ExprKind::Size: {
      const auto checked = values::parse_size(text_of(scope.module, e.span));
      return checked ? plain(TypeKind::Size) : fails(Code::HK3005, checked.error());
    }
    case ast::ExprKind::Int: return plain(TypeKind::Int);
    case ast::ExprKind::Decimal: return plain(TypeKind::Decimal);
    case ast::ExprKind::Bool: return plain(TypeKind::Bool);
    case ast::ExprKind::Null: return plain(TypeKind::Null);
    case ast::ExprKind::String: {
      if (file[e.text_id].quoting == ast::Quoting::Splice) {
        // A bare `${x}` is the value itself, with its type.
        return file[e.text_id].broken ? plain(TypeKind::Error)
                                      : value_of(scope, file.parts_of(e.text_id)[0].splice);
      }
      check_text(scope, e.text_id, TextUse::Plain);
      if (file[e.text_id].broken) return plain(TypeKind::Error);
      Type type = plain(TypeKind::String);
      for (const ast::TextPart& part : file.parts_of(e.text_id)) {
        if (part.is_splice()) type = tainted(type, info(scope.module).types[part.splice.value]);
      }
      return type;
    }
    case ast::ExprKind::Regex:
      check_regex(scope.module, e.text, e.span);
      return plain(TypeKind::Regex);
    case ast::ExprKind::List: {
      Type element = plain(TypeKind::Error);
      bool uniform = true;
      for (std::size_t i = 0; i < children.size(); ++i) {
        const Type type = value_of(scope, children[i]);
        if (i == 0) {
          element = type;
        } else if (uniform) {
          element = unified(element, type, uniform);
        }
      }
      Type list = list_of(uniform ? element.kind : TypeKind::Json);
      list.secret = element.secret;
      return list;
    }
    case ast::ExprKind::Object: {
      Type object = plain(TypeKind::Object);
      for (const ast::ExprId child : children) object = tainted(object, value_of(scope, child));
      const auto keys = e.keys.in(file.names);
      if (keys.size() < 2) return object;
      NameMap<Span> seen;
      for (const ast::Name& key : keys) {
        const auto [known, added] = seen.try_emplace(key.text, key.span);
        if (added) continue;
        add(Code::HK0006, scope.module, key.span, "key `{}` is given twice", key.text)
            .label("given again here")
            .also(at(scope.module, known->second), "first given here");
      }
      return object;
    }
    case ast::ExprKind::Name: return type_name(scope, id, e);
    case ast::ExprKind::Member:
    case ast::ExprKind::Index: return type_path(scope, id);
    case ast::ExprKind::Call: return type_call(scope, id, e);
    case ast::ExprKind::Not: {
      expect_bool(scope, children[0], "`not`");
      return tainted(plain(TypeKind::Bool), info(scope.module).types[children[0].value]);
    }
    case ast::ExprKind::And:
    case ast::ExprKind::Or: {
      Type type = plain(TypeKind::Bool);
      for (const ast::ExprId child : children) {
        expect_bool(scope, child, e.kind == ast::ExprKind::And ? "`and`" : "`or`");
        type = tainted(type, info(scope.module).types[child.value]);
      }
      return type;
    }
    case ast::ExprKind::Binary: return type_binary(scope, e);
    case ast::ExprKind::Range:
      add(Code::HK3009, scope.module, e.span, "a range stands only after `in`")
          .label("nothing to compare it with")
          .help("write `x in 1..5`");
      return plain(TypeKind::Error);
    case ast::ExprKind::Default: {
      Scope guarded = scope;
      guarded.guarded = true;
      Type type = type_of(guarded, children[0]);
      for (std::size_t i = 1; i < children.size(); ++i) {
        const bool last = i + 1 == children.size();
        const Type next = type_of(last ? scope : guarded, children[i]);
        bool ok = true;
        const Type both = unified(present(type), present(next), ok);
        if (!ok) {
          add(Code::HK3009, scope.module, file[children[i]].span, "the default is {}, the value {}",
              describe(present(next)), describe(present(type)))
              .label(fmt::format("{} expected", describe(present(type))));
        }
        // Json stands for whatever it holds: the default tells what is wanted of it.
        type = type.kind == TypeKind::Json && next.kind != TypeKind::Error ? tainted(next, type)
                                                                           : both;
        type.optional = next.optional;
      }
      return type;
    }
    case ast::ExprKind::If: {
      expect_bool(scope, children[0], "`if`");
      const Type yes = type_of(scope, children[1]);
      const Type no = type_of(scope, children[2]);
      bool ok = true;
      Type type = unified(present(yes), present(no), ok);
      if (!ok) {
        add(Code::HK3009, scope.module, file[children[2]].span, "`then` gives {}, `else` {}",
            describe(yes), describe(no))
            .label(fmt::format("{} expected", describe(present(yes))))
            .also(at(scope.module, file[children[1]].span), describe(yes));
      }
      type.optional = type.optional || yes.optional || no.optional;
      return tainted(type, info(scope.module).types[children[0].value]);
    }
    case ast::ExprKind::Workload:
      if (e.workload < file.workloads.size()) check_workload(scope, file.workloads[e.workload]);
      return plain(TypeKind::Workload);
  }
  return plain(TypeKind::Error);
}

Type Checker::type_binary(const Scope& scope, const ast::Expr& e) {
  const ast::Module& file = ast(scope.module);
  const auto children = file.children(e);
  if (children.size() != 2) return plain(TypeKind::Error);
  if (e.op == ast::BinaryOp::In || e.op == ast::BinaryOp::NotIn) return type_in(scope, e);
  const bool against_null = file[children[1]].kind == ast::ExprKind::Null &&
                            (e.op == ast::BinaryOp::Equal || e.op == ast::BinaryOp::NotEqual);
  if (against_null) {
    Scope guarded = scope;
    guarded.guarded = true;
    const Type a = type_of(guarded, children[0]);
    const Type b = type_of(scope, children[1]);
    if (!comparable(a, b)) check_comparison(scope, e, a, b);
    return boolean(a, b);
  }
  const Type a = value_of(scope, children[0]);
  const auto wrong = [&](ast::ExprId at_expr, Type found, std::string_view wanted) {
    add(Code::HK3009, scope.module, file[at_expr].span, "`{}` needs {}, this is {}", symbol(e.op),
        wanted, describe(found))
        .label(fmt::format("{} expected", wanted));
  };
  const auto is_error = [](Type t) { return t.kind == TypeKind::Error; };
  switch (e.op) {
    case ast::BinaryOp::Matches: {
      if (!is_text(a.kind)) wrong(children[0], a, "text");
      const ast::Expr& pattern = file[children[1]];
      const Type b = value_of(scope, children[1]);
      if (b.kind == TypeKind::Regex || is_error(b)) return boolean(a, b);
      Diagnostic& d = add(Code::HK3009, scope.module, pattern.span,
                          "`matches` needs a regular expression, this is {}", describe(b))
                          .label("a regex expected");
      if (pattern.kind == ast::ExprKind::String && !has_splice(scope.module, pattern.text_id)) {
        const std::string text = ast::literal_text(file, pattern.text_id).value_or("");
        d.fix(fmt::format("write `/{}/`", text), at(scope.module, pattern.span),
              fmt::format("/{}/", text), Applicability::MaybeIncorrect);
      }
      return boolean(a, b);
    }
    case ast::BinaryOp::Contains: {
      const Type b = value_of(scope, children[1]);
      if (a.kind == TypeKind::List) {
        if (!comparable(plain(a.element), b)) wrong(children[1], b, describe(plain(a.element)));
      } else if (!is_text(a.kind)) {
        wrong(children[0], a, "text or a list");
      } else if (a.kind != TypeKind::Json && !is_text(b.kind)) {
        wrong(children[1], b, "text");
      }
      return boolean(a, b);
    }
    case ast::BinaryOp::StartsWith:
    case ast::BinaryOp::EndsWith: {
      const Type b = value_of(scope, children[1]);
      if (!is_text(a.kind)) {
        wrong(children[0], a, "text");
      } else if (!is_text(b.kind)) {
        wrong(children[1], b, "text");
      }
      return boolean(a, b);
    }
    case ast::BinaryOp::Equal:
    case ast::BinaryOp::NotEqual:
    case ast::BinaryOp::Less:
    case ast::BinaryOp::LessEqual:
    case ast::BinaryOp::Greater:
    case ast::BinaryOp::GreaterEqual: {
      const Type b = value_of(scope, children[1]);
      check_comparison(scope, e, a, b);
      return boolean(a, b);
    }
    case ast::BinaryOp::In:
    case ast::BinaryOp::NotIn: break;
  }
  return plain(TypeKind::Error);
}

void Checker::check_comparison(const Scope& scope, const ast::Expr& e, Type a, Type b) {
  const ast::Module& file = ast(scope.module);
  const auto children = file.children(e);
  const bool equality = e.op == ast::BinaryOp::Equal || e.op == ast::BinaryOp::NotEqual;
  if (equality ? !comparable(a, b) : !comparable(a, b) || !ordered(a, b)) {
    Diagnostic& d = comparable(a, b)
                        ? add(Code::HK3009, scope.module, e.op_span,
                              "{} has no order: `{}` cannot compare it", describe(a), symbol(e.op))
                        : add(Code::HK3009, scope.module, e.op_span,
                              "{} cannot be compared with {}", describe(a), describe(b));
    d.also(at(scope.module, file[children[0]].span), describe(a))
        .also(at(scope.module, file[children[1]].span), describe(b));
    const bool unit = (a.kind == TypeKind::Duration && b.kind == TypeKind::Int) ||
                      (a.kind == TypeKind::Size && b.kind == TypeKind::Int);
    if (unit)
      d.help(a.kind == TypeKind::Duration ? "write a unit: `30s`, `5m`" : "write a unit: `64MiB`");
    return;
  }
  check_status(scope, a, children[1]);
  check_status(scope, b, children[0]);
}

void Checker::check_status(const Scope& scope, Type other, ast::ExprId literal) {
  if (other.kind != TypeKind::Status) return;
  const ast::Module& file = ast(scope.module);
  const ast::Expr& e = file[literal];
  if (e.kind == ast::ExprKind::List) {
    for (const ast::ExprId child : file.children(e)) check_status(scope, other, child);
    return;
  }
  if (e.kind != ast::ExprKind::String) return;
  const auto text = ast::literal_text(file, e.text_id);
  if (!text || std::ranges::find(kStatuses, *text) != std::end(kStatuses)) return;
  Diagnostic& d = add(Code::HK3006, scope.module, e.span, "no status is called \"{}\"", *text)
                      .label("never equal");
  std::vector<std::string_view> known(std::begin(kStatuses), std::end(kStatuses));
  std::optional<std::string_view> near = did_you_mean(*text, known);
  if (*text == "success" || *text == "succeeded" || *text == "ok") near = "Succeeded";
  if (*text == "failure" || *text == "error") near = "Failed";
  if (near) {
    d.fix(fmt::format("write \"{}\"", *near), at(scope.module, e.span),
          fmt::format("\"{}\"", *near));
  }
  d.help("a status is one of \"Pending\", \"Running\", \"Succeeded\", \"Failed\", \"Skipped\"");
}

Type Checker::type_in(const Scope& scope, const ast::Expr& e) {
  const ast::Module& file = ast(scope.module);
  const auto children = file.children(e);
  const Type a = value_of(scope, children[0]);
  const ast::Expr& right = file[children[1]];
  if (right.kind == ast::ExprKind::Range) {
    const auto ends = file.children(right);
    const Type low = value_of(scope, ends[0]);
    const Type high = value_of(scope, ends[1]);
    for (const auto& [end, type] : {std::pair{ends[0], low}, std::pair{ends[1], high}}) {
      if (ordered(a, type)) continue;
      add(Code::HK3009, scope.module, file[end].span, "{} cannot be in a range of {}", describe(a),
          describe(type))
          .label(fmt::format("{} expected", describe(a)));
      break;
    }
    const ast::Expr& first = file[ends[0]];
    const ast::Expr& last = file[ends[1]];
    if (first.kind == last.kind &&
        (first.kind == ast::ExprKind::Int || first.kind == ast::ExprKind::Duration) &&
        first.number > last.number) {
      add(Code::HK3010, scope.module, right.span, "the range {} is empty",
          text_of(scope.module, right.span))
          .label("ends before it begins")
          .fix("swap the ends", at(scope.module, right.span),
               fmt::format("{}..{}", text_of(scope.module, last.span),
                           text_of(scope.module, first.span)),
               Applicability::MaybeIncorrect);
    }
    info(scope.module).types[children[1].value] = list_of(low.kind);
    return boolean(boolean(a, low), high);
  }
  const Type b = value_of(scope, children[1]);
  if (b.kind == TypeKind::List) {
    if (!comparable(a, plain(b.element))) {
      add(Code::HK3009, scope.module, right.span, "{} is never in {}", describe(a), describe(b))
          .label(fmt::format("a list of `{}` expected", name_of(a.kind)));
    } else {
      check_status(scope, a, children[1]);
    }
  } else if (b.kind != TypeKind::Json && b.kind != TypeKind::Error) {
    add(Code::HK3009, scope.module, right.span, "`in` needs a range or a list, this is {}",
        describe(b))
        .label("a range or a list expected")
        .help(is_text(b.kind) ? "for text in text write `… contains …`"
                              : "write `x in 1..5` or `x in [1, 2]`");
  }
  return boolean(a, b);
}

void Checker::check_regex(ModuleId module, std::string_view pattern, Span where) {
  const auto [known, added] = regexes_.try_emplace(pattern, true);
  if (!added && known->second) return;
  const auto compiled = values::Regex::compile(pattern);
  if (compiled) return;
  known->second = false;
  const values::ValueError& error = compiled.error();
  // The pattern stands between slashes or quotes: one byte in.
  const bool delimited = where.size() == pattern.size() + 2;
  const Span inside =
      delimited ? Span{where.begin + 1 + error.begin, where.begin + 1 + error.end} : where;
  add(Code::HK3008, module, inside.empty() ? where : inside, "{}", error.message);
}

}  // namespace hookc::sema
