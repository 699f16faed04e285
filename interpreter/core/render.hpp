// A plan's action with every expression evaluated: the request the world is sent.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "compiler/plan/eval/eval.hpp"
#include "interpreter/core/protocol.hpp"

namespace hookc::engine {

/// The pods an action is sent to one by one; null where it concerns none (`wait` asks the world
/// itself).
const plan::PodSelection* pod_selection(const plan::Action& action);

/// Whether two selections name the same `pod P`, whatever they say of container, count and order
/// (rule 21).
bool same_pods(const plan::PodSelection& a, const plan::PodSelection& b);

/// A SessionInput's session is the caller's to fill in. `namespace_name` stands in where the plan
/// states none; `functions` are the plan's. The error is one line; rule 7: it is not retried.
std::expected<Request, std::string> render(const plan::Action& action,
                                           const std::vector<plan::FunctionSpec>& functions,
                                           const plan::Scope& scope,
                                           const std::string& namespace_name);
std::expected<SecretRef, std::string> render_secret(const plan::SecretSource& source,
                                                    const plan::Scope& scope);
std::expected<PodQuery, std::string> render_query(const plan::PodSelection& selection,
                                                  const plan::Scope& scope,
                                                  const std::string& namespace_name);

/// The URL of a request that goes to a pod: `host` is a name or an address (IPv6 gets its brackets,
/// RFC 3986 3.2.2), `port` a number, or the name of one in what only people read.
std::string pod_url(const HttpRequest& request, std::string_view host, std::string_view port);

/// host:port, with IPv6 addresses in brackets. The error is one line.
std::expected<TcpRequest, std::string> parse_endpoint(std::string_view text);

}  // namespace hookc::engine
