#include "lsp/rpc/uri.hpp"

#include <charconv>

#include "compiler/values/url.hpp"

namespace hookc::lsp {

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr ==
            text.data() + i + 3) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

std::string path_of_uri(std::string_view uri) {
  if (!uri.starts_with("file:")) return std::string(uri);
  std::string_view rest = uri.substr(5);
  if (rest.starts_with("//")) {  // an authority; only an empty one or localhost means this machine
    rest.remove_prefix(2);
    const std::size_t slash = rest.find('/');
    rest.remove_prefix(slash == std::string_view::npos ? rest.size() : slash);
  }
  return percent_decode(rest);
}

std::string uri_of_path(std::string_view path) {
  if (!path.starts_with('/')) return std::string(path);
  std::string uri = "file://";
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t slash = std::min(path.find('/', at), path.size());
    uri += values::percent_encode(path.substr(at, slash - at));
    if (slash < path.size()) uri += '/';
    at = slash + 1;
  }
  return uri;
}

}  // namespace hookc::lsp
