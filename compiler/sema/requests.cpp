// Bodies that claim a format (rule 38).
#include "compiler/sema/checker.hpp"
#include "compiler/values/json_text.hpp"

namespace hookc::sema {

namespace {

/// "application/json; charset=utf-8" and "application/vnd.x+json" are JSON.
bool is_json(std::string_view content_type) {
  const std::string_view type = content_type.substr(0, content_type.find(';'));
  return type.find("/json") != std::string_view::npos ||
         type.find("+json") != std::string_view::npos;
}
bool is_form(std::string_view content_type) {
  return content_type.starts_with("application/x-www-form-urlencoded");
}

}  // namespace

void Checker::check_structured_body(const Scope& scope, const ast::Clause& body,
                                    std::string_view content_type) {
  const bool json = is_json(content_type);
  if (!json && !is_form(content_type)) return;
  const ast::Module& file = ast(scope.module);
  if (!body.text.valid() || file[body.text].broken) return;
  for (const ast::TextPart& part : file.parts_of(body.text)) {
    if (!part.is_splice()) continue;
    add(Code::HK5006, scope.module, part.span, "a value in a {} body is not encoded",
        json ? "JSON" : "form")
        .label("goes in as it is")
        .also(at(scope.module, body.keyword), "the body")
        .help(json ? "write `json {…}`: it encodes every value and sets the content type"
                   : "write `form {…}`: it encodes every value and sets the content type");
    return;
  }
  if (!json) return;
  const auto text = ast::literal_text(file, body.text);
  if (!text) return;
  if (const auto checked = values::check_json(*text); !checked) {
    bad_value(Code::HK5003, scope.module, body.text, checked.error());
  }
}

}  // namespace hookc::sema
