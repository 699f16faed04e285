// Values against declared types: defaults, settings, arguments, and the numbers and durations of
// clauses.
#include <algorithm>

#include "compiler/sema/checker.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/regex.hpp"

namespace hookc::sema {

namespace {

std::string_view example_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::Duration: return "write it without quotes: `30s`, `5m`";
    case TypeKind::Size: return "write it without quotes: `64MiB`";
    case TypeKind::Int:
    case TypeKind::Port: return "write it without quotes: `8080`";
    case TypeKind::Bool: return "write `true` or `false`";
    case TypeKind::Regex: return "write it between slashes: `/…/`";
    case TypeKind::List: return "write `[…]`";
    case TypeKind::Workload: return "write `KIND/NAME`: `Deployment/web`";
    case TypeKind::Error:
    case TypeKind::String:
    case TypeKind::Decimal:
    case TypeKind::Url:
    case TypeKind::Hostname:
    case TypeKind::Selector:
    case TypeKind::Json:
    case TypeKind::Pod:
    case TypeKind::Function:
    case TypeKind::Object:
    case TypeKind::Null:
    case TypeKind::Status: return {};
  }
  return {};
}

bool is_thing(TypeKind kind) {
  return kind == TypeKind::Pod || kind == TypeKind::Function || kind == TypeKind::Workload;
}

}  // namespace

void Checker::mismatch(const Scope& scope, Span where, Type found, Type wanted,
                       std::string_view what) {
  const Code code = what.starts_with("argument") ? Code::HK1003 : Code::HK3009;
  Diagnostic& d = add(code, scope.module, where, "{} must be {}, this is {}", what,
                      describe(present(wanted)), describe(found))
                      .label(fmt::format("{} expected", describe(present(wanted))));
  if (const std::string_view help = example_of(wanted.kind); !help.empty())
    d.help(std::string(help));
  if (wanted.kind == TypeKind::Url && is_text(found.kind)) {
    d.help("a text becomes a `url` where it is declared: `param x: url = \"https://…\"`");
  }
}

Type Checker::check_value(const Scope& scope, ast::ExprId id, const Expected& expected,
                          std::string_view what) {
  if (!id.valid()) return plain(TypeKind::Error);
  const ast::Module& file = ast(scope.module);
  const ast::Expr& e = file[id];
  const TypeKind wanted = expected.type.kind;
  const auto settle = [&](Type type) {
    info(scope.module).types[id.value] = type;
    return type;
  };
  if (wanted == TypeKind::Error) return type_of(scope, id);
  if (e.kind == ast::ExprKind::String && file[e.text_id].quoting == ast::Quoting::Splice &&
      !file[e.text_id].broken) {
    return settle(check_value(scope, file.parts_of(e.text_id)[0].splice, expected, what));
  }
  if (is_thing(wanted)) return settle(check_thing(scope, id, wanted, what));
  if (e.kind == ast::ExprKind::String) {
    const bool typed_text = wanted == TypeKind::Url || wanted == TypeKind::Hostname ||
                            wanted == TypeKind::Selector || wanted == TypeKind::Regex;
    const Type type = typed_text ? check_literal_text(scope, id, expected) : type_of(scope, id);
    if (type.kind == TypeKind::Error || typed_text) return settle(type);
    if (!assignable(type, expected.type)) {
      mismatch(scope, e.span, type, expected.type, what);
      return settle(plain(TypeKind::Error));
    }
    check_constraints(scope, id, expected);
    return type;
  }
  if (e.kind == ast::ExprKind::Int && wanted == TypeKind::Duration) {
    check_duration(scope, id, what);
    return settle(plain(TypeKind::Duration));
  }
  if (e.kind == ast::ExprKind::Int && wanted == TypeKind::Port) {
    if (const auto checked = values::check_port(e.number); !checked) {
      add(Code::HK3002, scope.module, e.span, "{}", checked.error().message);
    }
    return settle(plain(TypeKind::Port));
  }
  if (e.kind == ast::ExprKind::List && wanted == TypeKind::List) {
    Expected element{plain(expected.type.element), nullptr, expected.module};
    if (expected.declared && !expected.declared->element.empty()) {
      element.declared = &expected.declared->element.front();
    }
    Type type = expected.type;
    for (const ast::ExprId child : file.children(e)) {
      type = tainted(type, check_value(scope, child, element, what));
    }
    return settle(type);
  }
  const Type type = value_of(scope, id);
  if (!assignable(type, expected.type)) {
    mismatch(scope, e.span, type, expected.type, what);
    return settle(plain(TypeKind::Error));
  }
  check_constraints(scope, id, expected);
  return present(type);
}

Type Checker::check_literal_text(const Scope& scope, ast::ExprId id, const Expected& expected) {
  const ast::Module& file = ast(scope.module);
  const ast::Expr& e = file[id];
  Type type = expected.type;
  type.optional = false;
  if (expected.type.kind == TypeKind::Regex) {
    const auto text = ast::literal_text(file, e.text_id);
    if (!text) {
      mismatch(scope, e.span, plain(TypeKind::String), expected.type, "a pattern");
      return plain(TypeKind::Error);
    }
    if (file.parts_of(e.text_id).size() == 1)
      check_regex(scope.module, file.parts_of(e.text_id)[0].literal, e.span);
    return type;
  }
  check_text(scope, e.text_id,
             expected.type.kind == TypeKind::Url        ? TextUse::Url
             : expected.type.kind == TypeKind::Hostname ? TextUse::Host
                                                        : TextUse::Selector);
  for (const ast::TextPart& part : file.parts_of(e.text_id)) {
    if (part.is_splice()) type = tainted(type, info(scope.module).types[part.splice.value]);
  }
  return type;
}

Type Checker::check_thing(const Scope& scope, ast::ExprId id, TypeKind kind,
                          std::string_view what) {
  const ast::Module& file = ast(scope.module);
  const ast::Expr& e = file[id];
  if (e.kind == ast::ExprKind::Error) return plain(TypeKind::Error);
  if (e.kind == ast::ExprKind::Name && scope.template_index != kNone) {
    const TemplateInfo& own = template_info({scope.module, scope.template_index});
    if (own.params.contains(e.text)) {
      const Type type = type_of(scope, id);
      if (type.kind != kind && type.kind != TypeKind::Error)
        mismatch(scope, e.span, type, plain(kind), what);
      return type;
    }
  }
  if (kind == TypeKind::Workload) {
    const Type type = value_of(scope, id);
    if (type.kind != kind && type.kind != TypeKind::Error)
      mismatch(scope, e.span, type, plain(kind), what);
    return type;
  }
  std::optional<std::string> name;
  if (e.kind == ast::ExprKind::Name) name = std::string(e.text);
  if (e.kind == ast::ExprKind::String) name = ast::literal_text(file, e.text_id);
  if (!name) {
    const Type type = value_of(scope, id);
    if (type.kind != TypeKind::Error) mismatch(scope, e.span, type, plain(kind), what);
    return plain(TypeKind::Error);
  }
  const bool pod = kind == TypeKind::Pod;
  const NameMap<std::uint32_t>& declared =
      pod ? names(scope.module).pods : names(scope.module).functions;
  const auto found = declared.find(*name);
  if (found != declared.end()) {
    info(scope.module).refs[id.value] = {pod ? RefKind::Pod : RefKind::Function, found->second,
                                         kNone};
  } else if (declared.empty()) {
    info(scope.module).refs[id.value] = {RefKind::ClusterName, 0, kNone};
  } else {
    unknown_thing(scope, kind, *name, e.span);
  }
  return plain(kind);
}

void Checker::check_constraints(const Scope& scope, ast::ExprId id, const Expected& expected) {
  if (!expected.declared) return;
  const ast::TypeExpr& type = *expected.declared;
  const ast::Module& file = ast(scope.module);
  const ast::Module& there = ast(expected.module);
  const ast::Expr& e = file[id];
  const Location declared = at(expected.module, type.span);
  if (type.kind == ast::TypeKind::Int && type.low.valid() && type.high.valid() &&
      e.kind == ast::ExprKind::Int) {
    const std::int64_t low = there[type.low].number;
    const std::int64_t high = there[type.high].number;
    if (low > high || (e.number >= low && e.number <= high)) return;
    add(Code::HK3010, scope.module, e.span, "{} is not in {}..{}", e.number, low, high)
        .label("out of range")
        .also(declared, "the range");
    return;
  }
  if (type.kind != ast::TypeKind::String || e.kind != ast::ExprKind::String) return;
  const auto text = ast::literal_text(file, e.text_id);
  if (!text) return;
  if (!type.choices.empty()) {
    std::vector<std::string> choices;
    for (const ast::ExprId choice : type.choices.in(there.expr_lists)) {
      if (there[choice].kind != ast::ExprKind::String) return;
      choices.push_back(ast::literal_text(there, there[choice].text_id).value_or(""));
    }
    if (std::find(choices.begin(), choices.end(), *text) != choices.end()) return;
    Diagnostic& d = add(Code::HK3006, scope.module, e.span, "\"{}\" is not one of \"{}\"", *text,
                        fmt::join(choices, "\", \""))
                        .label("not in the set")
                        .also(declared, "the set");
    const std::vector<std::string_view> known(choices.begin(), choices.end());
    if (const auto near = did_you_mean(*text, known)) {
      d.fix(fmt::format("write \"{}\"", *near), at(scope.module, e.span),
            fmt::format("\"{}\"", *near), Applicability::MaybeIncorrect);
    }
    return;
  }
  if (type.pattern.empty()) return;
  const auto pattern = values::Regex::compile(type.pattern);
  if (!pattern || pattern->matches_whole(*text)) return;
  add(Code::HK3006, scope.module, e.span, "\"{}\" does not match /{}/", *text, type.pattern)
      .label("not of the declared form")
      .also(declared, "the form");
}

void Checker::check_type(ModuleId module, const ast::TypeExpr& type, bool in_template) {
  const ast::Module& file = ast(module);
  if (!type.pattern.empty()) check_regex(module, type.pattern, type.pattern_span);
  if (type.low.valid() && type.high.valid() && file[type.low].number > file[type.high].number) {
    add(Code::HK3010, module, file[type.low].span.to(file[type.high].span),
        "the range {}..{} is empty", file[type.low].number, file[type.high].number)
        .label("ends before it begins");
  }
  if (!in_template && is_thing(from_ast(type).kind)) {
    add(Code::HK3009, module, type.span, "a `{}` can only be a parameter of a template",
        name_of(from_ast(type).kind))
        .label("not a value")
        .help("declare it by a statement of its own and name it where it is used");
  }
  if (!type.element.empty()) {
    if (type.element.front().kind == ast::TypeKind::List) {
      add(Code::HK3009, module, type.element.front().span, "a list cannot hold lists")
          .label("inner list")
          .help("use `json` for nested values");
    } else {
      check_type(module, type.element.front(), false);
    }
  }
}

void Checker::check_duration(const Scope& scope, ast::ExprId id, std::string_view what) {
  if (!id.valid()) return;
  const ast::Expr& e = ast(scope.module)[id];
  if (e.kind == ast::ExprKind::Int) {
    Diagnostic& d =
        add(Code::HK3001, scope.module, e.span, "{} needs a unit", what).label("seconds? minutes?");
    if (e.number > 0) {
      d.fix(fmt::format("write `{}s`", e.number), at(scope.module, e.span),
            fmt::format("{}s", e.number), Applicability::MaybeIncorrect);
    }
    return;
  }
  const Type type = value_of(scope.with(Sink::Number), id);
  if (type.kind == TypeKind::Error) return;
  if (type.kind != TypeKind::Duration) {
    mismatch(scope, e.span, type, plain(TypeKind::Duration), what);
    return;
  }
  if (e.kind != ast::ExprKind::Duration) return;
  const auto ms = values::parse_duration(e.text);
  if (ms && *ms == 0) {
    add(Code::HK3001, scope.module, e.span, "{} cannot be zero", what).label("no time at all");
  }
}

void Checker::check_int(const Scope& scope, ast::ExprId id, std::int64_t low, std::int64_t high,
                        std::string_view what) {
  if (!id.valid()) return;
  const ast::Expr& e = ast(scope.module)[id];
  const Type type = value_of(scope.with(Sink::Number), id);
  if (type.kind == TypeKind::Error) return;
  if (!assignable(type, plain(TypeKind::Int))) {
    mismatch(scope, e.span, type, plain(TypeKind::Int), what);
    return;
  }
  if (e.kind != ast::ExprKind::Int || (e.number >= low && e.number <= high)) return;
  if (e.number < low) {
    add(Code::HK3010, scope.module, e.span, "{} must be at least {}", what, low).label("too small");
  } else {
    add(Code::HK3010, scope.module, e.span, "{} must be at most {}", what, high).label("too large");
  }
}

void Checker::check_number(const Scope& scope, ast::ExprId id, double low, std::string_view what) {
  if (!id.valid()) return;
  const ast::Expr& e = ast(scope.module)[id];
  const Type type = value_of(scope.with(Sink::Number), id);
  if (type.kind == TypeKind::Error) return;
  if (!assignable(type, plain(TypeKind::Decimal))) {
    mismatch(scope, e.span, type, plain(TypeKind::Decimal), what);
    return;
  }
  const bool literal = e.kind == ast::ExprKind::Int || e.kind == ast::ExprKind::Decimal;
  const double value = e.kind == ast::ExprKind::Decimal ? e.decimal : static_cast<double>(e.number);
  if (literal && value < low) {
    add(Code::HK3010, scope.module, e.span, "{} must be at least {}", what, low).label("too small");
  }
}

}  // namespace hookc::sema
