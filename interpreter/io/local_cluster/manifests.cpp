#include "interpreter/io/local_cluster/manifests.hpp"

#include <openssl/evp.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <sstream>

#include <fmt/format.h>

namespace hookc::io {

namespace {

constexpr int kMaxListDepth = 8;              // an anchor can stand inside itself
constexpr std::size_t kMaxObjects = 100'000;  // and aliases can multiply

/// Sees to it that a stream ends: after some broken documents yaml-cpp 0.7 finds another empty one
/// at the same place, for ever (`,&!`).
class Documents : public YAML::EventHandler {
 public:
  bool advanced() const { return advanced_; }
  void OnDocumentStart(const YAML::Mark& mark) override {
    advanced_ = mark.pos > last_;
    last_ = mark.pos;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t,
                const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  int last_ = -1;
  bool advanced_ = true;
};

void require_end(const std::string& yaml) {
  std::istringstream stream(yaml);
  YAML::Parser parser(stream);
  Documents documents;
  while (parser.HandleNextDocument(documents)) {
    if (!documents.advanced())
      throw YAML::ParserException(YAML::Mark::null_mark(), "this is not YAML");
  }
}

/// `count` characters of the alphabet Kubernetes makes names of, from a hash (FNV-1a) of `seed`.
std::string letters(std::string_view seed, int count) {
  constexpr std::string_view alphabet = "bcdfghjklmnpqrstvwxz2456789";
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : seed) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  std::string result;
  for (int i = 0; i < count; ++i) {
    result += alphabet[hash % alphabet.size()];
    hash = hash / alphabet.size() + (hash << 40U);
  }
  return result;
}

std::string uid_of(const std::string& ns, const std::string& name) {
  return fmt::format("local-{}-{}", letters(ns + "/" + name, 8), name);
}

/// Carries "path:line:column: why" out of the reader; caught in read_manifests.
struct BadManifest {
  std::string message;
};

class Reader {
 public:
  Reader(const std::string& path, Manifests& into) : path_(path), into_(into) {}

  void object(const YAML::Node& node, int depth = 0) {
    if (node.IsNull()) return;
    if (!node.IsMap())
      fail(node, "a manifest is a mapping with `apiVersion`, `kind` and `metadata`");
    const std::string kind = text(node, "kind", "");
    if (kind.empty()) fail(node, "this object has no `kind`");
    if (depth > kMaxListDepth || ++objects_ > kMaxObjects)
      fail(node, "too many objects, or lists in lists");
    if (kind == "List" || (kind.ends_with("List") && node["items"])) {
      for (const YAML::Node& item : node["items"]) object(item, depth + 1);
      return;
    }
    const std::string version = text(node, "apiVersion", "");
    const std::size_t slash = version.find('/');
    const YAML::Node metadata = node["metadata"];
    const std::string name = metadata ? text(metadata, "name", "") : "";
    const std::string ns = metadata ? text(metadata, "namespace", "default") : "default";
    const ObjectKey key{kind, slash == std::string::npos ? "" : version.substr(0, slash), name};

    if (kind == "Pod") {
      need_name(node, name);
      ManifestPod pod = pod_of(metadata, node["spec"], ns, name);
      if (const YAML::Node owners = metadata["ownerReferences"]) {
        for (const YAML::Node& owner : owners) {
          const std::string api = text(owner, "apiVersion", "");
          const std::size_t cut = api.find('/');
          pod.owners.push_back({text(owner, "kind", ""),
                                cut == std::string::npos ? "" : api.substr(0, cut),
                                text(owner, "name", "")});
        }
      }
      if (const YAML::Node status = node["status"]) read_status(status, pod);
      into_.pods.push_back(std::move(pod));
    } else if (kind == "StatefulSet") {
      const std::int64_t start = number(child(node, "spec", "ordinals"), "start", 0);
      workload(node, key, ns,
               [name, start](std::int64_t i) { return fmt::format("{}-{}", name, start + i); },
               {key});
    } else if (kind == "Deployment") {
      const std::string set = fmt::format("{}-{}", name, letters(name, 10));
      workload(node, key, ns,
               [set](std::int64_t i) {
                 return fmt::format("{}-{}", set, letters(fmt::format("{}/{}", set, i), 5));
               },
               {ObjectKey{"ReplicaSet", "apps", set}, key});
    } else if (kind == "ReplicaSet" || kind == "DaemonSet" || kind == "Job") {
      workload(node, key, ns,
               [name](std::int64_t i) {
                 return fmt::format("{}-{}", name, letters(fmt::format("{}/{}", name, i), 5));
               },
               {key});
    } else if (kind == "Secret") {
      need_name(node, name);
      Data& data = into_.secrets[{ns, name}];
      for (const auto& entry : node["data"]) data[entry.first.Scalar()] = base64(entry.second);
      for (const auto& entry : node["stringData"])
        data[entry.first.Scalar()] = scalar(entry.second);
    } else if (kind == "ConfigMap") {
      need_name(node, name);
      Data& data = into_.config_maps[{ns, name}];
      for (const auto& entry : node["data"]) data[entry.first.Scalar()] = scalar(entry.second);
    }
  }

 private:
  [[noreturn]] void fail(const YAML::Node& at, const std::string& why) const {
    const YAML::Mark mark = at.Mark();
    throw BadManifest{fmt::format("{}:{}:{}: {}", path_, mark.line + 1, mark.column + 1, why)};
  }

  void need_name(const YAML::Node& node, const std::string& name) const {
    if (name.empty()) fail(node, "this object has no `metadata.name`");
  }

  std::string scalar(const YAML::Node& node) const {
    if (node.IsNull()) return {};
    if (!node.IsScalar()) fail(node, "expected one value here");
    return node.Scalar();
  }

  std::string text(const YAML::Node& map, const char* key, const char* otherwise) const {
    if (!map || !map.IsMap()) return otherwise;
    const YAML::Node found = map[key];
    return found && !found.IsNull() ? scalar(found) : otherwise;
  }

  std::int64_t number(const YAML::Node& map, const char* key, std::int64_t otherwise) const {
    const std::string written = text(map, key, "");
    if (written.empty()) return otherwise;
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(written.data(), written.data() + written.size(), value);
    if (error != std::errc() || end != written.data() + written.size() || value < 0) {
      fail(map[key], fmt::format("`{}` is no whole number", key));
    }
    return value;
  }

  static YAML::Node child(const YAML::Node& node, const char* first, const char* second) {
    const YAML::Node outer = node[first];
    return outer && outer.IsMap() ? outer[second] : YAML::Node(YAML::NodeType::Undefined);
  }

  values::Labels labels(const YAML::Node& map) const {
    values::Labels result;
    if (!map || !map.IsMap()) return result;
    for (const auto& entry : map) result[scalar(entry.first)] = scalar(entry.second);
    return result;
  }

  std::string base64(const YAML::Node& node) const {
    std::string encoded = scalar(node);
    std::erase_if(encoded, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    std::string decoded(encoded.size() / 4 * 3, '\0');
    const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(decoded.data()),
                                       reinterpret_cast<const unsigned char*>(encoded.data()),
                                       static_cast<int>(encoded.size()));
    if (encoded.size() % 4 != 0 || length < 0)
      fail(node, "this is not base64 (use `stringData` for plain text)");
    const std::size_t padding = encoded.ends_with("==") ? 2 : encoded.ends_with("=") ? 1 : 0;
    decoded.resize(static_cast<std::size_t>(length) - padding);
    return decoded;
  }

  void env_from(const YAML::Node& list, Container& container) const {
    for (const YAML::Node& entry : list) {
      EnvEntry all;
      all.name = text(entry, "prefix", "");
      const YAML::Node secret = entry["secretRef"];
      const YAML::Node from = secret ? secret : entry["configMapRef"];
      if (!from) fail(entry, "`envFrom` takes a `secretRef` or a `configMapRef`");
      all.kind = secret ? EnvEntry::Kind::AllOfSecret : EnvEntry::Kind::AllOfConfigMap;
      all.object = text(from, "name", "");
      all.optional = text(from, "optional", "") == "true";
      container.env.push_back(std::move(all));
    }
  }

  void env(const YAML::Node& list, Container& container) const {
    for (const YAML::Node& entry : list) {
      EnvEntry variable;
      variable.name = text(entry, "name", "");
      variable.value = text(entry, "value", "");
      if (const YAML::Node from = entry["valueFrom"]; from && from.IsMap()) {
        const YAML::Node secret = from["secretKeyRef"];
        const YAML::Node config = from["configMapKeyRef"];
        const YAML::Node field = from["fieldRef"];
        if (secret || config) {
          const YAML::Node& ref = secret ? secret : config;
          variable.kind = secret ? EnvEntry::Kind::SecretKey : EnvEntry::Kind::ConfigMapKey;
          variable.object = text(ref, "name", "");
          variable.key = text(ref, "key", "");
          variable.optional = text(ref, "optional", "") == "true";
        } else if (field) {
          variable.kind = EnvEntry::Kind::Field;
          variable.value = text(field, "fieldPath", "");
        } else {
          continue;  // resourceFieldRef: there are no limits here to read
        }
      }
      container.env.push_back(std::move(variable));
    }
  }

  ManifestPod pod_of(const YAML::Node& metadata, const YAML::Node& spec, const std::string& ns,
                     const std::string& name) const {
    ManifestPod pod;
    pod.namespace_name = ns;
    pod.name = name;
    pod.uid = uid_of(ns, name);
    if (metadata && metadata.IsMap()) {
      pod.labels = labels(metadata["labels"]);
      pod.annotations = labels(metadata["annotations"]);
    }
    if (!spec || !spec.IsMap() || !spec["containers"] || !spec["containers"].IsSequence()) {
      fail(spec && spec.IsDefined() ? spec : metadata,
           fmt::format("pod {} has no `containers`", name));
    }
    for (const YAML::Node& node : spec["containers"]) {
      Container container;
      container.name = text(node, "name", "");
      container.working_directory = text(node, "workingDir", "");
      env_from(node["envFrom"], container);
      env(node["env"], container);
      for (const YAML::Node& port : node["ports"]) {
        container.ports.push_back(
            {text(port, "name", ""), static_cast<int>(number(port, "containerPort", 0))});
      }
      pod.containers.push_back(std::move(container));
    }
    pod.address = "127.0.0.1";
    return pod;
  }

  void read_status(const YAML::Node& status, ManifestPod& pod) const {
    // A pod that has none yet may say so with an empty text.
    if (std::string address = text(status, "podIP", ""); !address.empty())
      pod.address = std::move(address);
    pod.running = text(status, "phase", "Running") == "Running";
    pod.ready = pod.running;
    for (const YAML::Node& condition : status["conditions"]) {
      if (text(condition, "type", "") == "Ready")
        pod.ready = text(condition, "status", "") == "True";
    }
  }

  void workload(const YAML::Node& node, const ObjectKey& key, const std::string& ns,
                const std::function<std::string(std::int64_t)>& name_of,
                const std::vector<ObjectKey>& owners) {
    need_name(node, key.name);
    const YAML::Node spec = node["spec"];
    if (!spec || !spec.IsMap() || !spec["template"])
      fail(node, fmt::format("{} {} has no `spec.template`", key.kind, key.name));
    const bool one_size = key.kind == "DaemonSet" || key.kind == "Job";
    const std::int64_t replicas = one_size ? 1 : number(spec, "replicas", 1);
    if (replicas > kMaxReplicas)
      fail(spec["replicas"], fmt::format("more than {} replicas", kMaxReplicas));
    const YAML::Node pod_template = spec["template"];
    Workload made{ns, key, !one_size, replicas, {}, name_of};
    made.pod = pod_of(pod_template["metadata"], pod_template["spec"], ns, name_of(0));
    made.pod.owners = owners;
    std::ranges::move(pods_of(made), std::back_inserter(into_.pods));
    into_.workloads.push_back(std::move(made));
  }

  const std::string& path_;
  Manifests& into_;
  std::size_t objects_ = 0;
};

}  // namespace

std::expected<void, std::string> read_manifests(std::string_view yaml, const std::string& path,
                                                Manifests& into) {
  try {
    const std::string text(yaml);
    require_end(text);
    Reader reader(path, into);
    for (const YAML::Node& document : YAML::LoadAll(text)) reader.object(document);
    return {};
  } catch (const BadManifest& bad) {
    return std::unexpected(bad.message);
  } catch (const YAML::Exception& bad) {
    return std::unexpected(
        fmt::format("{}:{}:{}: {}", path, bad.mark.line + 1, bad.mark.column + 1, bad.msg));
  }
}

std::vector<ManifestPod> pods_of(const Workload& workload) {
  std::vector<ManifestPod> pods;
  for (std::int64_t i = 0; i < workload.size; ++i) {
    ManifestPod& pod = pods.emplace_back(workload.pod);
    pod.name = workload.pod_name(i);
    pod.uid = uid_of(workload.namespace_name, pod.name);
  }
  return pods;
}

std::expected<void, std::string> finish_manifests(Manifests& manifests) {
  const auto key = [](const ManifestPod& pod) { return std::tie(pod.namespace_name, pod.name); };
  std::ranges::sort(manifests.pods, {}, key);
  const auto twice = std::ranges::adjacent_find(manifests.pods, {}, key);
  if (twice != manifests.pods.end()) {
    return std::unexpected(
        fmt::format("two pods are called {} in namespace {}", twice->name, twice->namespace_name));
  }
  return {};
}

}  // namespace hookc::io
