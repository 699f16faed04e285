#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "interpreter/io/local_cluster/local_cluster.hpp"
#include "interpreter/io/read_file.hpp"

namespace hookc::io {
namespace {

constexpr const char* kManifests = R"yaml(
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: orders, namespace: shop}
spec:
  replicas: 2
  template:
    metadata: {labels: {app: orders, tier: db}}
    spec:
      containers:
      - name: exporter
        image: exporter:1
        ports: [{name: metrics, containerPort: 9187}]
      - name: postgres
        image: postgres:16
        env:
        - {name: PGUSER, value: orders}
        - {name: PGURL, value: "$(PGUSER)@$(HOST):$$(PGUSER)"}
        - {name: PGPASSWORD, valueFrom: {secretKeyRef: {name: pg, key: password}}}
        - {name: MISSING, valueFrom: {secretKeyRef: {name: pg, key: nothing, optional: true}}}
        - {name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
        envFrom: [{configMapRef: {name: settings}, prefix: CFG_}]
        ports: [{name: pg, containerPort: 5432}]
---
apiVersion: v1
kind: Secret
metadata: {name: pg, namespace: shop}
data: {password: czNjcjN0}
stringData: {plain: text}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {mode: fast}}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    replicas: 3
    template:
      metadata:
        labels: {app: web}
        annotations: {kubectl.kubernetes.io/default-container: app}
      spec: {containers: [{name: proxy}, {name: app}]}
---
apiVersion: v1
kind: Pod
metadata: {name: broken, namespace: shop, labels: {app: web}}
spec: {containers: [{name: app}]}
status: {phase: Failed, podIP: 127.0.0.9}
)yaml";

struct Fixture {
  Loop loop;
  LocalCluster cluster{loop, manifests(), "shop"};

  static Manifests manifests() {
    Manifests result;
    const auto read = read_manifests(kManifests, "shop.yaml", result);
    REQUIRE(read.has_value());
    REQUIRE(finish_manifests(result).has_value());
    return result;
  }
  std::expected<std::vector<engine::Pod>, std::string> select(engine::PodQuery query,
                                                              const std::string& container = "") {
    std::optional<std::expected<std::vector<engine::Pod>, std::string>> answer;
    cluster.select(query, container, [&](auto pods) { answer = std::move(pods); });
    REQUIRE(answer);
    return *answer;
  }
  engine::ExecOutput shell(const engine::Pod& pod, const std::string& text) {
    engine::ExecRequest request;
    request.place = plan::Exec::Place::Pod;
    request.argv = {"/bin/sh", "-c", text};
    std::optional<engine::AttemptResult> result;
    const auto running =
        cluster.exec(pod, request, [&](engine::AttemptResult r) { result = std::move(r); });
    loop.run_until([&] { return result.has_value(); });
    return std::get<engine::ExecOutput>(*result);
  }
};

engine::PodQuery labelled(const std::string& labels) {
  engine::PodQuery query;
  query.labels = labels;
  return query;
}

TEST_CASE("workloads make the pods their controllers would", "[io][local]") {
  Fixture fixture;
  std::vector<std::string> names;
  for (const engine::Pod& pod : fixture.select(labelled("app=orders")).value())
    names.push_back(pod.name);
  CHECK(names == std::vector<std::string>{"orders-0", "orders-1"});
  const auto web = fixture.select(labelled("app in (web)")).value();
  CHECK(web.size() == 3);  // the Failed one is not Running
  CHECK(web[0].name.starts_with("web-"));
  CHECK(web[0].container == "app");
  CHECK(web[0].address == "127.0.0.1");
}

TEST_CASE("owners are found up the chain", "[io][local]") {
  Fixture fixture;
  engine::PodQuery query;
  query.owner_kind = "Deployment";
  query.owner_name = "web";
  CHECK(fixture.select(query).value().size() == 3);
  query.owner_group = "example.com";
  CHECK(fixture.select(query).value().empty());
}

TEST_CASE("containers: asked for, annotated, first", "[io][local]") {
  Fixture fixture;
  CHECK(fixture.select(labelled("app=orders")).value()[0].container == "exporter");
  CHECK(fixture.select(labelled("app=orders"), "postgres").value()[0].container == "postgres");
  CHECK(fixture.select(labelled("app=orders"), "mysql").error() ==
        "pod orders-0 has no container `mysql`; it has: exporter, postgres");
}

TEST_CASE("a command sees the variables of its container", "[io][local]") {
  Fixture fixture;
  const engine::Pod pod = fixture.select(labelled("app=orders"), "postgres").value()[1];
  CHECK(fixture.shell(pod, "echo $PGURL $PGPASSWORD $POD $TIER $CFG_mode ${MISSING-none}")
            .stdout_text == "orders@$(HOST):$(PGUSER) s3cr3t orders-1 db fast none\n");
}

TEST_CASE("ports by name, secrets by path", "[io][local]") {
  Fixture fixture;
  const engine::Pod pod = fixture.select(labelled("app=orders"), "postgres").value()[0];
  CHECK(fixture.cluster.port(pod, "pg") == 5432);
  CHECK(fixture.cluster.port(pod, "metrics") == 9187);
  CHECK(fixture.cluster.port(pod, "http") == std::nullopt);
  CHECK(fixture.cluster.secret("shop/pg", "password") == "s3cr3t");
  CHECK(fixture.cluster.secret("pg", "plain") == "text");
  CHECK(fixture.cluster.secret("pg", "x").error() == "Secret pg has no key `x`");
  CHECK(fixture.cluster.secret("other/pg", "x").error() == "Secret other/pg is in no manifest");
}

TEST_CASE("a pod that is gone says so, which frees a hold", "[io][local]") {
  Fixture fixture;
  std::optional<engine::AttemptResult> result;
  fixture.cluster.exec({"shop", "orders-9", "nobody", "postgres", ""}, {},
                       [&](engine::AttemptResult r) { result = r; });
  CHECK(std::get<engine::DefiniteFailure>(*result).pod_gone);
}

TEST_CASE("manifests that are wrong are refused at their place", "[io][local]") {
  const auto error = [](const char* yaml) {
    Manifests manifests;
    const auto read = read_manifests(yaml, "x.yaml", manifests);
    if (!read) return read.error();
    const auto finished = finish_manifests(manifests);
    return finished ? std::string() : finished.error();
  };
  CHECK(error("a: [") == "x.yaml:1:1: end of sequence flow not found");
  CHECK(error("- 1") ==
        "x.yaml:1:1: a manifest is a mapping with `apiVersion`, `kind` and `metadata`");
  CHECK(error("metadata: {name: x}") == "x.yaml:1:1: this object has no `kind`");
  CHECK(error("kind: Pod\nmetadata: {name: x}\nspec: {}") ==
        "x.yaml:3:7: pod x has no `containers`");
  CHECK(error("kind: Secret\nmetadata: {name: x}\ndata: {a: '%%%'}") ==
        "x.yaml:3:11: this is not base64 (use `stringData` for plain text)");
  CHECK(error("kind: Deployment\nmetadata: {name: x}\nspec: {replicas: -1, template: {}}") ==
        "x.yaml:3:18: `replicas` is no whole number");
  const char* pod = "kind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a}]}\n";
  CHECK(error((std::string(pod) + "---\n" + pod).c_str()) ==
        "two pods are called x in namespace default");
  CHECK(error("") == "");
}

engine::AttemptResult scale(Fixture& fixture, const std::string& kind, const std::string& name,
                            std::int64_t replicas, bool if_exists = false) {
  engine::ScaleRequest request;
  request.kind = kind;
  request.name = name;
  request.replicas = replicas;
  request.if_exists = if_exists;
  std::optional<engine::AttemptResult> result;
  fixture.cluster.scale(request, [&](engine::AttemptResult r) { result = std::move(r); });
  return result.value();
}

engine::AttemptResult read_scale(Fixture& fixture, const std::string& kind, const std::string& name,
                                 bool if_exists = false) {
  engine::ReadScale request;
  request.kind = kind;
  request.name = name;
  request.if_exists = if_exists;
  std::optional<engine::AttemptResult> result;
  fixture.cluster.read_scale(request, [&](engine::AttemptResult r) { result = std::move(r); });
  return result.value();
}

TEST_CASE("rule 30: manifests are scaled in memory, and say their size", "[io][local]") {
  Fixture fixture;
  const auto before = fixture.select(labelled("app=web")).value();
  CHECK(std::get<engine::Size>(read_scale(fixture, "Deployment", "web")).replicas == 3);
  CHECK(std::holds_alternative<engine::Done>(scale(fixture, "Deployment", "web", 0)));
  CHECK(std::get<engine::Size>(read_scale(fixture, "Deployment", "web")).replicas == 0);
  CHECK(fixture.select(labelled("app=web")).value().empty());
  CHECK(fixture.select(labelled("app=orders")).value().size() == 2);
  CHECK(std::holds_alternative<engine::Done>(scale(fixture, "Deployment", "web", 3)));
  CHECK(fixture.select(labelled("app=web")).value() == before);  // the same pods, by uid too
  CHECK(std::holds_alternative<engine::Done>(scale(fixture, "StatefulSet", "orders", 4)));
  CHECK(fixture.select(labelled("app=orders")).value().back().name == "orders-3");
}

TEST_CASE("what is not there is not scaled, and that is said", "[io][local]") {
  Fixture fixture;
  const std::string reason =
      "there is no Deployment/wep in namespace shop; did you mean Deployment/web?";
  CHECK(std::get<engine::DefiniteFailure>(scale(fixture, "Deployment", "wep", 0)).reason == reason);
  CHECK(std::get<engine::DefiniteFailure>(read_scale(fixture, "Deployment", "wep")).reason ==
        reason);
  CHECK(std::holds_alternative<engine::Done>(scale(fixture, "Deployment", "wep", 0, true)));
  CHECK(std::holds_alternative<engine::Done>(read_scale(fixture, "Deployment", "wep", true)));
  CHECK(std::get<engine::DefiniteFailure>(scale(fixture, "Deployment", "web", 5000)).reason ==
        "Deployment/web cannot be scaled to 5000: here a size is 0 to 1000");
}

TEST_CASE("rule 11: a wait for a workload's pods sees its size", "[io][local]") {
  Fixture fixture;
  engine::WaitRequest request;
  request.pods = labelled("app=web");
  const auto wait = [&](plan::Wait::State state) {
    request.state = state;
    std::optional<engine::AttemptResult> result;
    fixture.cluster.wait(request, [&](engine::AttemptResult r) { result = std::move(r); });
    return std::holds_alternative<engine::Done>(result.value());
  };
  CHECK(wait(plan::Wait::State::Ready));
  CHECK_FALSE(wait(plan::Wait::State::Gone));
  scale(fixture, "Deployment", "web", 0);
  CHECK_FALSE(wait(plan::Wait::State::Ready));
  CHECK(wait(plan::Wait::State::Gone));  // no match is a success there
}

TEST_CASE("whole files: also of a pipe, and never without end", "[io][files]") {
  CHECK(read_file("/dev/null").value().empty());
  CHECK(read_file("/dev/zero").error() == "/dev/zero: cannot be read: it is larger than 256 MiB");
  CHECK(read_file("/proc").error() == "/proc: cannot be read: it is a directory");
  CHECK(read_file("/nowhere").error() == "/nowhere: cannot be read: No such file or directory");
  int ends[2];
  REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
  REQUIRE(::write(ends[1], "a: 1\n", 5) == 5);
  ::close(ends[1]);
  CHECK(read_file("/proc/self/fd/" + std::to_string(ends[0])).value() == "a: 1\n");
  ::close(ends[0]);
}

}  // namespace
}  // namespace hookc::io
