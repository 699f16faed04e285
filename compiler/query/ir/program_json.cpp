// A Program: its modules' declarations with what was found out about them, and what is true of the
// whole.
#include <array>
#include <nlohmann/json.hpp>

#include "compiler/query/ir/ast_json.hpp"
#include "compiler/sema/program.hpp"

namespace hookc::ir {

using sema::Program;

namespace {

constexpr auto kFacts = std::to_array<std::string_view>({
#define HOOKC_FACT(kind, path, type, when) path,
#include "compiler/sema/facts.def"
#undef HOOKC_FACT
});

constexpr auto kBuiltins = std::to_array<std::string_view>({
#define HOOKC_BUILTIN(kind, name) name,
#include "compiler/sema/builtins.def"
#undef HOOKC_BUILTIN
});

std::string_view escape_name(sema::Escape escape) {
  switch (escape) {
    case sema::Escape::None: return "none";
    case sema::Escape::ShellWord: return "shell word";
    case sema::Escape::ShellSingle: return "shell '…'";
    case sema::Escape::ShellDouble: return "shell \"…\"";
    case sema::Escape::UrlWhole: return "whole url";
    case sema::Escape::UrlHost: return "url host";
    case sema::Escape::UrlPort: return "url port";
    case sema::Escape::UrlComponent: return "url component";
    case sema::Escape::HeaderValue: return "header value";
    case sema::Escape::Raw: return "raw";
  }
  return "none";
}

/// Nothing for a name that refers to nothing.
Json ref_json(const Program& program, const sema::Ref& ref) {
  const auto to = [](std::string_view kind, std::string_view name) {
    return Json{{"to", kind}, {"name", name}};
  };
  const auto declared = [&](auto in, const auto& declarations) {
    return declarations(program.ast(in.module))[in.index].name.text;
  };
  switch (ref.kind) {
    case sema::RefKind::None: return nullptr;
    case sema::RefKind::Param: return to("param", program.params[ref.index].name);
    case sema::RefKind::Secret: return to("secret", program.secrets[ref.index].name);
    case sema::RefKind::Capture: return to("capture", program.captures[ref.index].name);
    case sema::RefKind::LocalCapture: return Json{{"to", "local capture"}, {"index", ref.index}};
    case sema::RefKind::TemplateParam: return Json{{"to", "template param"}, {"index", ref.index}};
    case sema::RefKind::Pod:
      return to("pod", declared(program.pods[ref.index],
                                [](const ast::Module& m) -> auto& { return m.pods; }));
    case sema::RefKind::Function:
      return to("function", declared(program.functions[ref.index],
                                     [](const ast::Module& m) -> auto& { return m.functions; }));
    case sema::RefKind::ClusterName: return Json{{"to", "cluster name"}};
    case sema::RefKind::Fact: {
      Json fact = to("fact", kFacts[ref.index]);
      if (ref.other != UINT32_MAX) fact["step"] = ref.other;
      return fact;
    }
    case sema::RefKind::Builtin: return to("builtin", kBuiltins[ref.index]);
  }
  return nullptr;
}

/// Adds what semantic analysis knows. In a broken program tables may be shorter than the module's.
class Annotations final : public Annotator {
 public:
  Annotations(const Program& program, const sema::ModuleInfo& info)
      : program_(program), info_(info) {}

  void expr(ast::ExprId id, Json& out) const override {
    if (id.value < info_.types.size() && info_.types[id.value].kind != sema::TypeKind::Error) {
      out["type"] = sema::to_string(info_.types[id.value]);
    }
    if (id.value < info_.refs.size()) ref(out, info_.refs[id.value]);
  }
  void text(ast::TextId id, Json& out) const override {
    if (id.value < info_.text_refs.size()) ref(out, info_.text_refs[id.value]);
  }
  void part(std::uint32_t index, Json& out) const override {
    if (index < info_.escapes.size()) out["escape"] = escape_name(info_.escapes[index]);
  }

 private:
  void ref(Json& out, const sema::Ref& ref) const {
    if (Json json = ref_json(program_, ref); !json.is_null()) out["ref"] = std::move(json);
  }
  const Program& program_;
  const sema::ModuleInfo& info_;
};

class ProgramJson {
 public:
  explicit ProgramJson(const Program& program) : p_(program) {}

  void fill(Json& document) const {
    document["has_errors"] = p_.has_errors;
    document["modules"] = modules();
    document["params"] = values(p_.params);
    document["secrets"] = values(p_.secrets);
    document["captures"] = captures();
    if (p_.target) {
      document["target"] = Json{{"module", p_.target->module.value}, {"index", p_.target->index}};
    }
    if (p_.exclusive) {
      document["exclusive"] =
          Json{{"module", p_.exclusive->module.value}, {"index", p_.exclusive->index}};
    }
    Json environments = Json::array();
    for (const auto& in : p_.environments)
      environments.push_back(p_.ast(in.module).environments[in.index].name.text);
    document["environments"] = std::move(environments);
    document["frames"] = frames();
    Json steps = Json::array();
    for (std::uint32_t i = 0; i < p_.steps.size(); ++i) steps.push_back(step(i));
    document["steps"] = std::move(steps);
    document["backup"] = sequence(p_.backup);
    document["restore"] = sequence(p_.restore);
  }

 private:
  Json modules() const {
    Json out = Json::array();
    for (const sema::ModuleInfo& info : p_.modules) {
      Json module{{"path", info.path}};
      if (info.standard) module["standard"] = true;
      // What the standard library says does not depend on the program; its steps are among the
      // steps.
      if (!info.standard)
        module["statements"] = AstJson(*info.ast, Annotations(p_, info)).statements();
      out.push_back(std::move(module));
    }
    return out;
  }

  template <typename Values>
  static Json values(const Values& values) {
    Json out = Json::array();
    for (const auto& value : values) {
      Json declared = Json::array();
      for (const auto& in : value.declarations) declared.push_back(in.module.value);
      out.push_back({{"name", value.name},
                     {"type", sema::to_string(value.type)},
                     {"modules", std::move(declared)}});
    }
    return out;
  }

  Json captures() const {
    Json out = Json::array();
    for (const sema::Capture& c : p_.captures) {
      Json capture{{"name", c.name}, {"type", sema::to_string(c.type)}, {"step", c.step.value}};
      if (c.in_release) capture["in_release"] = true;
      out.push_back(std::move(capture));
    }
    return out;
  }

  Json frames() const {
    Json out = Json::array();
    for (const sema::Frame& f : p_.frames) {
      Json frame{{"module", f.module.value}};
      if (f.template_index != UINT32_MAX) {
        frame["template"] = p_.ast(f.module).templates[f.template_index].name.text;
      }
      if (f.caller.valid()) frame["caller"] = f.caller.value;
      out.push_back(std::move(frame));
    }
    return out;
  }

  Json body(const sema::Body& body) const {
    Json out{{"frame", body.frame.value}};
    if (!body.frame.valid()) return out;
    const AstJson own = in(body.frame);
    if (body.action != nullptr) out["action"] = own.action(*body.action);
    Json clauses = Json::array();
    for (const sema::ScopedClause& c : body.clauses) {
      Json clause = in(c.frame).clause(p_.clause(c));
      if (c.frame != body.frame) clause["frame"] = c.frame.value;
      clauses.push_back(std::move(clause));
    }
    if (!clauses.empty()) out["clauses"] = std::move(clauses);
    return out;
  }

  AstJson in(sema::FrameId frame) const { return AstJson(p_.ast(frame), plain_); }

  Json step(std::uint32_t index) const {
    const sema::Step& s = p_.steps[index];
    Json out{{"kind", s.kind == sema::StepKind::Hook ? "hook" : "hold"}, {"index", index}};
    if (!s.name.empty()) out["name"] = s.name;
    out["module"] = s.module.value;
    out["operation"] = to_string(s.operation);
    out["side"] = to_string(s.side);
    if (s.side == ast::Side::Post) out["policy"] = to_string(s.policy);
    if (s.session) out["session"] = true;
    out["body"] = body(s.body);
    if (s.release) {
      out["release"] = body(s.release->body);
      if (s.release->only_if_acquired) out["only_if_acquired"] = true;
    }
    if (s.at_most.valid()) out["at_most"] = in(s.at_most_frame).expr(s.at_most);
    if (s.until_hook.valid()) out["until_hook"] = s.until_hook.value;
    if (!s.until_prints.empty()) out["until_prints"] = s.until_prints;
    return out;
  }

  static Json groups(const std::vector<sema::Group>& groups) {
    Json out = Json::array();
    for (const sema::Group& group : groups) {
      Json members = Json::array();
      for (const sema::StepId id : group.members) members.push_back(id.value);
      out.push_back(std::move(members));
    }
    return out;
  }
  static Json sequence(const sema::Sequence& sequence) {
    return Json{{"pre", groups(sequence.pre)}, {"post", groups(sequence.post)}};
  }

  const Program& p_;
  Annotator plain_;
};

}  // namespace

std::string dump_program(const SourceManager& sources, const Program& program, Format format) {
  const bool loaded = !program.modules.empty();
  Json document = header("program", loaded ? program.modules.front().path : "");
  ProgramJson(program).fill(document);
  // With several files a line and column alone would mislead.
  const bool one_file = program.modules.size() == 1;
  return print(document, format,
               one_file ? &sources.lines(program.modules.front().ast->file) : nullptr);
}

}  // namespace hookc::ir
