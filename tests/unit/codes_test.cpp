#include <filesystem>

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include "compiler/diagnostics/explain/explain.hpp"

namespace hookc {
namespace {

TEST_CASE("every code has its page, and every page its parts", "[codes]") {
  namespace fs = std::filesystem;
  for (const CodeInfo& code : all_codes()) {
    CAPTURE(code.id);
    const std::string_view page = explain_page(code.code);
    INFO("docs/codes/" << code.id << ".md");
    REQUIRE_FALSE(page.empty());
    CHECK(page.starts_with(fmt::format("# {}: {}\n", code.id, code.title)));
    for (const std::string_view part :
         {"\n```hook bad", "\n```hook good\n", "\n## Why it matters\n", "\n## The mend\n"}) {
      CAPTURE(part);
      CHECK(page.find(part) != std::string_view::npos);
    }
    CHECK(page.find(fmt::format("`{}`", code.name)) != std::string_view::npos);
    CHECK(page.ends_with('\n'));
  }
  for (const auto& entry : fs::directory_iterator(HOOKC_SOURCE_DIR "/docs/codes")) {
    const std::string name = entry.path().stem().string();
    if (name == "README") continue;
    CAPTURE(name);
    CHECK(find_code(name).has_value());
  }
}

}  // namespace
}  // namespace hookc
