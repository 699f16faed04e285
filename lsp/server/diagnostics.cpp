#include "lsp/server/diagnostics.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "lsp/rpc/message.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

int severity_number(Severity severity) {
  switch (severity) {
    case Severity::Error: return 1;
    case Severity::Warning: return 2;
    case Severity::Info: return 3;
    case Severity::Hint: return 4;
  }
  return 1;
}

/// DiagnosticTag.Unnecessary: what an editor shows faded.
bool is_unnecessary(Code code) {
  return code == Code::HK1005 || code == Code::HK9001;
}

std::string full_message(const Diagnostic& finding) {
  std::string text = finding.message;
  if (!finding.primary.text.empty()) text += "\n" + finding.primary.text;
  for (const std::string& note : finding.notes) text += "\nnote: " + note;
  for (const std::string& help : finding.helps) text += "\nhelp: " + help;
  return text;
}

/// Equal texts have equal ids, so that a client that pulls again is told so in a word. FNV-1a.
std::string result_id(const json& items) {
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : to_text(items)) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  }
  return fmt::format("{:016x}", hash);
}

json own_findings(const Session& session, const query::Snapshot& snapshot,
                  const std::string& path) {
  json items = json::array();
  const auto file = snapshot.file(path);
  if (!file) return items;
  for (const Diagnostic& finding : snapshot.diagnostics(path)) {
    if (finding.primary.where.file == *file) items.push_back(to_json(session, snapshot, finding));
  }
  return items;
}

json report(json items, const json& previous_id) {
  std::string id = result_id(items);
  if (previous_id == id) return {{"kind", "unchanged"}, {"resultId", std::move(id)}};
  return {{"kind", "full"}, {"resultId", std::move(id)}, {"items", std::move(items)}};
}

}  // namespace

json to_json(const Session& session, const query::Snapshot& snapshot, const Diagnostic& finding) {
  const CodeInfo& code = info(finding.code);
  json made = {{"range", session.range(snapshot, finding.primary.where)},
               {"severity", severity_number(finding.severity)},
               {"code", code.id},
               {"source", "hookc"},
               {"message", full_message(finding)}};
  if (!session.host.docs_url.empty()) {
    made["codeDescription"] = {{"href", fmt::format("{}{}.md", session.host.docs_url, code.id)}};
  }
  if (is_unnecessary(finding.code)) made["tags"] = json::array({1});
  if (session.client.related_information && !finding.secondary.empty()) {
    json& related = made["relatedInformation"] = json::array();
    for (const Label& label : finding.secondary) {
      related.push_back(
          {{"location", session.location(snapshot, label.where)}, {"message", label.text}});
    }
  }
  return made;
}

void Publisher::publish(const Session& session, const Publish& publish) {
  const query::Snapshot snapshot = session.snapshot();
  std::set<std::string> changed = std::exchange(touched_, {});
  const auto mark = [&](const Root& root) {
    for (const auto& [file, findings] : root.findings) changed.insert(file);
  };
  std::erase_if(roots_, [&](const auto& entry) {
    if (session.documents.all().contains(entry.first)) return false;
    mark(entry.second);
    return true;
  });
  for (const auto& [path, document] : session.documents.all()) {
    Root& root = roots_[path];
    auto program = snapshot.program(path);
    if (program == root.program) continue;
    mark(root);
    root = {std::move(program), {}};
    for (const Diagnostic& finding : snapshot.diagnostics(path)) {
      root.findings[snapshot.sources().path(finding.primary.where.file)].push_back(
          to_json(session, snapshot, finding));
    }
    mark(root);
    changed.insert(path);
  }

  for (const std::string& file : changed) {
    json all = json::array();
    std::set<json> seen;  // programs that share the file say the same of it
    for (const auto& [path, root] : roots_) {
      const auto found = root.findings.find(file);
      if (found == root.findings.end()) continue;
      for (const json& finding : found->second) {
        if (roots_.size() == 1 || seen.insert(finding).second) all.push_back(finding);
      }
    }
    const auto open = session.documents.all().find(file);
    const bool is_open = open != session.documents.all().end();
    const auto told = told_.find(file);
    if (all.empty() && told == told_.end() && !is_open) continue;
    const std::string uri = is_open               ? open->second.uri
                            : told != told_.end() ? told->second
                                                  : session.uri(file);
    if (is_open || !all.empty()) {
      told_[file] = uri;
    } else {
      told_.erase(file);
    }
    json params = {{"uri", uri}, {"diagnostics", std::move(all)}};
    if (is_open) params["version"] = open->second.version;
    publish(std::move(params));
  }
}

json pull_document(const Session& session, const json& params) {
  const query::Snapshot snapshot = session.snapshot();
  return report(own_findings(session, snapshot, document_path(params)),
                params.value("previousResultId", json()));
}

json pull_workspace(const Session& session, const json& params,
                    const std::function<bool()>& cancelled) {
  std::map<std::string, json> previous;  // by URI
  for (const json& known : params.value("previousResultIds", json::array())) {
    previous[known.at("uri").get<std::string>()] = known.at("value");
  }
  const query::Snapshot snapshot = session.snapshot();
  json items = json::array();
  for (const std::string& path : session.workspace_files()) {
    if (cancelled()) break;
    const std::string uri = session.uri(path);
    json item = report(own_findings(session, snapshot, path), previous[uri]);
    item["uri"] = uri;
    const auto open = session.documents.all().find(path);
    item["version"] = open == session.documents.all().end() ? json() : json(open->second.version);
    items.push_back(std::move(item));
  }
  return {{"items", std::move(items)}};
}

}  // namespace hookc::lsp
