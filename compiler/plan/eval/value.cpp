#include "compiler/plan/eval/value.hpp"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "compiler/values/duration.hpp"
#include "compiler/values/number.hpp"

namespace hookc::plan {
namespace {

using nlohmann::json;

template <typename... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

/// Writes JSON, on one line or indented.
class Writer {
 public:
  explicit Writer(bool pretty) : pretty_(pretty) {}

  void write(const Value& value) {
    std::visit(Overloaded{
                   [&](std::monostate) { out_ += "null"; },
                   [&](bool b) { out_ += b ? "true" : "false"; },
                   [&](std::int64_t n) { out_ += fmt::to_string(n); },
                   [&](double d) { out_ += json(d).dump(); },
                   [&](Duration d) { quoted(values::format_duration(d.ms)); },
                   [&](Size s) { quoted(values::format_size(s.bytes)); },
                   [&](const std::string& text) { quoted(text); },
                   [&](const Value::List& list) {
                     wrapped('[', ']', list, [&](const Value& element) { write(element); });
                   },
                   [&](const Value::Object& object) {
                     wrapped('{', '}', object, [&](const auto& member) {
                       quoted(member.first);
                       out_ += pretty_ ? ": " : ":";
                       write(member.second);
                     });
                   },
               },
               value.data);
  }
  std::string take() && { return std::move(out_); }

 private:
  void quoted(const std::string& text) {
    out_ += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  }
  void line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }
  template <typename Elements, typename Each>
  void wrapped(char open, char close, const Elements& elements, const Each& each) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& element : elements) {
      if (!first) out_ += ',';
      first = false;
      line();
      each(element);
    }
    --depth_;
    if (!first) line();
    out_ += close;
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool pretty_ = false;
};

/// Keeps the last of the members with one key, where the first stood. O(n log n): the bytes may
/// come from anybody, so a scan for each key is not good enough.
void drop_repeated_keys(Value::Object& object) {
  std::vector<std::size_t> order(object.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {},
                           [&](std::size_t i) -> const std::string& { return object[i].first; });
  std::vector<bool> drop(object.size());
  bool any = false;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    if (object[order[i]].first != object[order[i + 1]].first) continue;
    // `order` is stable: the later member of the file replaces the value of the earlier one and is
    // dropped; chains work because the survivor is swapped forward.
    object[order[i]].second = std::move(object[order[i + 1]].second);
    drop[order[i + 1]] = any = true;
    order[i + 1] = order[i];
  }
  if (!any) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < object.size(); ++i) {
    if (drop[i]) continue;
    if (kept != i) object[kept] = std::move(object[i]);
    ++kept;
  }
  object.resize(kept);
}

/// Builds a Value from nlohmann's events: no second tree, and a bound on the depth.
class Builder : public nlohmann::json_sax<json> {
 public:
  explicit Builder(std::size_t depth) : limit_(depth) {}

  bool null() override { return put({}); }
  bool boolean(bool value) override { return put({value}); }
  bool number_integer(number_integer_t value) override { return put({std::int64_t{value}}); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(INT64_MAX)) return put({static_cast<double>(value)});
    return put({static_cast<std::int64_t>(value)});
  }
  bool number_float(number_float_t value, const string_t&) override { return put({value}); }
  bool string(string_t& value) override { return put({std::move(value)}); }
  bool binary(binary_t&) override { return false; }  // JSON has none

  bool start_array(std::size_t) override { return open({Value::List{}}); }
  bool end_array() override { return close(); }
  bool start_object(std::size_t) override { return open({Value::Object{}}); }
  bool key(string_t& name) override {
    keys_.back() = std::move(name);
    return true;
  }
  bool end_object() override {
    drop_repeated_keys(std::get<Value::Object>(open_.back().data));
    return close();
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& problem) override {
    // nlohmann: "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …".
    const std::string_view text = problem.what();
    const std::size_t colon = text.find(": ");
    error_ = fmt::format("no JSON at byte {}: {}", position,
                         colon == text.npos ? text : text.substr(colon + 2));
    return false;
  }

  std::expected<Value, std::string> take(bool ok) && {
    if (ok) return std::move(result_);
    return std::unexpected(error_.empty() ? "no JSON" : std::move(error_));
  }

 private:
  bool put(Value value) {
    if (open_.empty()) {
      result_ = std::move(value);
    } else if (auto* list = std::get_if<Value::List>(&open_.back().data)) {
      list->push_back(std::move(value));
    } else {
      std::get<Value::Object>(open_.back().data)
          .emplace_back(std::move(keys_.back()), std::move(value));
    }
    return true;
  }
  bool open(Value empty) {
    if (open_.size() >= limit_) {
      error_ = fmt::format("JSON nested deeper than {}", limit_);
      return false;
    }
    open_.push_back(std::move(empty));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Value done = std::move(open_.back());
    open_.pop_back();
    keys_.pop_back();
    return put(std::move(done));
  }

  std::size_t limit_;
  std::vector<Value> open_;        // from the outside in
  std::vector<std::string> keys_;  // of each of them: the key being filled
  Value result_;
  std::string error_;
};

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(Overloaded{
                        [](double d) { return fmt::to_string(d); },
                        [](Duration d) { return values::format_duration(d.ms); },
                        [](Size s) { return values::format_size(s.bytes); },
                        [](const std::string& text) { return text; },
                        [&](const auto&) { return to_json(value); },
                    },
                    value.data);
}

std::string to_json(const Value& value) {
  Writer writer(false);
  writer.write(value);
  return std::move(writer).take();
}

std::string to_pretty_json(const Value& value) {
  Writer writer(true);
  writer.write(value);
  return std::move(writer).take();
}

std::expected<Value, std::string> parse_json(std::string_view text, std::size_t depth) {
  Builder builder(depth);
  const bool ok = json::sax_parse(text, &builder);
  return std::move(builder).take(ok);
}

std::string_view kind_of(const Value& value) {
  return std::visit(Overloaded{
                        [](std::monostate) -> std::string_view { return "nothing"; },
                        [](bool) -> std::string_view { return "true or false"; },
                        [](std::int64_t) -> std::string_view { return "a number"; },
                        [](double) -> std::string_view { return "a number"; },
                        [](Duration) -> std::string_view { return "a duration"; },
                        [](Size) -> std::string_view { return "a size"; },
                        [](const std::string&) -> std::string_view { return "a text"; },
                        [](const Value::List&) -> std::string_view { return "a list"; },
                        [](const Value::Object&) -> std::string_view { return "an object"; },
                    },
                    value.data);
}

const Value* find(const Value::Object& object, std::string_view key) {
  for (const auto& [name, value] : object) {
    if (name == key) return &value;
  }
  return nullptr;
}

}  // namespace hookc::plan
