#include "lsp/server/session.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "lsp/rpc/uri.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::lsp {

using nlohmann::json;

namespace {

/// Standard modules are shown as read-only documents of this scheme.
constexpr std::string_view kStandard = "hookc:/";

bool is_standard(std::string_view path) {
  for (const StandardModule& module : standard_modules()) {
    if (module.path == path) return true;
  }
  return false;
}

}  // namespace

std::expected<std::string, std::string> Files::read(const std::string& path) const {
  if (!path.starts_with(kStandard)) return disk_.read(path);
  for (const StandardModule& module : standard_modules()) {
    if (path.substr(kStandard.size()) == module.path) return std::string(module.text);
  }
  return std::unexpected("no such module");
}

std::vector<std::string> Session::workspace_files() const {
  std::vector<std::string> paths = host.hook_files(folders);
  for (std::string& path : paths) path = query::normal_path(path);
  for (const auto& [path, document] : documents.all()) paths.push_back(path);
  std::ranges::sort(paths);
  paths.erase(std::ranges::unique(paths).begin(), paths.end());
  return paths;
}

std::vector<std::string> Session::open_files() const {
  std::vector<std::string> paths;
  for (const auto& [path, document] : documents.all()) paths.push_back(path);
  return paths;
}

std::string Session::uri(const std::string& path) const {
  const auto open = documents.all().find(path);
  if (open != documents.all().end()) return open->second.uri;
  return is_standard(path) ? std::string(kStandard) + path : uri_of_path(path);
}

std::string Session::uri(const query::Snapshot& snapshot, FileId file) const {
  return uri(snapshot.sources().path(file));
}

Positions Session::positions(const query::Snapshot& snapshot, FileId file) const {
  const SourceManager& sources = snapshot.sources();
  return {sources.text(file), sources.lines(file), encoding};
}

json Session::range(const query::Snapshot& snapshot, Location where) const {
  return to_json(positions(snapshot, where.file), where.span);
}

json Session::location(const query::Snapshot& snapshot, Location where) const {
  return {{"uri", uri(snapshot, where.file)}, {"range", range(snapshot, where)}};
}

std::string document_path(const json& params) {
  return query::normal_path(path_of_uri(params.at("textDocument").at("uri").get<std::string>()));
}

std::optional<Place> document_of(const Session& session, const json& params) {
  Place place{session.snapshot(), document_path(params), {}};
  const auto file = place.snapshot.file(place.path);
  if (!file) return std::nullopt;
  place.file = *file;
  return place;
}

std::optional<Place> place_of(const Session& session, const json& params) {
  auto place = document_of(session, params);
  const Position position = position_from(params.at("position"));
  if (place) place->offset = session.positions(place->snapshot, place->file).offset(position);
  return place;
}

}  // namespace hookc::lsp
