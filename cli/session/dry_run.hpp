// What a session would do, without doing it.
#pragma once

#include "compiler/plan/plan.hpp"
#include "interpreter/core/session.hpp"
#include "interpreter/io/cluster.hpp"

namespace hookc::cli {

/// Drives the engine as if everything succeeded at once, and prints each attempt that would be made
/// to standard output. `cluster` is only asked which pods match; null: each query is answered by a
/// pod called as the query is. With `past` it carries on from there, at the moment `now`.
void dry_run(const plan::Plan& plan, engine::Inputs inputs, io::Cluster* cluster,
             const std::string& operation, const engine::Past* past = nullptr,
             engine::Millis now = 0);

}  // namespace hookc::cli
