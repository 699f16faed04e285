// Sentences of the language in short, for outlines and titles.
#pragma once

#include <string>
#include <string_view>

#include "compiler/ast/ast.hpp"
#include "lsp/features/document.hpp"

namespace hookc::lsp {

/// `exec in pod orders-db`, `http post ${slack}`, `use postgres.freeze`: without the command or the
/// arguments.
std::string summary_of(const Document& document, const ast::Action& action);
/// The whole action on one line, cut where it is long.
std::string sentence_of(const Document& document, const ast::Action& action);
/// `post backup on failure`
std::string phase_of(const ast::Hook& hook);
std::string_view word_of(ast::Operation operation);

}  // namespace hookc::lsp
