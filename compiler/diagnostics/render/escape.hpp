// How foreign text is made harmless for each consumer. Every function appends to `out` and takes
// any bytes: what is not well-formed UTF-8 becomes U+FFFD, one for each maximal ill-formed part.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hookc::render {

/// What a terminal shows for `c`, so that no file can drive it: control pictures for C0 and DEL,
/// U+FFFD for C1, bidirectional controls, zero-width characters and line separators; `c` itself
/// otherwise. Not for tabs.
char32_t visible(char32_t c);
void append_utf8(std::string& out, char32_t c);

/// One line for a terminal; tabs become a space.
void append_terminal(std::string& out, std::string_view text);
/// A JSON string with its quotes.
void append_json(std::string& out, std::string_view text);
/// XML 1.0 text or attribute value; characters that XML forbids become U+FFFD.
void append_xml(std::string& out, std::string_view text);
/// A path as a URI reference: `./` dropped, all but unreserved characters and `/` percent-encoded.
void append_uri_path(std::string& out, std::string_view path);
/// Workflow commands of GitHub Actions: the message part.
void append_github_data(std::string& out, std::string_view text);
/// … and the value of a property.
void append_github_property(std::string& out, std::string_view text);
/// A cell of a Markdown table.
void append_markdown_cell(std::string& out, std::string_view text);

/// FNV-1a; `seed` chains calls.
std::uint64_t hash_text(std::string_view text, std::uint64_t seed = 0xcbf29ce484222325U);

/// `path` without a leading "./".
std::string_view plain_path(std::string_view path);

}  // namespace hookc::render
