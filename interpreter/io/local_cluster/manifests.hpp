// Kubernetes manifests read as if they were a running cluster: the pods their controllers would
// make.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/values/selector.hpp"

namespace hookc::io {

struct ObjectKey {
  std::string kind;
  std::string group;  // of apiVersion; empty for the core group
  std::string name;
  friend bool operator==(const ObjectKey&, const ObjectKey&) = default;
};

/// One variable of a container (core/v1 EnvVar, or what an envFrom entry gives).
struct EnvEntry {
  enum class Kind {
    Literal,
    SecretKey,
    ConfigMapKey,
    Field,
    AllOfSecret,
    AllOfConfigMap
  } kind = Kind::Literal;
  std::string name;    // AllOf…: the prefix
  std::string value;   // Literal: may hold $(VAR); Field: the fieldPath
  std::string object;  // SecretKey, ConfigMapKey, AllOf…: its name
  std::string key;
  bool optional = false;
};

struct ContainerPort {
  std::string name;
  int number = 0;
};

struct Container {
  std::string name;
  std::string working_directory;
  std::vector<EnvEntry> env;  // envFrom first, as its values are overridden by env
  std::vector<ContainerPort> ports;
};

struct ManifestPod {
  std::string namespace_name;
  std::string name;
  std::string uid;  // made from namespace and name
  values::Labels labels;
  values::Labels annotations;
  std::vector<ObjectKey> owners;  // the controller, its controller, …
  std::vector<Container> containers;
  std::string address;  // status.podIP, else 127.0.0.1
  bool running = true;  // status.phase, where one is written
  bool ready = true;    // the Ready condition, where one is written
};

/// What makes pods: as many as its size says.
struct Workload {
  std::string namespace_name;
  ObjectKey key;
  bool scalable = false;  // it has spec.replicas
  std::int64_t size = 1;
  ManifestPod pod;  // each, but for name and uid
  std::function<std::string(std::int64_t)> pod_name;
};
inline constexpr std::int64_t kMaxReplicas = 1000;
std::vector<ManifestPod> pods_of(const Workload& workload);

using ObjectName = std::pair<std::string, std::string>;  // namespace, name
using Data = std::map<std::string, std::string, std::less<>>;

struct Manifests {
  std::vector<ManifestPod> pods;  // by namespace and name
  std::vector<Workload> workloads;
  std::map<ObjectName, Data> secrets;  // decoded
  std::map<ObjectName, Data> config_maps;
};

/// Adds the objects of one YAML stream: Pod, Deployment, ReplicaSet, StatefulSet, DaemonSet, Job,
/// Secret, ConfigMap and Lists of these; other kinds are passed over. A workload makes the pods its
/// controller would, with the names it would give them (those of a ReplicaSet's pods end in letters
/// made from the workload's name, so that they stay the same). The error is "path:line:column:
/// why".
std::expected<void, std::string> read_manifests(std::string_view yaml, const std::string& path,
                                                Manifests& into);

/// Sorts the pods and refuses two objects of one kind and name.
std::expected<void, std::string> finish_manifests(Manifests& manifests);

}  // namespace hookc::io
