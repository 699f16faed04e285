// The run-time half of rule 37: a value as text of a shell command.
#include <fmt/format.h>

#include "compiler/values/chars.hpp"
#include "compiler/values/shell.hpp"

namespace hookc::values {
namespace {

void append_single_quoted_inside(std::string& out, std::string_view value) {
  for (char c : value) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
}

}  // namespace

Checked<std::string> shell_escape(std::string_view value, ShellContext context) {
  if (const std::size_t nul = value.find('\0'); nul != std::string_view::npos) {
    return fail("a NUL cannot stand in a shell command", nul, nul + 1);
  }
  std::string out;
  out.reserve(value.size() + 2);
  switch (context) {
    case ShellContext::Unquoted:
      out += '\'';
      append_single_quoted_inside(out, value);
      out += '\'';
      return out;
    case ShellContext::SingleQuoted: append_single_quoted_inside(out, value); return out;
    case ShellContext::DoubleQuotedAfterName:
      out += "\"\"";
      [[fallthrough]];  // close and open: ends the name
    case ShellContext::DoubleQuoted:
      for (char c : value) {
        if (c == '$' || c == '`' || c == '"' || c == '\\') out += '\\';
        out += c;
      }
      return out;
    case ShellContext::HereDocument:
    case ShellContext::Delimiter:
    case ShellContext::Backquote:
    case ShellContext::DollarSingle:
    case ShellContext::Comment:
    case ShellContext::ParameterExpansion:
    case ShellContext::Arithmetic:
    case ShellContext::AfterBackslash:
    case ShellContext::AfterDollar:
    case ShellContext::Unclear: break;
  }
  return fail(fmt::format("a value cannot be quoted {}", describe(context)), 0, value.size());
}

std::string_view describe(ShellContext context) {
  switch (context) {
    case ShellContext::Unquoted: return "outside quotes";
    case ShellContext::SingleQuoted: return "inside single quotes";
    case ShellContext::DoubleQuoted:
    case ShellContext::DoubleQuotedAfterName: return "inside double quotes";
    case ShellContext::HereDocument: return "inside a here-document";
    case ShellContext::Delimiter: return "in the delimiter of a here-document";
    case ShellContext::Backquote: return "inside backquotes";
    case ShellContext::DollarSingle: return "inside `$'…'`";
    case ShellContext::Comment: return "inside a comment";
    case ShellContext::ParameterExpansion: return "inside a shell variable's `${…}`";
    case ShellContext::Arithmetic: return "inside `$((…))`";
    case ShellContext::AfterBackslash: return "directly after a backslash";
    case ShellContext::AfterDollar: return "directly after `$`";
    case ShellContext::Unclear: return "after a construct that shells read differently";
  }
  return "";
}

}  // namespace hookc::values
