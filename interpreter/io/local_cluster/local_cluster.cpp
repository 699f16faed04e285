#include "interpreter/io/local_cluster/local_cluster.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/diagnostics/diagnostic.hpp"
#include "interpreter/io/held_process.hpp"
#include "interpreter/io/process.hpp"
#include "interpreter/io/read_file.hpp"
#include "interpreter/io/running_process.hpp"

namespace hookc::io {

namespace {

constexpr std::string_view kDefaultContainer = "kubectl.kubernetes.io/default-container";

const Container* container_of(const ManifestPod& pod, const std::string& asked) {
  std::string name = asked;
  if (name.empty()) {
    const auto annotated = pod.annotations.find(kDefaultContainer);
    if (annotated == pod.annotations.end()) return &pod.containers.front();
    name = annotated->second;
  }
  const auto found = std::ranges::find(pod.containers, name, &Container::name);
  return found == pod.containers.end() ? nullptr : &*found;
}

std::string containers_text(const ManifestPod& pod) {
  std::vector<std::string> names;
  for (const Container& container : pod.containers) names.push_back(container.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Values of fieldRef that a manifest can answer (core/v1 ObjectFieldSelector).
std::optional<std::string> field_of(const ManifestPod& pod, std::string_view path) {
  if (path == "metadata.name") return pod.name;
  if (path == "metadata.namespace") return pod.namespace_name;
  if (path == "metadata.uid") return pod.uid;
  if (path == "status.podIP" || path == "status.hostIP") return pod.address;
  for (const auto& [prefix, map] :
       {std::pair{std::string_view("metadata.labels['"), &pod.labels},
        std::pair{std::string_view("metadata.annotations['"), &pod.annotations}}) {
    if (!path.starts_with(prefix) || !path.ends_with("']")) continue;
    const auto found = map->find(path.substr(prefix.size(), path.size() - prefix.size() - 2));
    return found == map->end() ? std::string() : found->second;
  }
  return std::nullopt;
}

bool owned_by(const ManifestPod& pod, const engine::PodQuery& query) {
  return std::ranges::any_of(pod.owners, [&](const ObjectKey& owner) {
    return owner.kind == query.owner_kind && owner.name == query.owner_name &&
           (query.owner_group.empty() || owner.group == query.owner_group);
  });
}

}  // namespace

std::string expand_variables(std::string_view text,
                             const std::map<std::string, std::string>& known) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '$' || i + 1 == text.size()) {
      result += text[i];
    } else if (text[i + 1] == '$') {
      result += '$';
      ++i;
    } else if (const std::size_t close = text.find(')', i);
               text[i + 1] == '(' && close != std::string_view::npos) {
      const auto found = known.find(std::string(text.substr(i + 2, close - i - 2)));
      result +=
          found != known.end() ? std::string_view(found->second) : text.substr(i, close - i + 1);
      i = close;
    } else {
      result += '$';
    }
  }
  return result;
}

LocalCluster::LocalCluster(Loop& loop, Manifests manifests, std::string default_namespace)
    : loop_(loop),
      manifests_(std::move(manifests)),
      default_namespace_(std::move(default_namespace)) {}

std::expected<Manifests, std::string> LocalCluster::read(const std::vector<std::string>& paths) {
  Manifests manifests;
  for (const std::string& path : paths) {
    const auto text = read_file(path);
    if (!text) return std::unexpected(text.error());
    if (auto read = read_manifests(*text, path, manifests); !read)
      return std::unexpected(read.error());
  }
  if (auto finished = finish_manifests(manifests); !finished)
    return std::unexpected(finished.error());
  return manifests;
}

std::vector<const ManifestPod*> LocalCluster::matching(const engine::PodQuery& query,
                                                       std::string& error) const {
  const auto selector = values::parse_selector(query.labels);
  if (!selector) {
    error = fmt::format("label selector `{}`: {}", query.labels, selector.error().message);
    return {};
  }
  const std::string& ns = query.namespace_name.empty() ? default_namespace_ : query.namespace_name;
  std::vector<const ManifestPod*> found;
  for (const ManifestPod& pod : manifests_.pods) {
    if (pod.namespace_name != ns || !pod.running || (query.ready_only && !pod.ready)) continue;
    if (!query.name.empty() && pod.name != query.name) continue;
    if (!values::matches(*selector, pod.labels)) continue;
    if (!query.owner_kind.empty() && !owned_by(pod, query)) continue;
    found.push_back(&pod);
  }
  return found;
}

void LocalCluster::select(const engine::PodQuery& query, const std::string& container,
                          Selected selected) {
  std::string error;
  std::vector<engine::Pod> pods;
  for (const ManifestPod* pod : matching(query, error)) {
    const Container* chosen = container_of(*pod, container);
    if (chosen == nullptr) {
      const std::string wanted =
          container.empty() ? pod->annotations.find(kDefaultContainer)->second : container;
      selected(std::unexpected(fmt::format("pod {} has no container `{}`; it has: {}", pod->name,
                                           wanted, containers_text(*pod))));
      return;
    }
    pods.push_back({pod->namespace_name, pod->name, pod->uid, chosen->name, pod->address});
  }
  if (!error.empty()) {
    selected(std::unexpected(std::move(error)));
  } else {
    selected(std::move(pods));
  }
}

const ManifestPod* LocalCluster::find(const engine::Pod& pod) const {
  const auto found = std::ranges::find(manifests_.pods, pod.uid, &ManifestPod::uid);
  return found == manifests_.pods.end() ? nullptr : &*found;
}

std::expected<std::vector<std::pair<std::string, std::string>>, std::string>
LocalCluster::environment(const ManifestPod& pod, const Container& container) const {
  std::map<std::string, std::string> known;
  std::vector<std::string> order;
  const auto set = [&](const std::string& name, std::string value) {
    if (!known.contains(name)) order.push_back(name);
    known[name] = std::move(value);
  };
  for (const EnvEntry& entry : container.env) {
    using Kind = EnvEntry::Kind;
    if (entry.kind == Kind::Literal) {
      set(entry.name, expand_variables(entry.value, known));
      continue;
    }
    if (entry.kind == Kind::Field) {
      std::optional<std::string> value = field_of(pod, entry.value);
      if (!value)
        return std::unexpected(
            fmt::format("field `{}` of pod {} is not known here", entry.value, pod.name));
      set(entry.name, std::move(*value));
      continue;
    }
    const bool secret = entry.kind == Kind::SecretKey || entry.kind == Kind::AllOfSecret;
    const bool all = entry.kind == Kind::AllOfSecret || entry.kind == Kind::AllOfConfigMap;
    const auto& objects = secret ? manifests_.secrets : manifests_.config_maps;
    const auto object = objects.find({pod.namespace_name, entry.object});
    const char* kind = secret ? "Secret" : "ConfigMap";
    if (object == objects.end()) {
      if (entry.optional) continue;
      return std::unexpected(
          fmt::format("container {} of pod {} needs {} {}, which is in no manifest", container.name,
                      pod.name, kind, entry.object));
    }
    if (all) {
      for (const auto& [key, value] : object->second) set(entry.name + key, value);
      continue;
    }
    const auto value = object->second.find(entry.key);
    if (value == object->second.end()) {
      if (entry.optional) continue;
      return std::unexpected(
          fmt::format("{} {} has no key `{}`, which container {} of pod {} needs", kind,
                      entry.object, entry.key, container.name, pod.name));
    }
    set(entry.name, value->second);
  }
  std::vector<std::pair<std::string, std::string>> result;
  for (const std::string& name : order) result.emplace_back(name, known[name]);
  return result;
}

std::optional<ProcessSpec> LocalCluster::process_for(const engine::Pod& pod,
                                                     const engine::ExecRequest& request,
                                                     const Done& done) const {
  const ManifestPod* found = find(pod);
  const Container* container = found != nullptr ? container_of(*found, pod.container) : nullptr;
  if (container == nullptr) {
    done(engine::DefiniteFailure{fmt::format("pod {} is gone", pod.name), true});
    return std::nullopt;
  }
  auto variables = environment(*found, *container);
  if (!variables) {
    done(engine::DefiniteFailure{std::move(variables.error())});
    return std::nullopt;
  }
  ProcessSpec spec;
  spec.argv = request.argv;
  spec.env = std::move(*variables);
  spec.env.insert(spec.env.end(), request.env.begin(), request.env.end());
  spec.stdin_text = request.stdin_text;
  std::error_code ignored;
  if (std::filesystem::is_directory(container->working_directory, ignored)) {
    spec.working_directory = container->working_directory;
  }
  return spec;
}

std::unique_ptr<Running> LocalCluster::exec(const engine::Pod& pod,
                                            const engine::ExecRequest& request, Done done) {
  auto spec = process_for(pod, request, done);
  if (!spec) return nullptr;
  return std::make_unique<RunningProcess>(loop_, std::move(*spec), std::move(done));
}

std::unique_ptr<Held> LocalCluster::hold(const engine::Pod& pod, const engine::ExecRequest& request,
                                         Printed printed, Done done) {
  auto spec = process_for(pod, request, done);
  if (!spec) return nullptr;
  return std::make_unique<HeldProcess>(loop_, std::move(*spec), std::move(printed),
                                       std::move(done));
}

std::unique_ptr<Running> LocalCluster::end_session(const std::string& handle, Done done) {
  return end_held(loop_, handle, std::move(done));
}

std::unique_ptr<Running> LocalCluster::run_function(const plan::FunctionSpec& function,
                                                    const engine::ExecRequest& request, Done done) {
  if (request.argv.empty()) {
    done(
        engine::DefiniteFailure{fmt::format("function {} has no command, and the command of its "
                                            "image is not known here: write `command […]`",
                                            function.name)});
    return nullptr;
  }
  ProcessSpec spec;
  spec.argv = request.argv;
  spec.env = request.env;
  spec.stdin_text = request.stdin_text;
  return std::make_unique<RunningProcess>(loop_, std::move(spec), std::move(done));
}

Workload* LocalCluster::workload(const std::string& kind, const std::string& group,
                                 const std::string& name, const std::string& namespace_name) {
  const std::string& ns = namespace_name.empty() ? default_namespace_ : namespace_name;
  const auto found = std::ranges::find_if(manifests_.workloads, [&](const Workload& workload) {
    return workload.namespace_name == ns && workload.key.kind == kind &&
           workload.key.name == name && (group.empty() || workload.key.group == group);
  });
  return found == manifests_.workloads.end() ? nullptr : &*found;
}

/// "there is no Deployment/web in namespace shop; did you mean Deployment/webs?"
std::string LocalCluster::no_workload(const std::string& kind, const std::string& name,
                                      const std::string& namespace_name) const {
  const std::string& ns = namespace_name.empty() ? default_namespace_ : namespace_name;
  const std::string asked = fmt::format("{}/{}", kind, name);
  std::vector<std::string> known;
  for (const Workload& workload : manifests_.workloads) {
    if (workload.namespace_name == ns)
      known.push_back(fmt::format("{}/{}", workload.key.kind, workload.key.name));
  }
  const std::vector<std::string_view> names(known.begin(), known.end());
  const auto near = did_you_mean(asked, names);
  return fmt::format("there is no {} in namespace {}{}", asked, ns,
                     near ? fmt::format("; did you mean {}?", *near) : "");
}

std::unique_ptr<Running> LocalCluster::scale(const engine::ScaleRequest& request, Done done) {
  Workload* const found =
      workload(request.kind, request.group, request.name, request.namespace_name);
  if (found == nullptr) {
    if (request.if_exists) {
      done(engine::Done{});
    } else {
      done(
          engine::DefiniteFailure{no_workload(request.kind, request.name, request.namespace_name)});
    }
    return nullptr;
  }
  if (!found->scalable) {
    done(engine::DefiniteFailure{
        fmt::format("{}/{} has no size to change", request.kind, request.name)});
    return nullptr;
  }
  if (request.replicas < 0 || request.replicas > kMaxReplicas) {
    done(engine::DefiniteFailure{fmt::format("{}/{} cannot be scaled to {}: here a size is 0 to {}",
                                             request.kind, request.name, request.replicas,
                                             kMaxReplicas)});
    return nullptr;
  }
  found->size = request.replicas;
  std::erase_if(manifests_.pods, [&](const ManifestPod& pod) {
    return pod.namespace_name == found->namespace_name &&
           std::ranges::find(pod.owners, found->key) != pod.owners.end();
  });
  std::ranges::move(pods_of(*found), std::back_inserter(manifests_.pods));
  if (const auto sorted = finish_manifests(manifests_); !sorted) {
    done(engine::DefiniteFailure{sorted.error()});
  } else {
    done(engine::Done{});
  }
  return nullptr;
}

std::unique_ptr<Running> LocalCluster::read_scale(const engine::ReadScale& request, Done done) {
  const Workload* const found =
      workload(request.kind, request.group, request.name, request.namespace_name);
  if (found == nullptr && request.if_exists) {
    done(engine::Done{});
  } else if (found == nullptr) {
    done(engine::DefiniteFailure{no_workload(request.kind, request.name, request.namespace_name)});
  } else if (!found->scalable) {
    done(engine::DefiniteFailure{
        fmt::format("{}/{} has no size to read", request.kind, request.name)});
  } else {
    done(engine::Size{found->size});
  }
  return nullptr;
}

/// Manifests are as they would be once everything has settled.
engine::AttemptResult LocalCluster::wait_for_workload(const engine::WaitRequest& request) {
  if (request.where) {
    return engine::DefiniteFailure{
        fmt::format("{}/{}: `wait … where` needs the live object, and manifests are no running "
                    "cluster",
                    request.kind, request.name)};
  }
  const bool there =
      workload(request.kind, request.group, request.name, request.namespace_name) != nullptr;
  if (there != (request.state == plan::Wait::State::Gone)) return engine::Done{};
  if (there)
    return engine::DefiniteFailure{fmt::format("{}/{} is still there", request.kind, request.name)};
  return engine::DefiniteFailure{no_workload(request.kind, request.name, request.namespace_name)};
}

std::unique_ptr<Running> LocalCluster::wait(const engine::WaitRequest& request, Done done) {
  if (!request.pods) {
    done(wait_for_workload(request));
    return nullptr;
  }
  std::string error;
  engine::PodQuery query = *request.pods;
  query.ready_only = request.state == plan::Wait::State::Ready;
  const bool any = !matching(query, error).empty();
  const bool reached = request.state == plan::Wait::State::Gone ? !any : any;
  if (reached && error.empty()) {
    done(engine::Done{});
  } else {
    done(engine::DefiniteFailure{!error.empty() ? error
                                 : any          ? "the pod is still there"
                                                : "no pod matches"});
  }
  return nullptr;
}

std::optional<int> LocalCluster::port(const engine::Pod& pod, const std::string& name) {
  const ManifestPod* found = find(pod);
  if (found == nullptr) return std::nullopt;
  const auto look = [&](const Container& container) -> std::optional<int> {
    const auto port = std::ranges::find(container.ports, name, &ContainerPort::name);
    return port == container.ports.end() ? std::nullopt : std::optional(port->number);
  };
  if (const Container* own = container_of(*found, pod.container); own != nullptr) {
    if (auto port = look(*own)) return port;
  }
  for (const Container& container : found->containers) {
    if (auto port = look(container)) return port;
  }
  return std::nullopt;
}

std::expected<std::string, std::string> LocalCluster::secret(const std::string& path,
                                                             const std::string& key) {
  const std::size_t slash = path.find('/');
  const ObjectName name = slash == std::string::npos
                              ? ObjectName(default_namespace_, path)
                              : ObjectName(path.substr(0, slash), path.substr(slash + 1));
  const auto object = manifests_.secrets.find(name);
  if (object == manifests_.secrets.end())
    return std::unexpected(fmt::format("Secret {} is in no manifest", path));
  const auto value = object->second.find(key);
  if (value == object->second.end())
    return std::unexpected(fmt::format("Secret {} has no key `{}`", path, key));
  return value->second;
}

}  // namespace hookc::io
