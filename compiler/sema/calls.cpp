// Calls: `header("…")` and the pure functions.
#include <array>

#include "compiler/sema/checker.hpp"
#include "compiler/values/http_header.hpp"

namespace hookc::sema {

namespace {

/// What a parameter of a pure function takes.
enum class Takes : std::uint8_t { Anything, Text, TextOrList, List, Int };

struct Signature {
  std::string_view form;  // for messages
  std::array<Takes, 3> parameters;
  std::size_t count;
  TypeKind result;
  bool optional = false;
};

Signature signature(Builtin builtin) {
  using enum Takes;
  switch (builtin) {
    case Builtin::Raw: return {"raw(x)", {Anything}, 1, TypeKind::String};
    case Builtin::Lower: return {"lower(text)", {Text}, 1, TypeKind::String};
    case Builtin::Upper: return {"upper(text)", {Text}, 1, TypeKind::String};
    case Builtin::Trim: return {"trim(text)", {Text}, 1, TypeKind::String};
    case Builtin::Length: return {"length(text or list)", {TextOrList}, 1, TypeKind::Int};
    case Builtin::First: return {"first(text, lines)", {Text, Int}, 2, TypeKind::String};
    case Builtin::Last: return {"last(text, lines)", {Text, Int}, 2, TypeKind::String};
    case Builtin::Join: return {"join(list, separator)", {List, Text}, 2, TypeKind::String};
    case Builtin::Replace:
      return {"replace(text, from, to)", {Text, Text, Text}, 3, TypeKind::String};
    case Builtin::Int: return {"int(text)", {Text}, 1, TypeKind::Int, true};
    case Builtin::String: return {"string(x)", {Anything}, 1, TypeKind::String};
  }
  return {};
}

bool takes(Takes wanted, Type found) {
  if (found.kind == TypeKind::Error) return true;
  switch (wanted) {
    case Takes::Anything: return renders(found.kind);
    case Takes::Text: return is_text(found.kind);
    case Takes::TextOrList: return is_text(found.kind) || found.kind == TypeKind::List;
    case Takes::List: return found.kind == TypeKind::List || found.kind == TypeKind::Json;
    case Takes::Int: return assignable(found, plain(TypeKind::Int));
  }
  return false;
}

std::string_view describe_parameter(Takes wanted) {
  switch (wanted) {
    case Takes::Anything: return "a value with a text";
    case Takes::Text: return "text";
    case Takes::TextOrList: return "text or a list";
    case Takes::List: return "a list";
    case Takes::Int: return "an `int`";
  }
  return "a value";
}

}  // namespace

Type Checker::type_call(const Scope& scope, ast::ExprId id, const ast::Expr& e) {
  const ast::Module& file = ast(scope.module);
  const auto arguments = file.children(e);
  if (e.text == "hook") {
    add(Code::HK1003, scope.module, e.span, "a hook is no value of its own")
        .label("ask for one of its facts")
        .help("write `hook(\"name\").status`, `.output` or `.duration`");
    return plain(TypeKind::Error);
  }
  if (e.text == "header") {
    std::optional<std::string> name;
    if (arguments.size() == 1 && file[arguments[0]].kind == ast::ExprKind::String) {
      name = ast::literal_text(file, file[arguments[0]].text_id);
    }
    if (!name) {
      add(Code::HK1003, scope.module, e.span,
          "`header` takes the name of one response header, as plain text")
          .label("not a name")
          .help("write `header(\"Content-Type\")`");
      return plain(TypeKind::Error);
    }
    if (const auto checked = values::check_header_name(*name); !checked) {
      bad_value(Code::HK5002, scope.module, file[arguments[0]].text_id, checked.error());
    }
    return read_fact(scope, id, e.span, Fact::Header);
  }
  const auto builtin = find_builtin(e.text);
  if (!builtin) {
    Diagnostic& d = add(Code::HK1001, scope.module, e.op_span, "no function is called `{}`", e.text)
                        .label("unknown");
    std::vector<std::string_view> known = {"hook", "header"};
    for (std::size_t i = 0; i <= static_cast<std::size_t>(Builtin::String); ++i) {
      known.push_back(name_of(static_cast<Builtin>(i)));
    }
    if (const auto near = did_you_mean(e.text, known)) {
      d.fix(fmt::format("write `{}`", *near), at(scope.module, e.op_span), std::string(*near),
            Applicability::MaybeIncorrect);
    } else {
      d.help(fmt::format("there are: {}", fmt::join(known, ", ")));
    }
    for (const ast::ExprId argument : arguments) type_of(scope, argument);
    return plain(TypeKind::Error);
  }
  info(scope.module).refs[id.value] = {RefKind::Builtin, static_cast<std::uint32_t>(*builtin),
                                       kNone};
  return type_builtin(scope, *builtin, e);
}

Type Checker::type_builtin(const Scope& scope, Builtin builtin, const ast::Expr& e) {
  const ast::Module& file = ast(scope.module);
  const auto arguments = file.children(e);
  const Signature wanted = signature(builtin);
  Type result = plain(wanted.result);
  result.optional = wanted.optional;
  if (arguments.size() != wanted.count) {
    add(Code::HK1003, scope.module, e.span, "`{}` takes {} argument{}, not {}", e.text,
        wanted.count, wanted.count == 1 ? "" : "s", arguments.size())
        .label(fmt::format("write `{}`", wanted.form));
    for (const ast::ExprId argument : arguments) type_of(scope, argument);
    return plain(TypeKind::Error);
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const Type found = value_of(scope, arguments[i]);
    result = tainted(result, found);
    if (takes(wanted.parameters[i], found)) continue;
    add(Code::HK1003, scope.module, file[arguments[i]].span, "`{}` needs {} here, this is {}",
        e.text, describe_parameter(wanted.parameters[i]), describe(found))
        .label(fmt::format("{} expected", describe_parameter(wanted.parameters[i])))
        .help(fmt::format("it is `{}`", wanted.form));
  }
  return result;
}

}  // namespace hookc::sema
