#include "interpreter/io/read_file.hpp"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace hookc::io {

std::optional<std::string> read_file(const std::string& path) {
  std::error_code ignored;
  std::ifstream file(path, std::ios::binary);
  if (!file || std::filesystem::is_directory(path, ignored)) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace hookc::io
