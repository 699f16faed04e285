#include "compiler/format/shape.hpp"

namespace hookc::layout {

using syntax::NodeKind;

Shape shape_of(NodeKind kind) {
  switch (kind) {
#define HOOKC_TOKEN(name, text) case NodeKind::name:
#define HOOKC_NODE(name, text)
#include "grammar/nodes.def"
#undef HOOKC_NODE
    case NodeKind::String: return Shape::Token;
    case NodeKind::List:
    case NodeKind::Object:
    case NodeKind::Arguments:
    case NodeKind::Parameters: return Shape::Bracket;
    case NodeKind::Release:
    case NodeKind::Param:
    case NodeKind::Secret:
    case NodeKind::Target:
    case NodeKind::If:
    case NodeKind::Or:
    case NodeKind::And:
    case NodeKind::Default:
    case NodeKind::ForbidRule:
    case NodeKind::RequireRule:
    case NodeKind::RequireHookRule:
    case NodeKind::ExceptRule: return Shape::Parts;
    case NodeKind::Hook: return Shape::Hook;
    case NodeKind::Hold: return Shape::Hold;
    case NodeKind::Template: return Shape::Template;
    case NodeKind::Together: return Shape::Together;
    case NodeKind::Environment: return Shape::Environment;
    case NodeKind::Pod:
    case NodeKind::Function:
    case NodeKind::Policy: return Shape::Declaration;
    case NodeKind::Test: return Shape::Test;
    case NodeKind::File:
    case NodeKind::Error:
    case NodeKind::Edition:
    case NodeKind::Import:
    case NodeKind::QualifiedName:
    case NodeKind::Outcome:
    case NodeKind::HoldBody:
    case NodeKind::OnlyIfAcquired:
    case NodeKind::Until:
    case NodeKind::AtMost:
    case NodeKind::TemplateParam:
    case NodeKind::Usable:
    case NodeKind::Usage:
    case NodeKind::Type:
    case NodeKind::Source:
    case NodeKind::Setting:
    case NodeKind::OperationRule:
    case NodeKind::Exclusive:
    case NodeKind::NamespaceProperty:
    case NodeKind::LabelsProperty:
    case NodeKind::OwnerProperty:
    case NodeKind::ContainerProperty:
    case NodeKind::Spread:
    case NodeKind::FromCluster:
    case NodeKind::ImageProperty:
    case NodeKind::CommandProperty:
    case NodeKind::AccountProperty:
    case NodeKind::CpuProperty:
    case NodeKind::MemoryProperty:
    case NodeKind::UserProperty:
    case NodeKind::VolumeProperty:
    case NodeKind::HttpAction:
    case NodeKind::TcpAction:
    case NodeKind::Endpoint:
    case NodeKind::PodRef:
    case NodeKind::ExecAction:
    case NodeKind::ScaleAction:
    case NodeKind::WaitAction:
    case NodeKind::UseAction:
    case NodeKind::ScaleBack:
    case NodeKind::ReleaseStdin:
    case NodeKind::Workload:
    case NodeKind::TimeoutClause:
    case NodeKind::RetryClause:
    case NodeKind::OnErrorClause:
    case NodeKind::ExpectClause:
    case NodeKind::WhenClause:
    case NodeKind::ReadyOnceClause:
    case NodeKind::CaptureClause:
    case NodeKind::Captured:
    case NodeKind::HeaderClause:
    case NodeKind::BodyClause:
    case NodeKind::JsonClause:
    case NodeKind::FormClause:
    case NodeKind::EnvClause:
    case NodeKind::StdinClause:
    case NodeKind::TlsClause:
    case NodeKind::FollowRedirectsClause:
    case NodeKind::ByOperatorClause:
    case NodeKind::AfterClause:
    case NodeKind::Splice:
    case NodeKind::Field:
    case NodeKind::Paren:
    case NodeKind::Call:
    case NodeKind::Postfix:
    case NodeKind::MemberStep:
    case NodeKind::IndexStep:
    case NodeKind::Not:
    case NodeKind::Binary:
    case NodeKind::Range:
    case NodeKind::AppliesTo:
    case NodeKind::Where:
    case NodeKind::Because:
    case NodeKind::Scope:
    case NodeKind::EverySingleFailure:
    case NodeKind::GivenOperation:
    case NodeKind::GivenParam:
    case NodeKind::GivenFact:
    case NodeKind::GivenBreak:
    case NodeKind::GivenStep:
    case NodeKind::GivenCall:
    case NodeKind::Script:
    case NodeKind::Reply:
    case NodeKind::Expectation: return Shape::Run;
  }
  return Shape::Run;
}

bool is_action(NodeKind kind) {
  return NodeKind::HttpAction <= kind && kind <= NodeKind::UseAction;
}
bool is_clause(NodeKind kind) {
  return NodeKind::TimeoutClause <= kind && kind <= NodeKind::AfterClause;
}

bool starts_line(NodeKind parent, NodeKind child, std::uint32_t ordinal) {
  switch (shape_of(parent)) {
    case Shape::Hook: return is_action(child) || is_clause(child);
    case Shape::Declaration:
    case Shape::Test:
      return !syntax::is_token(child) && child != NodeKind::String && child != NodeKind::Splice &&
             child != NodeKind::FromCluster && child != NodeKind::AppliesTo &&
             child != NodeKind::EverySingleFailure;
    case Shape::Environment: return child == NodeKind::Setting;
    case Shape::Parts:
      if (parent == NodeKind::Release) return is_clause(child);
      if (parent == NodeKind::Param) return child == NodeKind::Usage;
      if (parent == NodeKind::Target) return child == NodeKind::NamespaceProperty;
      if (NodeKind::ForbidRule <= parent && parent <= NodeKind::ExceptRule)
        return child == NodeKind::Because;
      // The operators of a chain, `then` and `else`, and the `from` of a secret.
      return ordinal > 0 && (child == NodeKind::Keyword ||
                             (child == NodeKind::Symbol && parent != NodeKind::Secret));
    case Shape::Run:
      // The acquire or the word `session` before it, then everything but the acquire after that
      // word.
      return parent == NodeKind::HoldBody && (ordinal == 0 || !is_action(child));
    case Shape::Token:
    case Shape::Bracket:
    case Shape::Hold:
    case Shape::Template:
    case Shape::Together: return false;
  }
  return false;
}

}  // namespace hookc::layout
