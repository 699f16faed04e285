// Golden files: tests/golden/<path>. HOOKC_UPDATE=1 writes them anew; reviewers read the diff.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <catch2/catch.hpp>

namespace hookc::test {

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  return all.str();
}

/// Fails unless `got` is what tests/golden/`path` holds, byte for byte.
inline void check_golden(std::string_view path, std::string_view got) {
  const std::filesystem::path file =
      std::filesystem::path(HOOKC_SOURCE_DIR) / "tests/golden" / path;
  const char* const update = std::getenv("HOOKC_UPDATE");
  if (update != nullptr && std::string_view(update) == "1") {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << got;
    return;
  }
  INFO("golden file " << path << "; HOOKC_UPDATE=1 writes it anew");
  CHECK(read_file(file) == got);
}

}  // namespace hookc::test
