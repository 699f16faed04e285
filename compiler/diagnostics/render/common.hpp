// What several machine formats share. Private to this library.
#pragma once

#include <string>

#include "compiler/diagnostics/render/positions.hpp"
#include "compiler/diagnostics/render/render.hpp"

namespace hookc::render {

/// Whether `where` names a file of the report at all; a finding about the tool itself may not.
inline bool has_place(const Report& report, Location where) {
  return where.file.valid() && where.file.value < report.sources.count();
}

/// For consumers that show one text alone: the message, then the label, notes and helps on lines of
/// their own.
std::string full_message(const Diagnostic& d);

/// `path:line:column: error[HK2103]: message` without colour and without a line end. `positions`
/// counts code points.
void append_short(std::string& out, const Report& report, Positions& positions,
                  const Diagnostic& d);

/// `docs_url` + "HK2103.md"; empty without a docs_url.
std::string code_url(const Options& options, Code code);

}  // namespace hookc::render
