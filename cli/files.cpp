#include "cli/files.hpp"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

namespace hookc::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t max_size = UINT32_MAX - 1ULL;  // offsets are 32 bits wide

std::string reason_of(int error) {
  return std::strerror(error);
}

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "it is a FIFO, not a regular file";
  if (S_ISSOCK(mode)) return "it is a socket, not a regular file";
  if (S_ISDIR(mode)) return "it is a directory";
  return "it is a device, not a regular file";
}

struct Descriptor {
  int fd = -1;
  explicit Descriptor(int opened) : fd(opened) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

/// Appends what is left to read; an errno, EFBIG above the limit, or 0.
int read_all(int fd, std::string& text) {
  constexpr std::size_t step = 64 * 1024;
  std::size_t used = text.size();
  while (true) {
    if (text.size() - used < step) text.resize(std::max(text.size() * 2, used + step));
    const ssize_t got = ::read(fd, text.data() + used, text.size() - used);
    if (got < 0) {
      if (errno == EINTR) continue;
      return errno;
    }
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > max_size) return EFBIG;
  }
  text.resize(used);
  return 0;
}

bool segments_match(std::span<const std::string> pattern, std::span<const std::string_view> path) {
  if (pattern.empty()) return path.empty();
  if (pattern.front() == "**") {
    // A trailing ** is everything below, not the directory itself.
    if (pattern.size() == 1) return !path.empty();
    for (std::size_t skip = 0; skip <= path.size(); ++skip) {
      if (segments_match(pattern.subspan(1), path.subspan(skip))) return true;
    }
    return false;
  }
  if (path.empty()) return false;
  const std::string name(path.front());
  return ::fnmatch(pattern.front().c_str(), name.c_str(), 0) == 0 &&
         segments_match(pattern.subspan(1), path.subspan(1));
}

/// The .gitignore files that hold at a directory, outermost first.
struct IgnoreFile {
  std::string directory;  // a prefix of the paths it speaks of, "" or with a final slash
  std::vector<IgnorePattern> patterns;
};

class Finder {
 public:
  explicit Finder(FileList& found) : found_(found) {}

  void directory(const std::string& path) {
    const std::string prefix = path == "." ? "" : (path.ends_with('/') ? path : path + "/");
    outer_ignores(path);
    walk(prefix);
    ignores_.clear();
  }

  void file(const std::string& path, const struct stat& info) {
    if (seen_.emplace(info.st_dev, info.st_ino).second) found_.paths.push_back(path);
  }

 private:
  /// .gitignore files above `path`, up to the directory that holds .git.
  void outer_ignores(const std::string& path) {
    std::error_code error;
    const fs::path start = fs::weakly_canonical(path, error);
    if (error) return;
    std::vector<fs::path> above;
    bool in_repository = fs::exists(start / ".git", error);
    for (fs::path at = start; !in_repository && at.has_relative_path();) {
      at = at.parent_path();
      above.push_back(at);
      in_repository = fs::exists(at / ".git", error);
    }
    if (!in_repository) return;
    for (auto it = above.rbegin(); it != above.rend(); ++it) {
      auto text = read_input((*it / ".gitignore").string());
      if (!text) continue;
      // These speak of paths that we know by another name: match below `start` by its own path from
      // there.
      std::string from = start.lexically_relative(*it).string() + "/";
      outer_.push_back({std::move(from), parse_gitignore(*text)});
    }
  }

  bool ignored(const std::string& path, const std::string& root_relative, bool is_directory) const {
    int verdict = -1;
    for (const IgnoreFile& file : outer_) {
      const int answer =
          match_gitignore(file.patterns, file.directory + root_relative, is_directory);
      if (answer >= 0) verdict = answer;
    }
    for (const IgnoreFile& file : ignores_) {
      const int answer = match_gitignore(
          file.patterns, std::string_view(path).substr(file.directory.size()), is_directory);
      if (answer >= 0) verdict = answer;
    }
    return verdict == 1;
  }

  void walk(const std::string& root) {
    struct Pending {
      std::string prefix;
      std::size_t ignores;  // how many .gitignore files hold there
    };
    std::vector<Pending> pending = {{root, 0}};
    while (!pending.empty()) {
      const Pending here = std::move(pending.back());
      pending.pop_back();
      // Depth first: what was pushed by finished directories is no longer in force.
      ignores_.resize(here.ignores);
      std::error_code error;
      fs::directory_iterator entries(here.prefix.empty() ? "." : here.prefix, error);
      if (error) {
        found_.errors.push_back({here.prefix.empty() ? "." : here.prefix, error.message()});
        continue;
      }
      if (auto text = read_input(here.prefix + ".gitignore")) {
        ignores_.push_back({here.prefix, parse_gitignore(*text)});
      }
      for (; entries != fs::directory_iterator(); entries.increment(error)) {
        if (error) break;
        const std::string name = entries->path().filename().string();
        const std::string path = here.prefix + name;
        struct stat link{};
        if (::lstat(path.c_str(), &link) != 0 || name == ".git") continue;
        const bool is_directory = S_ISDIR(link.st_mode);
        if (!is_directory && !name.ends_with(".hook")) continue;
        if (ignored(path, path.substr(root.size()), is_directory)) continue;
        if (is_directory) {
          pending.push_back({path + "/", ignores_.size()});
          continue;
        }
        struct stat target{};
        if (::stat(path.c_str(), &target) != 0) {
          found_.errors.push_back({path, reason_of(errno)});
        } else if (S_ISREG(target.st_mode)) {
          file(path, target);
        } else if (!S_ISDIR(target.st_mode)) {
          found_.errors.push_back({path, std::string(kind_of(target.st_mode))});
        }
      }
      if (error) found_.errors.push_back({here.prefix, error.message()});
    }
    outer_.clear();
  }

  FileList& found_;
  std::set<std::pair<dev_t, ino_t>> seen_;
  std::vector<IgnoreFile> outer_;
  std::vector<IgnoreFile> ignores_;
};

}  // namespace

std::vector<IgnorePattern> parse_gitignore(std::string_view text) {
  std::vector<IgnorePattern> patterns;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    IgnorePattern pattern;
    if (line.starts_with('!')) {
      pattern.negated = true;
      line.remove_prefix(1);
    }
    if (line.ends_with('/')) {
      pattern.directory_only = true;
      line.remove_suffix(1);
    }
    // A slash that is not the last character ties the pattern to the directory of its file.
    const bool tied = line.find('/') != std::string_view::npos;
    if (line.starts_with('/')) line.remove_prefix(1);
    if (!tied) pattern.segments.emplace_back("**");
    while (!line.empty()) {
      const std::size_t slash = std::min(line.find('/'), line.size());
      if (slash > 0) pattern.segments.emplace_back(line.substr(0, slash));
      line.remove_prefix(std::min(slash + 1, line.size()));
    }
    if (!pattern.segments.empty()) patterns.push_back(std::move(pattern));
  }
  return patterns;
}

int match_gitignore(const std::vector<IgnorePattern>& patterns, std::string_view path,
                    bool is_directory) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    if (slash > 0) segments.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash + 1, path.size()));
  }
  int verdict = -1;
  for (const IgnorePattern& pattern : patterns) {
    if (pattern.directory_only && !is_directory) continue;
    if (segments_match(pattern.segments, segments)) verdict = pattern.negated ? 0 : 1;
  }
  return verdict;
}

FileList find_hook_files(std::span<const std::string> paths) {
  FileList found;
  Finder finder(found);
  bool standard_input = false;
  for (const std::string& path : paths) {
    if (path == "-") {
      standard_input = true;
      continue;
    }
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
      found.errors.push_back({path, reason_of(errno)});
    } else if (S_ISDIR(info.st_mode)) {
      const std::size_t before = found.paths.size() + found.errors.size();
      finder.directory(path);
      if (found.paths.size() + found.errors.size() == before && paths.size() == 1) {
        found.errors.push_back({path, "no *.hook file below it"});
      }
    } else if (S_ISREG(info.st_mode)) {
      finder.file(path, info);
    } else {
      found.errors.push_back({path, std::string(kind_of(info.st_mode))});
    }
  }
  for (std::string& path : found.paths) {
    while (path.starts_with("./") && path.size() > 2) path.erase(0, 2);
  }
  std::sort(found.paths.begin(), found.paths.end());
  if (standard_input) found.paths.insert(found.paths.begin(), "-");
  return found;
}

std::string project_root() {
  std::error_code error;
  const fs::path start = fs::current_path(error);
  if (error) return ".";
  std::string relative = ".";
  for (fs::path at = start;; at = at.parent_path()) {
    if (fs::exists(at / "hookc.toml", error) || fs::exists(at / ".git", error)) return relative;
    if (!at.has_relative_path()) return ".";
    relative = relative == "." ? ".." : "../" + relative;
  }
}

std::vector<std::string> split_paths(std::string_view text) {
  const char separator = text.find('\0') != std::string_view::npos ? '\0' : '\n';
  std::vector<std::string> paths;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (separator == '\n' && line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) paths.emplace_back(line);
  }
  return paths;
}

std::expected<std::string, FileError> read_input(const std::string& path) {
  std::string text;
  if (path == "-") {
    if (const int error = read_all(STDIN_FILENO, text)) {
      return std::unexpected(
          FileError{"standard input", error == EFBIG ? "it is 4 GiB or more" : reason_of(error)});
    }
    return text;
  }
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (file.fd < 0) return std::unexpected(FileError{path, reason_of(errno)});
  struct stat info{};
  if (::fstat(file.fd, &info) != 0) return std::unexpected(FileError{path, reason_of(errno)});
  if (!S_ISREG(info.st_mode))
    return std::unexpected(FileError{path, std::string(kind_of(info.st_mode))});
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (size > max_size) return std::unexpected(FileError{path, "it is 4 GiB or more"});
  // One read to its end and one that finds nothing more, without growing.
  text.resize(size + 64 * 1024);
  std::size_t used = 0;
  while (used < text.size()) {
    const ssize_t got = ::read(file.fd, text.data() + used, text.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(FileError{path, reason_of(errno)});
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
  }
  const bool more = used == text.size();
  text.resize(used);
  if (more) {
    if (const int error = read_all(file.fd, text)) {
      return std::unexpected(
          FileError{path, error == EFBIG ? "it is 4 GiB or more" : reason_of(error)});
    }
  }
  return text;
}

std::expected<void, FileError> replace_file(const std::string& path, std::string_view text) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  if (error) return std::unexpected(FileError{path, error.message()});
  struct stat info{};
  if (::stat(target.c_str(), &info) != 0) return std::unexpected(FileError{path, reason_of(errno)});
  std::string temporary = target.string() + ".XXXXXX";
  const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (file.fd < 0) return std::unexpected(FileError{path, reason_of(errno)});
  const auto fail = [&](int reason) {
    ::unlink(temporary.c_str());
    return std::unexpected(FileError{path, reason_of(reason)});
  };
  while (!text.empty()) {
    const ssize_t put = ::write(file.fd, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return fail(errno);
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fchmod(file.fd, info.st_mode & 07777) != 0) return fail(errno);
  if (::fsync(file.fd) != 0) return fail(errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) return fail(errno);
  return {};
}

}  // namespace hookc::cli
