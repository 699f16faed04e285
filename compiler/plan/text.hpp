// Plans and expressions as text for people.
#pragma once

#include <string>

#include "compiler/plan/plan.hpp"

namespace hookc::plan {

/// The whole plan as an indented outline, every field that is not its default, expressions as the
/// language writes them: what `hookc ir --stage plan` prints. Byte-stable.
std::string to_text(const Plan& plan);

/// An expression as the language writes it: `status in 200..299 and body contains "ok"`. Names are
/// those of `plan`; escapes are left out, since the place of a splice says them. For reading, not
/// for parsing again.
std::string to_source(const Expr& expr, const Plan& plan);

/// A text with its splices, without quotes: `psql -h ${host}`; any other expression as `${…}`.
std::string to_source_text(const Expr& expr, const Plan& plan);

}  // namespace hookc::plan
