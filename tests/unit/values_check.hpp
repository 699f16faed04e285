// How the tables of the value tests write down a result.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "compiler/values/value_error.hpp"

/// "ok", or `begin-end: message`, and ` => suggestion` where there is one.
template <typename T>
std::string shown(const hookc::values::Checked<T>& result) {
  if (result) return "ok";
  const auto& e = result.error();
  return fmt::format("{}-{}: {}{}", e.begin, e.end, e.message,
                     e.suggestion ? " => " + *e.suggestion : "");
}

/// One row: the text, what shown() gives, and the rule that says so.
struct ValueRow {
  std::string_view text;
  std::string_view expected;
  const char* rule;
};
