// Private to the shell scanner: here-documents (XCU 2.7.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/values/shell.hpp"
#include "compiler/values/shell_cursor.hpp"

namespace hookc::values {

struct HereDocument {
  std::string delimiter;
  bool strip_tabs = false;
  bool quoted = false;
  PieceOffset opened;
};

/// Reads `<<` or `<<-` and the word after it. Nothing where there is no word, which the shell will
/// refuse. `unclear` becomes true where the delimiter, and with it the end of the body, cannot be
/// known.
std::optional<HereDocument> read_here_operator(Cursor& in, std::vector<ShellHole>& holes,
                                               bool& unclear);

/// Reads from the line after the operator's to the delimiter's line, or to the end.
void read_here_body(Cursor& in, const HereDocument& document, std::vector<ShellHole>& holes);

}  // namespace hookc::values
