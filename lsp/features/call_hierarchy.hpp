// Which hook runs what, through templates: hook or hold, template, then pod or function.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lsp/features/names.hpp"

namespace hookc::lsp {

/// One end of a call. To go on from it, ask again at the start of `place.name`.
struct CallItem {
  enum class Kind : std::uint8_t { Hook, Hold, Template, Function, Pod } kind{};
  std::string name;    // of a step without one: its phase
  std::string detail;  // what it is: `post backup on failure`, `hold template`, `pod`
  Target place;
};

struct Call {
  CallItem item;               // the other end
  std::vector<Location> from;  // where it is named, sorted: in the one who calls
};

/// What calls or can be called at `offset`: a name of such a thing, or the first words of a hook or
/// hold. O(steps + names).
std::vector<CallItem> prepare_calls(const query::Snapshot& snapshot, const std::string& path,
                                    std::uint32_t offset, std::span<const std::string> roots = {});

/// Who names the thing at `offset`, in all programs. O(references · steps).
std::vector<Call> incoming_calls(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, std::span<const std::string> roots = {});

/// What the thing at `offset` names, in the order it does. O(names inside).
std::vector<Call> outgoing_calls(const query::Snapshot& snapshot, const std::string& path,
                                 std::uint32_t offset, std::span<const std::string> roots = {});

}  // namespace hookc::lsp
