// The local back end: manifests as the cluster, commands as processes of this machine.
#pragma once

#include <expected>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "interpreter/io/cluster.hpp"
#include "interpreter/io/local_cluster/manifests.hpp"
#include "interpreter/io/loop.hpp"
#include "interpreter/io/process.hpp"

namespace hookc::io {

/// Selectors, owners, containers, variables and ports are resolved as Kubernetes would; a command
/// then runs here, with the container's variables over hookc's own environment and in its
/// workingDir where that exists. Images are not used.
class LocalCluster : public Cluster {
 public:
  LocalCluster(Loop& loop, Manifests manifests, std::string default_namespace = "default");

  /// Reads manifest files. The error is one line with path, line and column.
  static std::expected<Manifests, std::string> read(const std::vector<std::string>& paths);

  void select(const engine::PodQuery& query, const std::string& container,
              Selected selected) override;
  std::unique_ptr<Running> exec(const engine::Pod& pod, const engine::ExecRequest& request,
                                Done done) override;
  std::unique_ptr<Held> hold(const engine::Pod& pod, const engine::ExecRequest& request,
                             Printed printed, Done done) override;
  /// Its sessions are processes of this machine, which held_process.hpp ends: there is nothing
  /// else.
  std::unique_ptr<Running> end_session(const std::string& handle, Done done) override;
  std::unique_ptr<Running> run_function(const plan::FunctionSpec& function,
                                        const engine::ExecRequest& request, Done done) override;
  std::unique_ptr<Running> scale(const engine::ScaleRequest& request, Done done) override;
  std::unique_ptr<Running> read_scale(const engine::ReadScale& request, Done done) override;
  std::unique_ptr<Running> wait(const engine::WaitRequest& request, Done done) override;
  std::optional<int> port(const engine::Pod& pod, const std::string& name) override;
  std::expected<std::string, std::string> secret(const std::string& path,
                                                 const std::string& key) override;

 private:
  std::vector<const ManifestPod*> matching(const engine::PodQuery& query, std::string& error) const;
  Workload* workload(const std::string& kind, const std::string& group, const std::string& name,
                     const std::string& namespace_name);
  std::string no_workload(const std::string& kind, const std::string& name,
                          const std::string& namespace_name) const;
  engine::AttemptResult wait_for_workload(const engine::WaitRequest& request);
  const ManifestPod* find(const engine::Pod& pod) const;
  /// What a command in the pod's container runs as here; calls `done` where that cannot be.
  std::optional<ProcessSpec> process_for(const engine::Pod& pod, const engine::ExecRequest& request,
                                         const Done& done) const;
  std::expected<std::vector<std::pair<std::string, std::string>>, std::string> environment(
      const ManifestPod& pod, const Container& container) const;

  Loop& loop_;
  Manifests manifests_;
  std::string default_namespace_;
};

/// Kubernetes' $(NAME) expansion: a name that is known is replaced, `$$` stands for `$`, anything
/// else stays.
std::string expand_variables(std::string_view text,
                             const std::map<std::string, std::string>& known);

}  // namespace hookc::io
