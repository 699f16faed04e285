// Strings: what is verbatim, what an escape stands for, and the layout of """ blocks.
#include <algorithm>
#include <array>

#include "compiler/ast/builder.hpp"

namespace hookc::ast {

namespace {

/// What a one-letter escape stands for.
std::string_view simple_escape(char c) {
  switch (c) {
    case 'n': return "\n";
    case 'r': return "\r";
    case 't': return "\t";
    case '"': return "\"";
    case '\\': return "\\";
    case '$': return "$";
    case '/': return "/";
  }
  return {};
}

std::string utf8(char32_t c) {
  std::string bytes;
  const auto put = [&](char32_t value) { bytes += static_cast<char>(value); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | (c >> 6));
    put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | (c >> 12));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | (c >> 18));
    put(0x80 | ((c >> 12) & 0x3F));
    put(0x80 | ((c >> 6) & 0x3F));
    put(0x80 | (c & 0x3F));
  }
  return bytes;
}

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r';
}

std::string_view common_prefix(std::string_view a, std::string_view b) {
  const std::size_t limit = std::min(a.size(), b.size());
  std::size_t n = 0;
  while (n < limit && a[n] == b[n]) ++n;
  return a.substr(0, n);
}

}  // namespace

std::string_view Builder::keep(std::string decoded) {
  return out_.decoded.emplace_back(std::move(decoded));
}

bool Builder::is_text(const Children& at) const {
  return at.is(NodeKind::String) || at.is(NodeKind::Splice);
}

TextId Builder::text(std::size_t index) {
  return node(index).kind == NodeKind::String ? string_text(index) : bare_text(index);
}

TextPart Builder::escape_part(const Node& escape) {
  TextPart part;
  part.span = escape.span();
  part.verbatim = false;
  if (text_[escape.begin + 1] != 'u') {
    part.literal = simple_escape(text_[escape.begin + 1]);
    return part;
  }
  char32_t value = 0;
  for (std::uint32_t i = escape.begin + 3; i + 1 < escape.end; ++i) {
    const char c = text_[i];
    value = value * 16 + static_cast<char32_t>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  part.literal = keep(utf8(value));
  return part;
}

TextPart Builder::splice_part(std::size_t index) {
  TextPart part;
  part.span = node(index).span();
  const Children inside = children(index);
  Children value = inside;
  value.next();  // ${
  const bool whole = !value.done() && value.node().kind != NodeKind::SpliceClose;
  part.splice = whole ? expr(value.index()) : error_expr(part.span);
  return part;
}

TextId Builder::bare_text(std::size_t index) {
  Text made;
  made.span = node(index).span();
  if (node(index).kind == NodeKind::Splice) {
    made.quoting = Quoting::Splice;
    const TextPart part = splice_part(index);
    made.broken = out_[part.splice].kind == ExprKind::Error;
    made.parts = {static_cast<std::uint32_t>(out_.parts.size()), 1};
    out_.parts.push_back(part);
  } else {
    made.quoting = Quoting::Bare;
    made.parts = {static_cast<std::uint32_t>(out_.parts.size()), 1};
    out_.parts.push_back({made.span, slice(made.span), {}, true});
  }
  out_.texts.push_back(made);
  return TextId{static_cast<std::uint32_t>(out_.texts.size() - 1)};
}

TextId Builder::string_text(std::size_t index) {
  const std::size_t base = parts_.size();
  Text made;
  made.span = node(index).span();
  const std::string_view quote = slice(node(index + 1).span());
  const Node& last = nodes_[index + node(index).size - 1];
  made.broken = last.kind != NodeKind::Quote || node(index).size == 2;
  made.quoting = quote == R"(""")"                              ? Quoting::Block
                 : quote == "'" || quote == "‘" || quote == "’" ? Quoting::Raw
                                                                : Quoting::Double;
  if (made.quoting == Quoting::Block) {
    block_parts(index, made);
  } else {
    for (Children at = children(index); !at.done(); at.next()) {
      const Node& part = at.node();
      if (part.kind == NodeKind::StringText) {
        parts_.push_back({part.span(), slice(part.span()), {}, true});
      } else if (part.kind == NodeKind::Escape) {
        parts_.push_back(escape_part(part));
      } else if (part.kind == NodeKind::BadEscape) {
        made.broken = true;
        parts_.push_back({part.span(), slice(part.span()), {}, true});
      } else if (part.kind == NodeKind::Splice) {
        const TextPart splice = splice_part(at.index());
        made.broken = made.broken || out_[splice.splice].kind == ExprKind::Error;
        parts_.push_back(splice);
      }
    }
  }
  made.parts = {static_cast<std::uint32_t>(out_.parts.size()),
                static_cast<std::uint32_t>(parts_.size() - base)};
  out_.parts.insert(out_.parts.end(), parts_.begin() + static_cast<std::ptrdiff_t>(base),
                    parts_.end());
  parts_.resize(base);
  out_.texts.push_back(made);
  return TextId{static_cast<std::uint32_t>(out_.texts.size() - 1)};
}

// The layout of a block: a line break directly after the opener is dropped; so is the indentation
// that all lines share but for blank ones and the one that starts beside the opener; so are the
// blanks before the closer, if nothing else stands on its line. A line break counts as LF, however
// it is written.
void Builder::block_parts(std::size_t index, Text& made) {
  // First pass: the shared indentation.
  std::string_view indent;
  bool any_line = false;
  bool line_start = false;
  for (Children at = children(index); !at.done(); at.next()) {
    const Node& part = at.node();
    if (part.kind != NodeKind::StringText) {
      if (line_start && part.kind != NodeKind::Quote) {  // an unindented splice or escape
        indent = {};
        any_line = true;
      }
      line_start = false;
      continue;
    }
    std::uint32_t i = part.begin;
    while (i < part.end) {
      if (line_start) {
        std::uint32_t first = i;
        while (first < part.end && is_blank(text_[first])) ++first;
        const bool at_part_end = first == part.end;
        const bool before_closer = at_part_end && nodes_[at.index() + 1].kind == NodeKind::Quote;
        if (!before_closer && (at_part_end || text_[first] != '\n')) {
          const std::string_view blanks = text_.substr(i, first - i);
          indent = any_line ? common_prefix(indent, blanks) : blanks;
          any_line = true;
        }
        i = first;
        line_start = false;
      } else {
        const std::size_t found = text_.substr(0, part.end).find('\n', i);
        if (found == std::string_view::npos) break;
        i = static_cast<std::uint32_t>(found + 1);
        line_start = true;
      }
    }
  }

  // Second pass: the lines without it.
  bool first_part = true;
  line_start = false;
  for (Children at = children(index); !at.done(); at.next()) {
    const Node& part = at.node();
    if (part.kind == NodeKind::Quote) continue;
    if (part.kind == NodeKind::Escape) {
      parts_.push_back(escape_part(part));
    } else if (part.kind == NodeKind::Splice) {
      const TextPart splice = splice_part(at.index());
      made.broken = made.broken || out_[splice.splice].kind == ExprKind::Error;
      parts_.push_back(splice);
    } else if (part.kind == NodeKind::StringText) {
      std::uint32_t i = part.begin;
      if (first_part) {
        std::uint32_t first = i;
        while (first < part.end && is_blank(text_[first])) ++first;
        if (first < part.end && text_[first] == '\n') {
          i = first + 1;
          line_start = true;
        }
      }
      const bool closer_next = nodes_[at.index() + 1].kind == NodeKind::Quote;
      while (i < part.end) {
        if (line_start) {
          i += static_cast<std::uint32_t>(
              common_prefix(indent, text_.substr(i, part.end - i)).size());
        }
        const std::size_t found = text_.substr(0, part.end).find('\n', i);
        const bool whole_line = found != std::string_view::npos;
        std::uint32_t end = whole_line ? static_cast<std::uint32_t>(found) : part.end;
        const std::uint32_t next = whole_line ? end + 1 : end;
        const bool only_blanks = std::all_of(text_.begin() + i, text_.begin() + end, is_blank);
        if (!whole_line && closer_next && line_start && only_blanks) break;
        if (whole_line && end > i && text_[end - 1] == '\r') {
          parts_.push_back({{i, end - 1}, slice({i, end - 1}), {}, true});
          parts_.push_back({{end, next}, slice({end, next}), {}, true});
        } else if (next > i) {
          parts_.push_back({{i, next}, slice({i, next}), {}, true});
        }
        i = next;
        line_start = whole_line;
      }
      first_part = false;
      if (part.end > part.begin && text_[part.end - 1] != '\n') line_start = false;
      continue;
    }
    first_part = false;
    line_start = false;
  }
}

Name Builder::name(std::size_t index) {
  const Node& from = node(index);
  if (from.kind != NodeKind::String) return {slice(from.span()), from.span()};
  const TextId id = string_text(index);
  Name made{{}, from.span()};
  const auto parts = out_.parts_of(id);
  if (out_[id].broken) return made;
  for (const TextPart& part : parts) {
    if (!part.is_splice()) continue;
    diagnostics_.add(Code::HK0001, here(part.span), "placeholder in a name")
        .label("names are fixed when the file is read")
        .help("write the name out");
    return made;
  }
  if (parts.empty()) {
    diagnostics_.add(Code::HK0001, here(from.span()), "empty name")
        .label("a name has at least one character");
  } else if (parts.size() == 1) {
    made.text = parts[0].literal;
  } else {
    made.text = keep(*literal_text(out_, id));
  }
  return made;
}

Name Builder::name_of_text(std::size_t index) {
  if (node(index).kind != NodeKind::Splice) return name(index);
  diagnostics_.add(Code::HK0001, here(node(index).span()), "placeholder where a name is declared")
      .label("names are fixed when the file is read")
      .help("write the name out");
  return {{}, node(index).span()};
}

Workload Builder::workload(std::size_t index) {
  Workload made;
  made.span = node(index).span();
  Children at = children(index);
  made.kind = name(at.take());
  Span group{};
  while (at.is(NodeKind::Symbol) && text_[at.node().begin] == '.') {
    at.next();
    group = group.empty() ? at.node().span() : group.to(at.node().span());
    at.next();
  }
  if (!group.empty()) made.group = {slice(group), group};
  at.next();  // the slash
  if (!at.done()) made.name = text(at.index());
  return made;
}

}  // namespace hookc::ast
