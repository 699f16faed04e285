// The state of one run of lower(), shared by lower*.cpp; no other layer includes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/plan/lower.hpp"

namespace hookc::plan {

class Lowering {
 public:
  Lowering(const sema::Program& program, const SourceManager& sources, Diagnostics& diagnostics)
      : program_(program), sources_(sources), diagnostics_(diagnostics) {}
  Plan run();
  std::vector<Test> tests();

 private:
  using FrameId = sema::FrameId;

  // ---- lower.cpp: declarations
  void params();
  void secrets();
  void functions();
  void environments();
  void session();
  OperationPlan operation(const sema::Sequence& sequence);
  ParamType param_type(const ast::Module& file, const ast::TypeExpr& type) const;
  SecretSource secret_source(FrameId frame, std::uint32_t source);
  std::vector<EnvVar> function_env(FrameId frame, const ast::Function& function);
  Origin origin(const ast::Module& file, std::string_view path, Span at) const;
  Origin origin(sema::ModuleId module, Span at) const;

  // ---- lower_exprs.cpp: names are resolved in `frame`
  Expr expr(FrameId frame, ast::ExprId id);
  OptionalExpr optional(FrameId frame, ast::ExprId id);
  Expr text(FrameId frame, ast::TextId id);
  OptionalExpr optional(FrameId frame, ast::TextId id);
  std::vector<Expr> list(FrameId frame, ast::ExprId id);
  Expr open_expr(FrameId frame, ast::ExprId id, const ast::Expr& e);
  Expr binary(FrameId frame, const ast::Expr& e);
  Expr reference(FrameId frame, ast::ExprId id, const ast::Expr& e);
  Expr path_or_fact(FrameId frame, ast::ExprId id, const ast::Expr& e);
  Expr call(FrameId frame, ast::ExprId id, const ast::Expr& e);
  Expr object(FrameId frame, const ast::Expr& e);
  Expr argument(FrameId frame, std::uint32_t param);
  Expr fact(sema::Ref ref) const;
  std::string header_name(FrameId frame, const ast::Expr& call) const;
  Expr splice(FrameId frame, ast::TextId id, std::uint32_t part);
  bool whole_segment(const ast::Module& file, ast::TextId id, std::uint32_t part) const;
  std::vector<Expr> operands(FrameId frame, const ast::Expr& e);

  // ---- lower_actions.cpp
  /// A pod or function that a name stands for: declared, or so called in the cluster.
  struct Thing {
    std::uint32_t declared = UINT32_MAX;  // into Program::pods or ::functions
    Expr cluster_name;
    std::string label;
  };
  Thing thing(FrameId frame, ast::TextId name);
  Thing thing(FrameId frame, ast::ExprId value);
  Thing thing_argument(FrameId frame, std::uint32_t param);
  std::optional<Thing> referred(FrameId frame, sema::Ref ref);
  PodSelection pod(FrameId frame, const ast::PodRef& ref);
  void spread(FrameId frame, const ast::SpreadClause& clause, PodSelection& out);
  std::uint32_t function(FrameId frame, ast::TextId name);
  Workload workload(FrameId frame, const ast::Workload& w);
  PodEndpoint endpoint(FrameId frame, const ast::PodEndpoint& e);
  Action action(const sema::Body& body);
  HttpRequest http(const sema::Body& body, const ast::HttpAction& action);
  Exec exec(const sema::Body& body, const ast::ExecAction& action);
  Wait wait(FrameId frame, const ast::WaitAction& action);
  Tls tls(FrameId frame, const ast::Clause& clause);

  // ---- lower_steps.cpp
  void steps();
  void name_steps();
  Step step(sema::StepId id);
  Hold hold(sema::StepId id, const sema::Step& source);
  Task task(sema::StepId id, const sema::Body& body, bool in_release, Origin origin);
  Retry retry(FrameId frame, const ast::Clause& clause);
  Capture capture(sema::StepId id, const sema::ScopedClause& scoped, bool in_release);
  std::uint32_t capture_index(sema::StepId id, Location declared, bool in_release) const;
  OptionalExpr conjunction(std::vector<Expr> conditions) const;

  // ---- lower_tests.cpp
  Test lowered(const ast::Test& test);
  Given lowered(const ast::Given& given);

  bool enter(sema::FrameId frame, ast::ExprId id);

  const sema::Program& program_;
  const SourceManager& sources_;
  Diagnostics& diagnostics_;
  Plan plan_;
  std::unordered_map<std::string, std::uint32_t> cluster_functions_;  // lookups only
  std::vector<std::uint32_t> first_capture_;  // by step; one more at the end
  std::unordered_map<std::string_view, std::uint32_t> params_by_name_, steps_by_name_;  // of tests
  std::uint32_t depth_ = 0;
  std::uint32_t made_ = 0;
  bool too_large_ = false;
};

}  // namespace hookc::plan
