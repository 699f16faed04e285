#include "compiler/query/ir/dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace hookc::ir {

namespace {

constexpr std::size_t kInline = 100;  // columns

std::string compact(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

bool is_flat(const Json& value) {
  return std::none_of(value.begin(), value.end(), [](const Json& v) {
    return v.is_structured() && !v.empty() &&
           !std::all_of(v.begin(), v.end(), [](const Json& w) { return w.is_number(); });
  });
}

// JSON with short values of plain members on one line: a token is a line, not six.
void print_json(std::string& out, const Json& value, std::size_t indent) {
  if (!value.is_structured() || value.empty()) {
    out += compact(value);
    return;
  }
  if (is_flat(value)) {
    const std::string line = compact(value);
    if (indent + line.size() <= kInline) {
      out += line;
      return;
    }
  }
  const bool object = value.is_object();
  out += object ? "{" : "[";
  bool first = true;
  for (const auto& [key, member] : value.items()) {
    out += first ? "\n" : ",\n";
    first = false;
    out.append(indent + 1, ' ');
    if (object) out += compact(Json(key)) + ": ";
    print_json(out, member, indent + 1);
  }
  out += '\n';
  out.append(indent, ' ');
  out += object ? "}" : "]";
}

class Outline {
 public:
  explicit Outline(const LineIndex* lines) : lines_(lines) {}

  /// A value under `key`, or an element of a list where `key` is empty.
  void value(std::string_view key, const Json& v, std::size_t depth) {
    out_.append(2 * depth, ' ');
    if (!key.empty()) out_ += fmt::format("{}:", key);
    if (!v.is_structured() || v.empty() || is_plain_list(v)) {
      if (!key.empty()) out_ += ' ';
      out_ += key == "span" || key == "doc" ? place(v) : compact(v);
      out_ += '\n';
    } else if (v.is_object() && !v.contains("kind") && is_flat(v)) {
      out_ += fmt::format("{}{}\n", key.empty() ? "" : " ", compact(v));
    } else if (v.is_array()) {
      out_ += '\n';
      for (const Json& element : v) value("", element, depth + 1);
    } else {
      object(v, depth, key.empty());
    }
  }

  /// Members of the document, without its header's.
  void members(const Json& v, std::size_t depth) {
    for (const auto& [key, member] : v.items()) {
      if (is_head(key)) continue;
      if (key == "children" && member.is_array()) {
        for (const Json& child : member) value("", child, depth);
      } else {
        value(key, member, depth);
      }
    }
  }

  std::string take() && { return std::move(out_); }

 private:
  static bool is_head(std::string_view key) {
    return key == "kind" || key == "text" || key == "span";
  }
  static bool is_plain_list(const Json& v) {
    return v.is_array() &&
           std::none_of(v.begin(), v.end(), [](const Json& e) { return e.is_structured(); });
  }

  // `kind line:column "text"`, then what else it has.
  void object(const Json& v, std::size_t depth, bool element) {
    std::string head;
    const auto add = [&](std::string_view text) {
      if (!head.empty()) head += ' ';
      head += text;
    };
    if (const auto kind = v.find("kind"); kind != v.end()) add(kind->get<std::string>());
    if (const auto span = v.find("span"); span != v.end()) add(place(*span));
    if (const auto text = v.find("text"); text != v.end()) add(compact(*text));
    if (head.empty() && element) head = "-";
    if (!element && !head.empty()) out_ += ' ';
    out_ += head;
    out_ += '\n';
    members(v, depth + 1);
  }

  std::string place(const Json& span) const {
    if (lines_ == nullptr || !span.is_array() || span.size() != 2) return compact(span);
    const auto offset = span[0].get<std::uint32_t>();
    const std::uint32_t line = lines_->line_of(offset);
    return fmt::format("{}:{}", line + 1, offset - lines_->start(line) + 1);
  }

  const LineIndex* lines_;
  std::string out_;
};

}  // namespace

Json header(std::string_view stage, std::string_view file) {
  return Json{{"hookc_ir", kVersion}, {"stage", stage}, {"file", file}};
}

Json span_json(Span span) {
  return Json::array({span.begin, span.end});
}

std::string print(const Json& document, Format format, const LineIndex* lines) {
  if (format == Format::Json) {
    std::string out;
    print_json(out, document, 0);
    return out + '\n';
  }
  Outline outline(lines);
  outline.members(document, 0);
  return std::move(outline).take();
}

}  // namespace hookc::ir
