#include "interpreter/io/process.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "interpreter/io/bounded_output.hpp"

namespace hookc::io {

namespace {

constexpr engine::Millis kKillAfter = 10'000;
constexpr engine::Millis kDrainAfterExit = 1'000;
constexpr engine::Millis kSweepEvery = 20;

/// "NAME=value" lines: hookc's own environment with `extra` over it.
std::vector<std::string> merged_environment(
    const std::vector<std::pair<std::string, std::string>>& extra) {
  std::map<std::string, std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view line = *entry;
    const std::size_t equals = line.find('=');
    if (equals != std::string_view::npos)
      merged.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  for (const auto& [name, value] : extra) merged[name] = value;
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
    std::vector<char> buffer;
  };

  State(Loop& l, ProcessSpec s, std::function<void(ProcessEnd)> end)
      : loop(l),
        spec(std::move(s)),
        on_end(std::move(end)),
        kill_timer(l),
        drain_timer(l),
        sweep_timer(l) {}

  Loop& loop;
  ProcessSpec spec;
  std::function<void(ProcessEnd)> on_end;
  Timer kill_timer, drain_timer, sweep_timer;
  uv_process_t process{};
  std::shared_ptr<State> process_alive;
  Pipe pipes[3];
  uv_write_t write{};
  BoundedOutput out, err, both;
  int pid = 0;
  bool exited = false;
  bool stopping = false;
  bool killed = false;
  int exit_code = 0;

  void start();
  void open(int stream);
  void close(Pipe& pipe);
  void signal_group(int signal);
  void stop();
  void maybe_finish();
  void finish(ProcessEnd end);
};

void Process::State::open(int stream) {
  Pipe& pipe = pipes[stream];
  uv_pipe_init(loop.get(), &pipe.pipe, 0);
  pipe.state = this;
  pipe.stream = stream;
  pipe.alive = shared_from_this();
  pipe.pipe.data = &pipe;
  pipe.opened = true;
}

void Process::State::close(Pipe& pipe) {
  if (!pipe.opened) return;
  pipe.opened = false;
  uv_close(reinterpret_cast<uv_handle_t*>(&pipe.pipe), [](uv_handle_t* closed) {
    auto alive = std::move(static_cast<Pipe*>(closed->data)->alive);  // may destroy the State here
  });
}

void Process::State::start() {
  std::vector<std::string> env = merged_environment(spec.env);
  std::vector<char*> env_pointers = pointers(env);
  std::vector<char*> argv_pointers = pointers(spec.argv);

  uv_stdio_container_t stdio[3] = {};
  if (spec.stdin_text) {
    open(0);
    stdio[0].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_READABLE_PIPE);
    stdio[0].data.stream = reinterpret_cast<uv_stream_t*>(&pipes[0].pipe);
  } else if (spec.inherit_stdin) {
    stdio[0].flags = UV_INHERIT_FD;
    stdio[0].data.fd = 0;
  } else {
    stdio[0].flags = UV_IGNORE;
  }
  for (int stream : {1, 2}) {
    open(stream);
    stdio[stream].flags = static_cast<uv_stdio_flags>(UV_CREATE_PIPE | UV_WRITABLE_PIPE);
    stdio[stream].data.stream = reinterpret_cast<uv_stream_t*>(&pipes[stream].pipe);
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
    auto* state = static_cast<State*>(ended->data);
    state->exited = true;
    state->exit_code = signal != 0 ? 128 + signal : static_cast<int>(status);
    state->drain_timer.start(kDrainAfterExit, [state] {
      for (Pipe& pipe : state->pipes) state->close(pipe);
      state->maybe_finish();
    });
    state->maybe_finish();
  };

  const int error = uv_spawn(loop.get(), &process, &options);
  process.data = this;
  process_alive = shared_from_this();
  if (error != 0) {
    ProcessEnd end;
    end.error = fmt::format("cannot start `{}`: {}", spec.argv.front(), uv_strerror(error));
    // Not from inside the constructor: the owner does not hold this yet.
    drain_timer.start(0, [this, end = std::move(end)]() mutable { finish(std::move(end)); });
    return;
  }
  pid = process.pid;

  for (int stream : {1, 2}) {
    uv_read_start(
        reinterpret_cast<uv_stream_t*>(&pipes[stream].pipe),
        [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
          auto& storage = static_cast<Pipe*>(handle->data)->buffer;
          storage.resize(std::size_t{64} * 1024);
          *buffer = uv_buf_init(storage.data(), static_cast<unsigned>(storage.size()));
        },
        [](uv_stream_t* stream_handle, ssize_t count, const uv_buf_t* buffer) {
          auto* pipe = static_cast<Pipe*>(stream_handle->data);
          State* state = pipe->state;
          if (count > 0) {
            const std::string_view bytes(buffer->base, static_cast<std::size_t>(count));
            (pipe->stream == 1 ? state->out : state->err).append(bytes);
            state->both.append(bytes);
            if (state->spec.on_output) state->spec.on_output(pipe->stream, bytes);
          } else if (count < 0) {
            state->close(*pipe);
            state->maybe_finish();
          }
        });
  }
  if (spec.stdin_text) {
    uv_buf_t text =
        uv_buf_init(spec.stdin_text->data(), static_cast<unsigned>(spec.stdin_text->size()));
    write.data = this;
    // A reader that closes early makes this fail with EPIPE, which is the command's own choice and
    // no error.
    const int written = uv_write(&write, reinterpret_cast<uv_stream_t*>(&pipes[0].pipe), &text, 1,
                                 [](uv_write_t* done, int) {
                                   auto* state = static_cast<State*>(done->data);
                                   state->close(state->pipes[0]);
                                 });
    if (written != 0) close(pipes[0]);
  }
}

void Process::State::signal_group(int signal) {
  if (pid > 0) ::kill(-pid, signal);
}

void Process::State::stop() {
  if (pid == 0 || !on_end || stopping) return;
  stopping = true;
  signal_group(SIGTERM);
  kill_timer.start(kKillAfter, [this] {
    signal_group(SIGKILL);
    killed = true;
    maybe_finish();
  });
}

void Process::State::maybe_finish() {
  if (!exited || pipes[1].opened || pipes[2].opened || !on_end) return;
  if (stopping && !killed && ::kill(-pid, 0) == 0) {
    // The leader obeyed TERM and something it started has not yet: it has until kill_timer.
    sweep_timer.start(kSweepEvery, [this] { maybe_finish(); });
    return;
  }
  ProcessEnd end;
  end.exit_code = exit_code;
  end.stdout_text = out.text();
  end.stderr_text = err.text();
  end.last_output = both.last();
  end.truncated = out.truncated() || err.truncated();
  finish(std::move(end));
}

void Process::State::finish(ProcessEnd end) {
  kill_timer.stop();
  drain_timer.stop();
  sweep_timer.stop();
  for (Pipe& pipe : pipes) close(pipe);
  if (process_alive && !uv_is_closing(reinterpret_cast<uv_handle_t*>(&process))) {
    uv_close(reinterpret_cast<uv_handle_t*>(&process), [](uv_handle_t* closed) {
      auto alive = std::move(static_cast<State*>(closed->data)->process_alive);
    });
  }
  if (on_end) std::exchange(on_end, nullptr)(std::move(end));
}

Process::Process(Loop& loop, ProcessSpec spec, std::function<void(ProcessEnd)> on_end)
    : state_(std::make_shared<State>(loop, std::move(spec), std::move(on_end))) {
  state_->start();
}

Process::~Process() {
  if (!state_->on_end) return;
  state_->on_end = nullptr;
  state_->signal_group(SIGKILL);
  state_->finish({});
}

void Process::stop() {
  state_->stop();
}
int Process::pid() const {
  return state_->pid;
}

}  // namespace hookc::io
