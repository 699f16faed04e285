// LD_PRELOAD for crash_test.py: makes the N-th write to the state directory the last thing that
// hookc-session does, or the first that fails. The product has no hook for tests; this is one.
//
//   HOOKC_CRASH_STATE   the state directory, absolute and without symbolic links
//   HOOKC_CRASH_AT      N, from 1; missing: never
//   HOOKC_CRASH_MODE    before, after: SIGKILL before or after the call; full, readonly: this call
//                       and all later ones fail with ENOSPC or EROFS
//   HOOKC_CRASH_NOTE    a file in which a line says that the N-th write has come
//   HOOKC_CRASH_COUNT   a file in which the process writes how many there were when it exits
//
// Counted are pwrite, write, fdatasync, fsync, ftruncate and fallocate on files of that directory.
// Mapped memory is not: SQLite keeps nothing in it that must survive.
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

enum class Mode { Before, After, Full, ReadOnly };

struct Plan {
  const char* state = nullptr;
  std::size_t state_length = 0;
  long at = 0;
  Mode mode = Mode::Before;
  std::atomic<long> count{0};

  Plan() {
    // Hooks inherit the environment; only the program that keeps the journal is meant.
    if (std::strcmp(program_invocation_short_name, "hookc-session") != 0) return;
    state = std::getenv("HOOKC_CRASH_STATE");
    if (state != nullptr) state_length = std::strlen(state);
    if (const char* const n = std::getenv("HOOKC_CRASH_AT")) at = std::atol(n);
    const char* const name = std::getenv("HOOKC_CRASH_MODE");
    if (name == nullptr || std::strcmp(name, "before") == 0)
      mode = Mode::Before;
    else if (std::strcmp(name, "after") == 0)
      mode = Mode::After;
    else if (std::strcmp(name, "full") == 0)
      mode = Mode::Full;
    else
      mode = Mode::ReadOnly;
  }
  ~Plan() {
    const char* const to = std::getenv("HOOKC_CRASH_COUNT");
    if (state == nullptr || to == nullptr) return;
    if (std::FILE* const file = std::fopen(to, "w")) {
      std::fprintf(file, "%ld\n", count.load());
      std::fclose(file);
    }
    state = nullptr;  // what destructors after this one still write is not counted
  }
};

Plan& plan() {
  static Plan it;
  return it;
}
// Read while the process starts, before anything can write.
[[gnu::constructor]] void start() {
  plan();
}

bool in_state(int fd) {
  const Plan& p = plan();
  if (p.state == nullptr) return false;
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t length = ::readlink(link, path, sizeof path);
  return length > static_cast<ssize_t>(p.state_length) &&
         std::memcmp(path, p.state, p.state_length) == 0 && path[p.state_length] == '/';
}

void note() {
  const char* const to = std::getenv("HOOKC_CRASH_NOTE");
  if (to == nullptr) return;
  const int fd = ::open(to, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return;
  const char line[] = "the moment has come\n";
  ::syscall(SYS_write, fd, line, sizeof line - 1);
  ::close(fd);
}

[[noreturn]] void die() {
  note();
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

/// Counts a call on `fd`, does what is planned for it, and else makes it.
template <typename Call>
auto counted(int fd, Call call) -> decltype(call()) {
  if (!in_state(fd)) return call();
  Plan& p = plan();
  const long now = ++p.count;
  if (p.at == 0 || now < p.at) return call();
  switch (p.mode) {
    case Mode::Before: die();
    case Mode::After: call(); die();
    case Mode::Full:
    case Mode::ReadOnly:
      if (now == p.at) note();
      errno = p.mode == Mode::Full ? ENOSPC : EROFS;
      return -1;
  }
  return -1;
}

template <typename Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* const real = next<ssize_t(int, const void*, size_t)>("write");
  return counted(fd, [=] { return real(fd, bytes, size); });
}
ssize_t pwrite(int fd, const void* bytes, size_t size, off_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return counted(fd, [=] { return real(fd, bytes, size, at); });
}
ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t at) {
  static auto* const real = next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return counted(fd, [=] { return real(fd, bytes, size, at); });
}
int fdatasync(int fd) {
  static auto* const real = next<int(int)>("fdatasync");
  return counted(fd, [=] { return real(fd); });
}
int fsync(int fd) {
  static auto* const real = next<int(int)>("fsync");
  return counted(fd, [=] { return real(fd); });
}
int ftruncate(int fd, off_t size) noexcept {
  static auto* const real = next<int(int, off_t)>("ftruncate");
  return counted(fd, [=] { return real(fd, size); });
}
int ftruncate64(int fd, off64_t size) noexcept {
  static auto* const real = next<int(int, off64_t)>("ftruncate64");
  return counted(fd, [=] { return real(fd, size); });
}
int fallocate(int fd, int how, off_t at, off_t size) {
  static auto* const real = next<int(int, int, off_t, off_t)>("fallocate");
  return counted(fd, [=] { return real(fd, how, at, size); });
}

}  // extern "C"
