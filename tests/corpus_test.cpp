// Runs the files of tests/corpus through parser and checker and compares every finding with the
// marks in them.
//
//   pre backup on failure exec in pod db "true"
//   #!         ^^^^^^^^^^ HK2103: `on failure` cannot be used with `pre backup`
//
// A mark stands below the line it is about: carets under the primary span (of a longer span, its
// part on that line), the code, and the message or a beginning of it. Where carets cannot stand
// (the first columns of a line) `@0+3` gives column and length; where the next line is inside a """
// text, the mark follows that text, and `#!-2` says how many lines above the line before the mark
// is meant. An unmarked finding and an unmet mark both fail. `fail_` begins the name of a file if
// and only if it has errors. Files in a folder `lib` are only imported; a folder `std` beside a
// file holds modules that hide the standard ones. HOOKC_UPDATE=1 rewrites the marks.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "compiler/ast/build.hpp"
#include "compiler/checks/checks.hpp"
#include "compiler/checks/suppressions.hpp"
#include "compiler/sema/check.hpp"
#include "compiler/source/columns.hpp"
#include "grammar/tree.hpp"
#include "stdlib/stdlib.hpp"

namespace {

namespace fs = std::filesystem;
using namespace hookc;

struct Mark {
  std::uint32_t line = 0;  // 0-based, in the text without marks
  std::uint32_t column = 0;
  std::uint32_t length = 0;
  std::string code;
  std::string message;
};

struct MarkedText {
  std::string text;  // without marks
  std::vector<Mark> marks;
  std::vector<std::string> malformed;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

bool is_mark(std::string_view line) {
  return line.starts_with("#!") && line.size() > 2 &&
         std::string_view(" -^@").find(line[2]) != std::string_view::npos;
}

std::optional<Mark> parse_mark(std::string_view line, std::uint32_t lines_before) {
  Mark mark;
  std::size_t i = 2;
  std::uint32_t up = 0;
  if (i < line.size() && line[i] == '-') {
    for (++i; i < line.size() && line[i] >= '0' && line[i] <= '9'; ++i)
      up = up * 10 + static_cast<std::uint32_t>(line[i] - '0');
  }
  if (lines_before < up + 1) return std::nullopt;
  mark.line = lines_before - 1 - up;
  while (i < line.size() && line[i] == ' ') ++i;
  const auto number = [&] {
    std::uint32_t value = 0;
    for (; i < line.size() && line[i] >= '0' && line[i] <= '9'; ++i)
      value = value * 10 + static_cast<std::uint32_t>(line[i] - '0');
    return value;
  };
  if (i < line.size() && line[i] == '@') {
    ++i;
    mark.column = number();
    if (i >= line.size() || line[i] != '+') return std::nullopt;
    ++i;
    mark.length = number();
  } else {
    mark.column = static_cast<std::uint32_t>(i);
    while (i < line.size() && line[i] == '^') ++i;
    mark.length = static_cast<std::uint32_t>(i) - mark.column;
    if (mark.length == 0) return std::nullopt;
  }
  while (i < line.size() && line[i] == ' ') ++i;
  const std::size_t colon = line.find(':', i);
  mark.code = std::string(line.substr(i, colon - i));
  if (!find_code(mark.code)) return std::nullopt;
  if (colon != std::string_view::npos)
    mark.message = std::string(line.substr(std::min(colon + 2, line.size())));
  return mark;
}

MarkedText take_marks(const std::string& source) {
  MarkedText result;
  std::uint32_t lines = 0;
  for (std::size_t begin = 0; begin < source.size();) {
    std::size_t end = source.find('\n', begin);
    end = end == std::string::npos ? source.size() : end + 1;
    std::string_view line(source.data() + begin, end - begin);
    begin = end;
    if (!is_mark(line)) {
      result.text += line;
      ++lines;
      continue;
    }
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
    if (auto mark = parse_mark(line, lines)) {
      result.marks.push_back(*std::move(mark));
    } else {
      result.malformed.emplace_back(line);
    }
  }
  return result;
}

struct File {
  fs::path path;
  FileId id;
  MarkedText marked;
  syntax::SyntaxTree tree;
  std::shared_ptr<const ast::Module> module;
};

/// Reads, parses and keeps the files of one root.
class Workspace : public sema::Loader {
 public:
  Workspace(fs::path corpus, SourceManager& sources, Diagnostics& diagnostics)
      : corpus_(std::move(corpus)), sources_(sources), diagnostics_(diagnostics) {}

  std::shared_ptr<const ast::Module> add(const std::string& path) {
    File& file = files_.emplace_back();
    file.path = corpus_ / path;
    file.marked = take_marks(read(file.path));
    file.id = sources_.add(path, file.marked.text);
    file.tree = syntax::parse(sources_, file.id, diagnostics_);
    file.module =
        std::make_shared<const ast::Module>(ast::build(sources_, file.tree, diagnostics_));
    return file.module;
  }
  std::expected<std::shared_ptr<const ast::Module>, std::string> load(
      const std::string& path) override {
    if (!fs::is_regular_file(corpus_ / path)) return std::unexpected("no such file");
    return add(path);
  }
  std::shared_ptr<const ast::Module> load_standard(std::string_view dotted) override {
    const fs::path folder = fs::relative(files_.front().path.parent_path(), corpus_);
    const fs::path own =
        folder / "std" / (std::string(dotted.substr(dotted.find('.') + 1)) + ".hook");
    if (fs::is_regular_file(corpus_ / own)) return add(own.generic_string());
    const auto standard = find_standard_module(dotted);
    if (!standard) return nullptr;
    Diagnostics ignored;
    const FileId id = sources_.add(std::string(standard->path), std::string(standard->text));
    return std::make_shared<const ast::Module>(
        ast::build(sources_, syntax::parse(sources_, id, ignored), ignored));
  }
  std::deque<File>& files() { return files_; }

 private:
  fs::path corpus_;
  SourceManager& sources_;
  Diagnostics& diagnostics_;
  std::deque<File> files_;
};

/// The mark a finding would have.
Mark mark_of(const SourceManager& sources, const Diagnostic& d) {
  Mark mark;
  const LineIndex& lines = sources.lines(d.primary.where.file);
  const std::string_view text = sources.text(d.primary.where.file);
  const Span span = d.primary.where.span;
  mark.line = lines.line_of(span.begin);
  const Span line = lines.span(mark.line);
  const std::string_view line_text = text.substr(line.begin, line.size());
  mark.column = code_point_column(line_text, std::min(span.begin, line.end) - line.begin);
  const std::uint32_t end = code_point_column(line_text, std::min(span.end, line.end) - line.begin);
  mark.length = std::max(1U, end > mark.column ? end - mark.column : 1U);
  mark.code = std::string(info(d.code).id);
  mark.message = d.message;
  return mark;
}

std::string write_marks(const SourceManager& sources, const File& file, std::vector<Mark> marks) {
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
    return std::tie(a.line, a.column, a.code) < std::tie(b.line, b.column, b.code);
  });
  const LineIndex& lines = sources.lines(file.id);
  // Lines that end inside a text of several lines: no comment can follow them.
  std::vector<std::uint32_t> after(lines.count());
  for (std::uint32_t i = 0; i < lines.count(); ++i) after[i] = i;
  for (const syntax::Node& node : file.tree.nodes) {
    if (node.kind != syntax::NodeKind::String) continue;
    const std::uint32_t first = lines.line_of(node.begin);
    const std::uint32_t last = lines.line_of(node.end > node.begin ? node.end - 1 : node.end);
    for (std::uint32_t i = first; i < last; ++i) after[i] = std::max(after[i], last);
  }
  std::string out;
  for (std::uint32_t i = 0; i < lines.count(); ++i) {
    const Span line = lines.span(i);
    if (i + 1 == lines.count() && line.empty()) break;
    const std::uint32_t next = i + 1 < lines.count()
                                   ? lines.start(i + 1)
                                   : static_cast<std::uint32_t>(file.marked.text.size());
    out += file.marked.text.substr(lines.start(i), next - lines.start(i));
    if (!out.ends_with('\n')) out += '\n';
    for (const Mark& mark : marks) {
      if (after[mark.line] != i) continue;
      std::string head = "#!";
      if (mark.line != i) head += "-" + std::to_string(i - mark.line);
      if (mark.column > head.size()) {
        head += std::string(mark.column - head.size(), ' ') + std::string(mark.length, '^');
      } else {
        head += " @" + std::to_string(mark.column) + "+" + std::to_string(mark.length);
      }
      out += head + " " + mark.code + ": " + mark.message + "\n";
    }
  }
  return out;
}

std::string describe(const Mark& mark) {
  return fmt::format("{}:{}+{} {}: {}", mark.line + 1, mark.column + 1, mark.length, mark.code,
                     mark.message);
}

bool meets(const Mark& mark, const Mark& found) {
  return mark.line == found.line && mark.column == found.column && mark.length == found.length &&
         mark.code == found.code && found.message.starts_with(mark.message);
}

struct Run {
  int failures = 0;
  std::set<std::string> codes;
};

void check_file(const fs::path& corpus, const std::string& path, bool update, Run& run) {
  SourceManager sources;
  Diagnostics diagnostics;
  Workspace workspace(corpus, sources, diagnostics);
  const auto root = workspace.add(path);
  const sema::Program program = sema::check(root, sources, workspace, diagnostics);
  // As `hookc check` does: what cannot be parsed is not judged as a whole.
  if (!diagnostics.has_errors()) checks::run_checks(program, sources, diagnostics);
  diagnostics.sort();
  const bool has_errors = diagnostics.has_errors();
  std::vector<checks::Suppression> suppressions;
  std::vector<FileId> complete;
  for (const File& file : workspace.files()) {
    std::ranges::move(checks::find_suppressions(sources, file.id, file.tree.comments),
                      std::back_inserter(suppressions));
  }
  if (!has_errors) complete.push_back(workspace.files().front().id);
  const checks::Judged judged =
      checks::apply_suppressions(sources, std::move(diagnostics).take(), suppressions, complete);
  std::map<std::uint32_t, std::vector<Mark>> found;
  for (const Diagnostic& d : judged.findings) {
    found[d.primary.where.file.value].push_back(mark_of(sources, d));
    run.codes.insert(std::string(info(d.code).id));
  }
  const auto fail = [&](const std::string& where, const std::string& what) {
    ++run.failures;
    std::fprintf(stderr, "%s: %s\n", where.c_str(), what.c_str());
  };
  const bool named_fail = fs::path(path).filename().string().starts_with("fail_");
  if (named_fail != has_errors) {
    fail(path,
         named_fail ? "is called fail_ but has no errors" : "has errors but is not called fail_");
  }
  if (program.has_errors && !has_errors) fail(path, "the Program has errors without a finding");
  for (File& file : workspace.files()) {
    const std::string shown = fs::relative(file.path, corpus).generic_string();
    std::vector<Mark>& here = found[file.id.value];
    if (update) {
      const std::string written = write_marks(sources, file, here);
      if (written != read(file.path)) std::ofstream(file.path, std::ios::binary) << written;
      continue;
    }
    for (const std::string& line : file.marked.malformed) fail(shown, "malformed mark: " + line);
    for (const Mark& mark : file.marked.marks) {
      const auto met = std::find_if(here.begin(), here.end(),
                                    [&](const Mark& other) { return meets(mark, other); });
      if (met == here.end()) {
        fail(shown, "unmet mark " + describe(mark));
      } else {
        here.erase(met);
      }
    }
    for (const Mark& mark : here) fail(shown, "unmarked finding " + describe(mark));
  }
}

/// Codes no corpus file can provoke, and why.
const std::map<std::string_view, std::string_view> kExempt = {
    {"HK9101", "found by `hookc test`: tests/cli/test-failures"},
    {"HK9102", "found by `hookc test`: tests/cli/test-failures"},
    {"HK9103", "found by `hookc test`: tests/cli/test-failures"},
};

}  // namespace

int main(int argc, char** argv) {
  const fs::path corpus =
      argc > 1 ? fs::path(argv[1]) : fs::path(HOOKC_SOURCE_DIR) / "tests/corpus";
  const bool update = std::getenv("HOOKC_UPDATE") != nullptr;
  std::vector<std::string> roots;
  for (const auto& entry : fs::recursive_directory_iterator(corpus)) {
    const fs::path& path = entry.path();
    const std::string folder = path.parent_path().filename().string();
    if (path.extension() != ".hook" || folder == "lib" || folder == "std") continue;
    roots.push_back(fs::relative(path, corpus).generic_string());
  }
  std::sort(roots.begin(), roots.end());
  Run run;
  for (const std::string& path : roots) {
    if (argc > 2 && path.find(argv[2]) == std::string::npos) continue;
    check_file(corpus, path, update, run);
  }
  if (argc <= 2) {
    for (const CodeInfo& code : all_codes()) {
      const bool provoked = run.codes.contains(std::string(code.id));
      if (provoked == kExempt.contains(code.id)) {
        ++run.failures;
        std::fprintf(
            stderr, "%s: %s\n", std::string(code.id).c_str(),
            provoked ? "is exempt, but a corpus file provokes it" : "no corpus file provokes it");
      }
    }
  }
  std::printf("%zu files, %d failures\n", roots.size(), run.failures);
  return run.failures == 0 ? 0 : 1;
}
