#include "interpreter/io/process.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "interpreter/io/bounded_output.hpp"

namespace hookc::io {

namespace {

constexpr engine::Millis kDrainAfterExit = 1'000;
constexpr engine::Millis kSweepAtFirst = 10;
constexpr engine::Millis kSweepAtMost = 320;
constexpr engine::Millis kTermAfterEof = 1'000;
constexpr engine::Millis kGiveUpAfter = 2'000;
constexpr std::size_t kReadSize = std::size_t{64} * 1024;
constexpr std::size_t kPipeSize = std::size_t{1024} * 1024;

/// "NAME=value" lines: hookc's own environment with `extra` over it, and the mark of the tree.
std::vector<std::string> merged_environment(
    const std::vector<std::pair<std::string, std::string>>& extra, const std::string& mark) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos)
      merged.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  for (const auto& [name, value] : extra) merged[name] = value;
  std::string& marks = merged[std::string(kMarkVariable)];
  marks += (marks.empty() ? "" : " ") + mark;
  std::vector<std::string> lines;
  lines.reserve(merged.size());
  for (const auto& [name, value] : merged) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& s : strings) result.push_back(s.data());
  result.push_back(nullptr);
  return result;
}

}  // namespace

struct Process::State : std::enable_shared_from_this<Process::State> {
  /// A libuv handle keeps the State alive until it is closed.
  struct Pipe {
    uv_pipe_t pipe{};
    State* state = nullptr;
    int stream = 0;
    std::shared_ptr<State> alive;
    bool opened = false;
    bool paused = false;
    std::size_t owed = 0;  // written before the end of the process and not read yet
    std::vector<char> buffer;
  };

  State(Loop& l, ProcessSpec s, std::function<void(ProcessEnd)> end)
      : loop(l),
        spec(std::move(s)),
        on_end(std::move(end)),
        stop_timer(l),
        drain_timer(l),
        sweep_timer(l) {}

  Loop& loop;
  ProcessSpec spec;
  std::function<void(ProcessEnd)> on_end;
  Timer stop_timer, drain_timer, sweep_timer;
  uv_process_t process{};
  std::shared_ptr<State> process_alive;
  Pipe pipes[3];
  BoundedOutput out, err;
  ProcessTree tree;
  bool exited = false;
  int exit_code = 0;
  /// How far stopping it has come.
  enum class Stop { No, Eof, Term, Kill, GivenUp } stopping = Stop::No;
  std::set<ProcessId> told;  // to end, at this stage
  engine::Millis sweep_wait = kSweepAtFirst;

  void start();
  int open(int stream);
  void close(Pipe& pipe);
  void read(Pipe& pipe);
  void took(Pipe& pipe, std::string_view bytes);
  void read_what_is_there();
  void write(std::string text, bool close_then);
  void ended(std::int64_t status, int signal);
  void drained();
  void stop();
  void terminate();
  void tell(int signal);
  void maybe_finish();
  ProcessEnd output() const;
  void finish(ProcessEnd end);
};

/// Makes the pipe of a stream and gives the process's end of it, or a libuv error. Pipes, because
/// what libuv makes by itself are sockets, and nobody can open /dev/stdout on a socket.
int Process::State::open(int stream) {
  uv_file ends[2];
  const int error =
      uv_pipe(ends, stream == 0 ? 0 : UV_NONBLOCK_PIPE, stream == 0 ? UV_NONBLOCK_PIPE : 0);
  if (error != 0) return error;
  Pipe& pipe = pipes[stream];
  uv_pipe_init(loop.get(), &pipe.pipe, 0);
  pipe.state = this;
  pipe.stream = stream;
  pipe.alive = shared_from_this();
  pipe.pipe.data = &pipe;
  pipe.opened = true;
  uv_pipe_open(&pipe.pipe, ends[stream == 0 ? 1 : 0]);
  return ends[stream == 0 ? 0 : 1];
}

void Process::State::close(Pipe& pipe) {
  if (!pipe.opened) return;
  pipe.opened = false;
  uv_close(reinterpret_cast<uv_handle_t*>(&pipe.pipe), [](uv_handle_t* closed) {
    auto alive = std::move(static_cast<Pipe*>(closed->data)->alive);  // may destroy the State here
  });
}

void Process::State::start() {
  Children& children = loop.children();
  tree.mark = children.new_mark();
  std::vector<std::string> env = merged_environment(spec.env, tree.mark);
  std::vector<char*> env_pointers = pointers(env);
  std::vector<char*> argv_pointers = pointers(spec.argv);

  uv_stdio_container_t stdio[3] = {};
  int error = 0;
  for (const int stream : {0, 1, 2}) {
    stdio[stream].flags = UV_IGNORE;
    if (stream == 0 && spec.inherit_stdin) {
      stdio[stream].flags = UV_INHERIT_FD;
    } else if (stream != 0 || spec.stdin_text || spec.keep_stdin) {
      const int end = error == 0 ? open(stream) : error;
      if (end < 0) {
        error = end;
        continue;
      }
      stdio[stream].flags = UV_INHERIT_FD;
      stdio[stream].data.fd = end;
    }
  }

  uv_process_options_t options = {};
  options.file = spec.argv.front().c_str();
  options.args = argv_pointers.data();
  options.env = env_pointers.data();
  options.cwd = spec.working_directory.empty() ? nullptr : spec.working_directory.c_str();
  options.flags = UV_PROCESS_DETACHED;  // setsid
  options.stdio = stdio;
  options.stdio_count = 3;
  options.exit_cb = [](uv_process_t* ended, std::int64_t status, int signal) {
    static_cast<State*>(ended->data)->ended(status, signal);
  };
  if (error == 0) {
    error = uv_spawn(loop.get(), &process, &options);
    process.data = this;
    process_alive = shared_from_this();
  }
  for (Pipe& pipe : pipes) {
    if (pipe.opened) ::close(stdio[pipe.stream].data.fd);
  }
  if (error != 0) {
    ProcessEnd end;
    end.error = fmt::format("cannot start `{}`: {}", spec.argv.front(), uv_strerror(error));
    // Not from inside the constructor: the owner does not hold this yet.
    drain_timer.start(0, [this, end = std::move(end)]() mutable { finish(std::move(end)); });
    return;
  }
  children.add(process.pid);
  tree.leader.pid = process.pid;
  if (const auto stat = process_stat(process.pid)) tree.leader = stat->id;

  for (const int stream : {1, 2}) read(pipes[stream]);
  if (spec.stdin_text) {
    write(std::move(*spec.stdin_text), !spec.keep_stdin);
  } else if (!spec.keep_stdin) {
    close(pipes[0]);
  }
}

void Process::State::read(Pipe& pipe) {
  uv_read_start(
      reinterpret_cast<uv_stream_t*>(&pipe.pipe),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto& storage = static_cast<Pipe*>(handle->data)->buffer;
        storage.resize(kReadSize);
        *buffer = uv_buf_init(storage.data(), static_cast<unsigned>(storage.size()));
      },
      [](uv_stream_t* stream_handle, ssize_t count, const uv_buf_t* buffer) {
        auto* from = static_cast<Pipe*>(stream_handle->data);
        State* state = from->state;
        if (count > 0) {
          state->took(*from, {buffer->base, static_cast<std::size_t>(count)});
        } else if (count < 0) {
          state->close(*from);
          state->maybe_finish();
        }
      });
}

void Process::State::took(Pipe& pipe, std::string_view bytes) {
  pipe.owed -= std::min(pipe.owed, bytes.size());
  (pipe.stream == 1 ? out : err).append(bytes);
  if (spec.on_output) spec.on_output(pipe.stream, bytes);
}

/// Without waiting for the loop: what the process printed before this moment.
void Process::State::read_what_is_there() {
  for (const int stream : {1, 2}) {
    Pipe& pipe = pipes[stream];
    uv_os_fd_t fd = -1;
    if (!pipe.opened || uv_fileno(reinterpret_cast<uv_handle_t*>(&pipe.pipe), &fd) != 0) continue;
    std::vector<char> buffer(kReadSize);
    // A process that prints without end must not keep us here.
    for (std::size_t i = 0; i < kPipeSize / kReadSize; ++i) {
      const ssize_t count = ::read(fd, buffer.data(), buffer.size());
      if (count <= 0) break;
      took(pipe, {buffer.data(), static_cast<std::size_t>(count)});
    }
  }
}

void Process::State::write(std::string text, bool close_then) {
  struct Write {
    uv_write_t request{};
    std::string text;
    bool close_then = false;
    std::shared_ptr<State> state;
  };
  Pipe& pipe = pipes[0];
  if (!pipe.opened) return;
  auto* written = new Write{{}, std::move(text), close_then, shared_from_this()};
  written->request.data = written;
  uv_buf_t bytes = uv_buf_init(written->text.data(), static_cast<unsigned>(written->text.size()));
  // A reader that closes early makes this fail with EPIPE, which is the command's own choice and no
  // error.
  const auto done = [](uv_write_t* request, int) {
    const std::unique_ptr<Write> write(static_cast<Write*>(request->data));
    if (write->close_then) write->state->close(write->state->pipes[0]);
  };
  if (uv_write(&written->request, reinterpret_cast<uv_stream_t*>(&pipe.pipe), &bytes, 1, done) != 0)
    done(&written->request, 0);
}

void Process::State::ended(std::int64_t status, int signal) {
  loop.children().remove(tree.leader.pid);
  exited = true;
  exit_code = signal != 0 ? 128 + signal : static_cast<int>(status);
  for (const int stream : {1, 2}) {
    Pipe& pipe = pipes[stream];
    uv_os_fd_t fd = -1;
    int there = 0;
    if (pipe.opened && uv_fileno(reinterpret_cast<uv_handle_t*>(&pipe.pipe), &fd) == 0 &&
        ::ioctl(fd, FIONREAD, &there) == 0)
      pipe.owed = static_cast<std::size_t>(there);
  }
  close(pipes[0]);
  drain_timer.start(kDrainAfterExit, [this] { drained(); });
  maybe_finish();
}

void Process::State::drained() {
  // Whoever takes the output may be slow: what the process itself wrote is waited for.
  const bool owes =
      std::ranges::any_of(pipes, [](const Pipe& pipe) { return pipe.opened && (pipe.owed != 0); });
  if (owes && stopping == Stop::No) {
    drain_timer.start(kDrainAfterExit, [this] { drained(); });
    return;
  }
  for (Pipe& pipe : pipes) close(pipe);
  maybe_finish();
}

void Process::State::stop() {
  if (tree.leader.pid == 0 || !on_end || stopping != Stop::No) return;
  stopping = Stop::Eof;
  const bool waits_for_eof = spec.keep_stdin && pipes[0].opened && !exited;
  close(pipes[0]);
  if (waits_for_eof) {
    stop_timer.start(kTermAfterEof, [this] { terminate(); });
  } else {
    terminate();
  }
}

void Process::State::terminate() {
  stopping = Stop::Term;
  tell(SIGTERM);
  stop_timer.start(spec.kill_after, [this] {
    stopping = Stop::Kill;
    told.clear();
    sweep_wait = kSweepAtFirst;
    stop_timer.start(kGiveUpAfter, [this] {
      stopping = Stop::GivenUp;  // it waits in the kernel, for a disk or a network file system
      maybe_finish();
    });
    maybe_finish();
  });
  maybe_finish();
}

/// Each member of the tree once at each stage: a second TERM may mean something else to it.
void Process::State::tell(int signal) {
  // Without /proc the group is all we know of.
  if (tree.leader.started == 0 && !exited && told.insert(tree.leader).second)
    ::kill(-tree.leader.pid, signal);
  for (const ProcessId& id : loop.children().living(tree)) {
    if (told.insert(id).second) send_signal(id, signal);
  }
}

void Process::State::maybe_finish() {
  if (!on_end) return;
  if (exited && stopping == Stop::Eof) {
    terminate();
    return;
  }
  if (stopping == Stop::Term || stopping == Stop::Kill) {
    // Sweeps find what was started in between, and notice when the last one has gone.
    tell(stopping == Stop::Term ? SIGTERM : SIGKILL);
    if (!exited || !loop.children().living(tree).empty()) {
      sweep_timer.start(sweep_wait, [this] { maybe_finish(); });
      sweep_wait = std::min(2 * sweep_wait, kSweepAtMost);
      return;
    }
  }
  if (stopping != Stop::GivenUp && (!exited || pipes[1].opened || pipes[2].opened)) return;
  finish(output());
}

ProcessEnd Process::State::output() const {
  ProcessEnd end;
  end.exit_code = exit_code;
  end.stdout_text = out.text();
  end.stderr_text = err.text();
  end.truncated = out.truncated() || err.truncated();
  return end;
}

void Process::State::finish(ProcessEnd end) {
  stop_timer.stop();
  drain_timer.stop();
  sweep_timer.stop();
  for (Pipe& pipe : pipes) close(pipe);
  if (process_alive && !uv_is_closing(reinterpret_cast<uv_handle_t*>(&process))) {
    uv_close(reinterpret_cast<uv_handle_t*>(&process), [](uv_handle_t* closed) {
      auto alive = std::move(static_cast<State*>(closed->data)->process_alive);
    });
  }
  // libuv waits for nobody whose handle is closed.
  if (!exited) loop.children().remove(tree.leader.pid);
  if (on_end) std::exchange(on_end, nullptr)(std::move(end));
}

Process::Process(Loop& loop, ProcessSpec spec, std::function<void(ProcessEnd)> on_end)
    : state_(std::make_shared<State>(loop, std::move(spec), std::move(on_end))) {
  state_->start();
}

Process::~Process() {
  if (!state_->on_end) return;
  state_->on_end = nullptr;
  state_->told.clear();
  if (state_->tree.leader.pid != 0) state_->tell(SIGKILL);
  state_->finish({});
}

void Process::stop() {
  state_->stop();
}

void Process::finish_stdin(std::string text) {
  if (!state_->on_end) return;
  state_->read_what_is_there();
  state_->out = state_->err = BoundedOutput();
  state_->write(std::move(text), true);
}

ProcessEnd Process::so_far() const {
  return state_->output();
}

void Process::pause(int stream) {
  State::Pipe& pipe = state_->pipes[stream];
  if (!pipe.opened || pipe.paused) return;
  pipe.paused = true;
  uv_read_stop(reinterpret_cast<uv_stream_t*>(&pipe.pipe));
}

void Process::resume(int stream) {
  State::Pipe& pipe = state_->pipes[stream];
  if (!pipe.paused) return;
  pipe.paused = false;
  if (pipe.opened) state_->read(pipe);
}

const ProcessTree& Process::tree() const {
  return state_->tree;
}

}  // namespace hookc::io
