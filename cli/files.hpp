// Which files a command works on, and their bytes.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hookc::cli {

/// Something that was asked for and cannot be had. `reason` is a line for the user.
struct FileError {
  std::string path;
  std::string reason;
};

struct FileList {
  std::vector<std::string> paths;  // sorted bytewise, each file once; "-" is standard input
  std::vector<FileError> errors;   // in the order of the request
};

/// A file is taken as it is, whatever its name; a directory stands for every `*.hook` file below
/// it. Below a directory `.git` and what .gitignore files leave out are passed over (all forms of
/// patterns; those of the directories above up to the one with `.git` count too), and symbolic
/// links to directories are not followed, so there are no loops. A file that is named itself is
/// never passed over.
FileList find_hook_files(std::span<const std::string> paths);

/// The nearest directory at or above the working directory that holds `hookc.toml` or `.git`, as a
/// path relative to the working directory ("." or "../.."); "." where there is none.
std::string project_root();

/// The paths in `text`: one a line, or separated by NUL if there is one.
std::vector<std::string> split_paths(std::string_view text);

/// All bytes of a regular file below 4 GiB; "-" reads standard input to its end. Never blocks on a
/// FIFO or device.
std::expected<std::string, FileError> read_input(const std::string& path);

/// Replaces the file's text by way of a temporary file beside it, so that a crash leaves the old or
/// the new text. The mode is kept; a symbolic link stays one.
std::expected<void, FileError> replace_file(const std::string& path, std::string_view text);

/// One pattern of a .gitignore, and whether it matches. Exposed for its tests.
struct IgnorePattern {
  std::vector<std::string> segments;  // "**" stands for any number of directories
  bool negated = false;
  bool directory_only = false;
};
std::vector<IgnorePattern> parse_gitignore(std::string_view text);
/// `path` is relative to the .gitignore's directory. The last pattern that matches decides: 1
/// ignored, 0 taken back, -1 no pattern matches.
int match_gitignore(const std::vector<IgnorePattern>& patterns, std::string_view path,
                    bool is_directory);

}  // namespace hookc::cli
