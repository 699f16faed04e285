#include "compiler/diagnostics/explain/explain.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "cli/commands.hpp"
#include "compiler/diagnostics/render/escape.hpp"

namespace hookc::cli {

namespace {

/// "HK2103", "hk2103", "2103", "impossible_policy", "impossible-policy".
std::optional<Code> code_of(std::string_view word) {
  if (const auto code = find_code(word)) return code;
  std::string name(word);
  std::replace(name.begin(), name.end(), '-', '_');
  if (const auto code = find_code(name)) return code;
  return find_code("HK" + name);
}

Exit unknown(const Command* command, std::string_view word) {
  std::vector<std::string_view> names;
  for (const CodeInfo& code : all_codes()) {
    names.push_back(code.id);
    names.push_back(code.name);
  }
  std::string shown;
  render::append_terminal(shown, word);
  const bool digits = word.find_first_not_of("0123456789") == std::string_view::npos;
  const std::string wrong = digits ? "HK" + std::string(word) : std::string(word);
  if (const auto near = did_you_mean(wrong, names)) {
    const CodeInfo& code = info(*find_code(*near));
    return usage_error(command, fmt::format("unknown code `{}`; did you mean `{}` ({})?", shown,
                                            code.id, code.title));
  }
  return usage_error(command, fmt::format("unknown code `{}`; `hookc explain` lists all", shown));
}

Exit run(const Arguments& given) {
  std::string out;
  if (given.words.empty()) {
    for (const CodeInfo& code : all_codes()) {
      out += fmt::format("{}  {:<7}  {:<24}  {}\n", code.id, to_string(code.severity), code.name,
                         code.title);
    }
    return print(out);
  }
  for (const std::string_view word : given.words) {
    const auto code = code_of(word);
    if (!code) return unknown(given.command, word);
    if (!out.empty()) out += '\n';
    out += explain_page(*code);
  }
  return print(out);
}

}  // namespace

constinit const Command explain_command = {
    "explain",
    "Explain a finding: what it means, an example, why it matters, the mend.",
    "[CODE…|NAME…]",
    "Takes the code that stands in brackets in a finding, in any case and with or without HK, or "
    "its name. Without one "
    "it lists all codes.\n",
    {},
    Words::Codes,
    "  hookc explain HK2103\n"
    "  hookc explain impossible-policy\n"
    "  hookc explain                                 all codes\n",
    run,
};

}  // namespace hookc::cli
