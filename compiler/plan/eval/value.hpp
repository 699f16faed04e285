// Values as text and as JSON.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "compiler/plan/expr.hpp"

namespace hookc::plan {

/// Deepest nesting of lists and objects that parse_json takes unless told otherwise: far above what
/// anybody sends, far below what a stack holds.
inline constexpr std::size_t kJsonDepth = 128;

/// The canonical text of a value where it is spliced into a text: a text is itself, durations and
/// sizes are as the language writes them (`1m30s`, `64MiB`), lists and objects are compact JSON,
/// null is `null`.
std::string to_text(const Value& value);

/// JSON (RFC 8259) on one line; durations and sizes become their canonical texts. Bytes that are no
/// UTF-8 become U+FFFD. O(value).
std::string to_json(const Value& value);

/// The same, indented by two blanks a level; ends without a line end.
std::string to_pretty_json(const Value& value);

/// Reads one JSON value (RFC 8259) from bytes of any origin. Objects keep the order of their keys;
/// of a key given twice the last value counts. Integers within int64 are integers, all other
/// numbers decimals. Never throws; the error is one line that says what is wrong and at which byte.
/// O(n log n).
std::expected<Value, std::string> parse_json(std::string_view text, std::size_t depth = kJsonDepth);

/// What kind of value this is, with its article: "a text", "a number", "a list", "nothing".
std::string_view kind_of(const Value& value);

/// The value of `key`, or null.
const Value* find(const Value::Object& object, std::string_view key);

}  // namespace hookc::plan
