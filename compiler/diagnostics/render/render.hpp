// Findings as text: one function a format. Each appends to a buffer and is valid and useful on no
// findings at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "compiler/diagnostics/diagnostic.hpp"
#include "compiler/source/source_manager.hpp"

namespace hookc::render {

enum class Format : std::uint8_t {
  Text,
  Short,
  Json,
  Sarif,
  Github,
  Gitlab,
  Junit,
  Checkstyle,
  Rdjsonl,
};
inline constexpr std::string_view format_names[] = {
    "text", "short", "json", "sarif", "github", "gitlab", "junit", "checkstyle", "rdjsonl",
};
std::string_view to_string(Format format);
std::optional<Format> find_format(std::string_view name);

/// What is to be told. Nothing is owned; everything must outlive the call.
struct Report {
  const SourceManager& sources;
  /// In the order they are to appear.
  std::span<const Diagnostic> findings;
  /// The files that were looked at, with or without findings, in the order they are to appear.
  std::span<const FileId> checked;
};

struct Options {
  /// Text, Short: ANSI colours.
  bool color = false;
  /// Text: terminal cells of a line; source lines longer than this are shown as a window around the
  /// span.
  std::uint32_t width = 140;
  /// Text: cells a tab stop.
  std::uint32_t tab = 4;
  /// Sarif, Json: the program's version.
  std::string_view version = "0.0.0";
  /// Sarif, Rdjsonl: pages live at `docs_url` + "HK2103.md". Empty: no links.
  std::string_view docs_url;
  /// Sarif: the explain page of a code, in Markdown. Null: no pages.
  std::string_view (*explain)(Code) = nullptr;
  /// Junit: findings of this severity and worse are failures, the others are output of a passed
  /// test.
  Severity fail_level = Severity::Error;
};

/// Appends `report` in `format`. Time O(findings + text of the files that have one).
void write(Format format, const Report& report, const Options& options, std::string& out);

/// The layout that readers of rustc know: gutter, carets, labels, notes, helps, fixes.
void text(const Report& report, const Options& options, std::string& out);
/// `path:line:column: error[HK2103]: message`, columns in code points from 1.
void short_text(const Report& report, const Options& options, std::string& out);
/// Our own shape, documented in docs/reference/output-formats.md.
void json(const Report& report, const Options& options, std::string& out);
/// The findings of that alone: an array.
void json_findings(const Report& report, std::string& out);
/// SARIF 2.1.0 within GitHub's limits.
void sarif(const Report& report, const Options& options, std::string& out);
/// Workflow commands for at most 10 errors, 10 warnings and 10 notices, the worst first; the rest
/// as plain lines.
void github(const Report& report, const Options& options, std::string& out);
/// Markdown of all findings for $GITHUB_STEP_SUMMARY, cut below GitHub's limit of 1 MiB.
void github_summary(const Report& report, const Options& options, std::string& out);
/// GitLab code quality: a JSON array.
void gitlab(const Report& report, const Options& options, std::string& out);
/// JUnit XML: a suite a file, a test a finding.
void junit(const Report& report, const Options& options, std::string& out);
void checkstyle(const Report& report, const Options& options, std::string& out);
/// reviewdog's diagnostic format, a JSON object a line, with suggestions.
void rdjsonl(const Report& report, const Options& options, std::string& out);

}  // namespace hookc::render
