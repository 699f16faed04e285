// Imports, values, and the things of a cluster.
#include "compiler/ast/builder.hpp"

namespace hookc::ast {

Import Builder::import(std::size_t index) {
  Import made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();
  made.target_span = at.node().span();
  if (at.is(NodeKind::String)) {
    made.path = name(at.index()).text;
  } else {
    made.module = slice(made.target_span);
  }
  at.next();
  if (take_word(at, Word::As) && !at.done()) made.alias = name(at.index());
  return made;
}

Param Builder::param(std::size_t index) {
  Param made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name(at.take());
  for (; !at.done(); at.next()) {
    if (at.is(NodeKind::Symbol)) continue;
    if (at.is(NodeKind::Type)) {
      made.type = type(at.index());
    } else if (at.is(NodeKind::Usage)) {
      Children part = children(at.index());
      part.next();
      made.usage = text(part.index());
    } else {
      made.default_value = expr(at.index());
    }
  }
  return made;
}

Secret Builder::secret(std::size_t index) {
  Secret made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name(at.take());
  for (; !at.done(); at.next()) {
    if (at.is(NodeKind::Type)) made.type = type(at.index());
    if (at.is(NodeKind::Source)) made.source = source(at.index());
  }
  return made;
}

Pod Builder::pod(std::size_t index) {
  Pod made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name_of_text(at.take());
  for (; !at.done(); at.next()) {
    Children part = children(at.index());
    const Span keyword = part.node().span();
    part.next();
    const auto set = [&](TextId& field) {
      if (field.valid()) made.repeated.push_back(keyword);
      field = text(part.index());
    };
    switch (at.node().kind) {
      case NodeKind::NamespaceProperty: set(made.namespace_name); break;
      case NodeKind::LabelsProperty: set(made.labels); break;
      case NodeKind::ContainerProperty: set(made.container); break;
      case NodeKind::OwnerProperty:
        if (made.owner) made.repeated.push_back(keyword);
        made.owner = workload(part.index());
        break;
      case NodeKind::Spread:
        if (made.spread) made.repeated.push_back(keyword);
        made.spread = spread(at.index());
        break;
      default: break;  // no property
    }
  }
  return made;
}

Function Builder::function(std::size_t index) {
  Function made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name_of_text(at.take());
  for (; !at.done(); at.next()) {
    Children part = children(at.index());
    const Span keyword = part.node().span();
    part.next();
    const auto set = [&](TextId& field) {
      if (field.valid()) made.repeated.push_back(keyword);
      field = text(part.index());
    };
    const auto set_expr = [&](ExprId& field) {
      if (field.valid()) made.repeated.push_back(keyword);
      field = expr(part.index());
    };
    switch (at.node().kind) {
      case NodeKind::FromCluster:
        part.next();  // cluster
        made.from_cluster = text(part.index());
        break;
      case NodeKind::ImageProperty: set(made.image); break;
      case NodeKind::CommandProperty: set_expr(made.command); break;
      case NodeKind::NamespaceProperty: set(made.namespace_name); break;
      case NodeKind::AccountProperty: set(made.account); break;
      case NodeKind::CpuProperty: set(made.cpu); break;
      case NodeKind::MemoryProperty: set(made.memory); break;
      case NodeKind::UserProperty: set_expr(made.user); break;
      case NodeKind::EnvClause: {
        EnvVar added;
        added.span = at.node().span();
        added.name = name(part.take());
        part.next();  // from or =
        if (part.is(NodeKind::Source)) {
          added.source = source(part.index());
        } else {
          added.value = expr(part.index());
        }
        made.env.push_back(added);
        break;
      }
      case NodeKind::VolumeProperty: {
        Volume added;
        added.span = at.node().span();
        added.name = name_of_text(part.take());
        part.next();  // from
        const Word kind = word(part);
        part.next();
        added.source = kind == Word::ConfigMap ? VolumeSource::ConfigMap
                       : kind == Word::Claim   ? VolumeSource::Claim
                                               : VolumeSource::Secret;
        added.object = text(part.take());
        part.next();  // at
        added.path = text(part.take());
        added.read_only = !part.done();
        made.volumes.push_back(added);
        break;
      }
      default: break;  // no property
    }
  }
  return made;
}

Target Builder::target(std::size_t index) {
  Target made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.workload = workload(at.take());
  if (at.is(NodeKind::NamespaceProperty)) {
    Children part = children(at.index());
    part.next();
    made.namespace_name = text(part.index());
  }
  return made;
}

Environment Builder::environment(std::size_t index) {
  Environment made;
  made.span = node(index).span();
  made.doc = doc(made.span.begin);
  Children at = children(index);
  at.next();
  made.name = name_of_text(at.take());
  for (; !at.done(); at.next()) {
    if (!at.is(NodeKind::Setting)) continue;
    Children part = children(at.index());
    Setting added;
    added.name = name(part.take());
    part.next();  // =
    if (!part.done()) added.value = expr(part.index());
    made.settings.push_back(added);
  }
  return made;
}

OperationRule Builder::operation_rule(std::size_t index) {
  OperationRule made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();
  made.operation = operation(word(at));
  made.operation_span = at.node().span();
  at.next();  // the operation
  at.next();  // succeeds
  at.next();  // when
  if (!at.done()) made.succeeds_when = expr(at.index());
  return made;
}

Exclusive Builder::exclusive(std::size_t index) {
  Exclusive made;
  made.span = node(index).span();
  Children at = children(index);
  at.next();
  made.name = text(at.take());
  if (take_word(at, Word::Wait) && !at.done()) made.wait = expr(at.index());
  return made;
}

}  // namespace hookc::ast
