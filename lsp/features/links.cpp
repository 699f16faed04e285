#include "lsp/features/links.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/values/url.hpp"
#include "lsp/features/document.hpp"
#include "stdlib/stdlib.hpp"

namespace hookc::lsp {
namespace {

/// What stands between the quotes of a text.
Span inside(const ast::Module& module, ast::TextId id) {
  const auto parts = module.parts_of(id);
  if (parts.empty()) return {};
  return parts.front().span.to(parts.back().span);
}

class Linker {
 public:
  Linker(const ast::Module& module, const std::string& path) : module_(module), path_(path) {}

  std::vector<Link> run() && {
    for (const ast::Import& import : module_.imports) add(import);
    for (const ast::SecretSource& source : module_.secret_sources) {
      if (source.kind == ast::SourceKind::File) file(source.path);
    }
    for (std::uint32_t i = 0; i < module_.texts.size(); ++i) url(ast::TextId{i});
    std::ranges::stable_sort(out_, {}, &Link::span);
    // A name is read as a text more than once: by the pod it names, and by the sentence.
    const auto repeats = std::ranges::unique(out_, {}, &Link::span);
    out_.erase(repeats.begin(), repeats.end());
    return std::move(out_);
  }

 private:
  void add(const ast::Import& import) {
    if (!import.path.empty()) {
      Span span = import.target_span;
      if (span.size() > 2) span = {span.begin + 1, span.end - 1};
      return out_.push_back({span, LinkKind::File, imported_path(path_, import.path), "the file"});
    }
    const auto module = find_standard_module(import.module);
    if (!module) return;
    out_.push_back({import.target_span, LinkKind::Virtual, fmt::format("hookc:/{}", module->path),
                    fmt::format("the standard module `{}`", module->name)});
  }

  void file(ast::TextId id) {
    if (!id.valid() || module_[id].broken) return;
    const auto written = ast::literal_text(module_, id);
    if (!written || written->empty()) return;
    // Relative to where hookc is run, which is all that is known here.
    out_.push_back({inside(module_, id), LinkKind::File, query::normal_path(*written),
                    "where the secret is read from"});
  }

  void url(ast::TextId id) {
    const ast::Text& text = module_[id];
    if (text.broken || text.quoting == ast::Quoting::Splice || text.quoting == ast::Quoting::Bare)
      return;
    const auto parts = module_.parts_of(id);
    if (parts.empty() || !parts.front().literal.starts_with("http")) return;
    const auto written = ast::literal_text(module_, id);
    if (!written || !values::parse_url(*written)) return;
    out_.push_back({inside(module_, id), LinkKind::Url, *written, "open in a browser"});
  }

  const ast::Module& module_;
  const std::string& path_;
  std::vector<Link> out_;
};

}  // namespace

std::vector<Link> links(const query::Snapshot& now, const std::string& path) {
  const auto document = open_document(now, path);
  if (!document) return {};
  return Linker(*document->module, path).run();
}

}  // namespace hookc::lsp
