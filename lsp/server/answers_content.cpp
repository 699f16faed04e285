// Virtual documents, and the commands that show them or run something.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/values/url.hpp"
#include "lsp/features/virtual_documents.hpp"
#include "lsp/rpc/uri.hpp"
#include "lsp/server/answers.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// `hookc:/plan.txt?file%3A%2F%2F%2Fa.hook`: the document NAME of a file.
struct Virtual {
  std::string name;
  std::string path;
};

std::string virtual_uri(std::string_view name, const std::string& file_uri) {
  return fmt::format("hookc:/{}.txt?{}", name, values::percent_encode(file_uri));
}

std::optional<Virtual> parse_virtual(std::string_view uri) {
  constexpr std::string_view scheme = "hookc:/";
  if (!uri.starts_with(scheme)) return std::nullopt;
  uri.remove_prefix(scheme.size());
  const std::size_t dot = uri.find(".txt?");
  if (dot == std::string_view::npos || !is_document(uri.substr(0, dot))) return std::nullopt;
  return Virtual{std::string(uri.substr(0, dot)),
                 query::normal_path(path_of_uri(percent_decode(uri.substr(dot + 5))))};
}

json show(const Request& request, std::string_view name) {
  const std::string uri = request.params.at("arguments").at(0).get<std::string>();
  const std::string shown = virtual_uri(name, uri);
  const std::string path = query::normal_path(path_of_uri(uri));
  if (request.session.client.show_document) {
    request.ask("window/showDocument", {{"uri", shown}, {"takeFocus", false}});
  }
  return {{"uri", shown}, {"text", document_text(request.session.snapshot(), path, name)}};
}

json check(const Request& request) {
  const std::string path =
      query::normal_path(path_of_uri(request.params.at("arguments").at(0).get<std::string>()));
  const query::Snapshot snapshot = request.session.snapshot();
  std::string text;
  const auto& findings = snapshot.diagnostics(path);
  for (const Diagnostic& finding : findings) {
    const Location where = finding.primary.where;
    text += fmt::format("{}:{}: {}: {} [{}]\n", snapshot.sources().path(where.file),
                        snapshot.sources().lines(where.file).line_of(where.span.begin) + 1,
                        to_string(finding.severity), finding.message, info(finding.code).id);
  }
  return {{"findings", findings.size()}, {"text", text.empty() ? "no findings\n" : text}};
}

json test(const Request& request) {
  const json& arguments = request.params.at("arguments");
  const std::string path = query::normal_path(path_of_uri(arguments.at(0).get<std::string>()));
  std::optional<std::string> only;
  if (arguments.size() > 1 && arguments[1].is_string()) only = arguments[1].get<std::string>();
  const query::Snapshot snapshot = request.session.snapshot();
  const auto outcomes = run_tests(snapshot, path, only);
  if (!outcomes) {
    return {
        {"text", outcomes.error() + "\n"}, {"passed", 0}, {"failed", 0}, {"tests", json::array()}};
  }
  const auto file = snapshot.file(path);
  std::size_t passed = 0;
  std::string text;
  json tests = json::array();
  for (const TestOutcome& outcome : *outcomes) {
    json one = {{"name", outcome.name},
                {"passed", outcome.findings.empty()},
                {"range", request.session.range(snapshot, {*file, outcome.where})}};
    text +=
        fmt::format("{} \"{}\"\n", outcome.findings.empty() ? "ok    " : "failed", outcome.name);
    if (outcome.findings.empty()) {
      ++passed;
    } else {
      std::string message;
      for (const Diagnostic& finding : outcome.findings) message += finding.message + "\n";
      for (const std::string& event : outcome.events) message += "  " + event + "\n";
      text += message;
      one["message"] = std::move(message);
      one["findingRange"] = request.session.range(snapshot, outcome.findings.front().primary.where);
    }
    tests.push_back(std::move(one));
  }
  return {{"text", std::move(text)},
          {"passed", passed},
          {"failed", outcomes->size() - passed},
          {"tests", std::move(tests)}};
}

}  // namespace

json text_document_content(const Request& request) {
  const std::string uri = request.params.at("uri").get<std::string>();
  const query::Snapshot snapshot = request.session.snapshot();
  if (const auto document = parse_virtual(uri)) {
    return {{"text", document_text(snapshot, document->path, document->name)}};
  }
  const auto file = snapshot.file(query::normal_path(path_of_uri(uri)));
  if (!file) throw Refused(fmt::format("there is no document `{}`", uri));
  return {{"text", snapshot.sources().text(*file)}};
}

json execute_command(const Request& request) {
  const std::string command = request.params.at("command").get<std::string>();
  if (command == "hookc.check") return check(request);
  if (command == "hookc.test") return test(request);
  if (command == "hookc.plan") return show(request, "plan");
  if (command == "hookc.simulate") return show(request, "simulate");
  throw Refused(fmt::format("there is no command `{}`", command));
}

}  // namespace hookc::lsp
