// File URIs (RFC 8089) and paths.
#pragma once

#include <string>
#include <string_view>

namespace hookc::lsp {

/// The path of a `file:` URI, percent-decoded; any other URI is its own path, so that an unsaved
/// buffer (`untitled:Untitled-1`) is a file like others.
std::string path_of_uri(std::string_view uri);
/// The URI of an absolute path, everything but `/` and RFC 3986's unreserved characters encoded; a
/// path that is a URI already is left alone.
std::string uri_of_path(std::string_view path);
std::string percent_decode(std::string_view text);

}  // namespace hookc::lsp
