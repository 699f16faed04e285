#include "lsp/features/completion.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "compiler/base/ascii.hpp"
#include "lsp/features/completion_items.hpp"

namespace hookc::lsp {

using syntax::Inside;
using syntax::NodeKind;
using syntax::Wanted;
using syntax::WantedKind;

namespace completion {

namespace {

/// The end of the word, number or KIND/NAME that goes on at `at`.
std::uint32_t word_end(std::string_view text, std::uint32_t at) {
  while (syntax::is_name_char(text, at)) ++at;
  return at;
}

std::uint32_t quote_size(std::string_view text, std::uint32_t open) {
  return text.substr(open).starts_with(R"(""")") ? 3 : 1;
}

/// The end of the text around `at`, if it ends on that line; else `at`.
std::uint32_t text_end(std::string_view text, std::uint32_t open, std::uint32_t at) {
  const std::size_t found = text.find_first_of(text[open] == '\'' ? "'\n" : "\"\n", at);
  if (found == text.npos || text[found] == '\n') return at;
  return static_cast<std::uint32_t>(found);
}

}  // namespace

Items::Items(const Cursor& cursor, const CompletionOptions& options)
    : cursor_(cursor),
      options_(options),
      in_text_(cursor.expected.inside == Inside::String ||
               cursor.expected.inside == Inside::RawString) {
  if (in_text_) {
    const std::uint32_t open = cursor.expected.open;
    list_.replace.end = text_end(cursor.text, open, cursor.offset);
    replace_from(std::min(cursor.offset, open + quote_size(cursor.text, open)));
  } else {
    list_.replace.end = word_end(cursor.text, cursor.offset);
    replace_from(cursor.expected.prefix.begin);
  }
}

void Items::replace_from(std::uint32_t begin) {
  list_.replace.begin = begin;
  typed_ = cursor_.slice({begin, cursor_.offset});
}

bool Items::line_ends() const {
  const std::string_view rest = cursor_.text.substr(list_.replace.end);
  const std::size_t next = rest.find_first_not_of(" \t\r");
  return next == rest.npos || rest[next] == '\n' || rest[next] == '#' || rest[next] == '}';
}

CompletionItem* Items::add(Rank rank, CompletionKind kind, std::string label, std::string detail,
                           std::string insert) {
  if (label.empty() || labels_.contains(label)) return nullptr;
  if (list_.items.size() >= kMost) {
    list_.is_incomplete = true;
    return nullptr;
  }
  labels_.insert(label);
  CompletionItem& item = list_.items.emplace_back();
  item.kind = kind;
  item.detail = std::move(detail);
  item.insert = insert.empty() ? label : std::move(insert);
  item.label = std::move(label);
  item.sort = fmt::format("{}{:04}", static_cast<int>(rank), list_.items.size());
  return &item;
}

CompletionItem* Items::add_text(Rank rank, CompletionKind kind, std::string_view content,
                                std::string detail) {
  // Inside quotes these would mean something else.
  if (content.find_first_of("\"\\\n") != content.npos || content.find("${") != content.npos) {
    return nullptr;
  }
  if (in_text_) return add(rank, kind, std::string(content), std::move(detail));
  return add(rank, kind, fmt::format("\"{}\"", content), std::move(detail));
}

bool Items::matches(std::string_view label) const {
  std::size_t at = 0;
  for (const char c : typed_) {
    while (at < label.size() && to_lower(label[at]) != to_lower(c)) ++at;
    if (at == label.size()) return false;
    ++at;
  }
  return true;
}

CompletionList Items::take() && {
  return std::move(list_);
}

}  // namespace completion

CompletionList complete(const query::Snapshot& now, const std::string& path, std::uint32_t offset,
                        const CompletionOptions& options) {
  using namespace completion;
  const auto cursor = cursor_at(now, path, offset);
  if (!cursor) return {};
  Items items(*cursor, options);
  const syntax::ExpectedAt& expected = cursor->expected;
  if (items.in_text()) {
    if (!expected.places.empty()) {
      Place place = expected.places.back();
      if (last(place) == NodeKind::String) place.pop_back();
      add_texts(items, place);
    }
    return std::move(items).take();
  }
  if (expected.inside != Inside::Code) return std::move(items).take();
  const bool number =
      !cursor->prefix().empty() && cursor->prefix()[0] >= '0' && cursor->prefix()[0] <= '9';
  const auto tried = [&](WantedKind kind, const Wanted& beside) {
    return std::ranges::any_of(expected.wanted, [&](const Wanted& w) {
      return w.kind == kind && w.place == beside.place;
    });
  };
  for (const Wanted& wanted : expected.wanted) {
    const Place& place = expected.place_of(wanted);
    if (number) {
      if (wanted.kind == WantedKind::Duration && !tried(WantedKind::Value, wanted)) {
        // What stands for a quantity of Kubernetes may be anything; the property says which.
        const NodeKind kind = last(place);
        if (kind == NodeKind::EnvClause) continue;
        add_units(items, kind == NodeKind::MemoryProperty ? "size"
                         : kind == NodeKind::CpuProperty  ? "cpu"
                                                          : "duration");
      } else if (wanted.kind == WantedKind::Value) {
        add_units(items, wanted_type(*cursor, place).word);
      }
      continue;
    }
    switch (wanted.kind) {
      case WantedKind::AnyName:
      case WantedKind::PlainName:
      case WantedKind::ValueName: add_names(items, place); break;
      case WantedKind::String: add_texts(items, place); break;
      case WantedKind::Splice:
        add_splices(items, place,
                    tried(WantedKind::String, wanted)     ? ""
                    : tried(WantedKind::Duration, wanted) ? "duration"
                                                          : "int");
        break;
      case WantedKind::Workload: add_workloads(items); break;
      case WantedKind::Value: add_values(items, place); break;
      case WantedKind::Keyword:
      case WantedKind::Statement:
      case WantedKind::Int:
      case WantedKind::Decimal:
      case WantedKind::Duration:
      case WantedKind::Size:
      case WantedKind::Date:
      case WantedKind::Regex: break;
    }
  }
  if (!number) add_words(items);
  return std::move(items).take();
}

}  // namespace hookc::lsp
