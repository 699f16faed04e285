// The only unit that includes PEGTL: the loop over a file's statements.
#include "grammar/rules.hpp"

namespace hookc::syntax {

namespace {

template <typename Rule>
bool match(rules::Input& in, Parser& parser) {
  return rules::control<Rule>::template match<rules::pegtl::apply_mode::nothing,
                                              rules::pegtl::rewind_mode::required,
                                              rules::pegtl::nothing, rules::control>(in, parser);
}

/// False for an edition this compiler does not know: the rest of the file is not read.
bool read_edition(rules::Input& in, Parser& parser) {
  (void)match<rules::edition>(in, parser);
  const Span number = parser.node(parser.node_count() - 1).span();
  if (parser.text().substr(number.begin, number.size()) == "1") {
    (void)match<rules::statement_end>(in, parser);
    return true;
  }
  parser.report_edition(number);
  const std::uint32_t at = rules::offset(in);
  if (at < parser.size()) parser.make_error({parser.node_count(), 0, 0}, at, parser.size());
  return false;
}

void read_statement(rules::Input& in, Parser& parser, std::uint32_t at) {
  if (parser.char_at(at) == '}' || parser.char_at(at) == ']' || parser.char_at(at) == ')') {
    std::uint32_t end = at + 1;
    while (parser.char_at(end) == '}' || parser.char_at(end) == ']' || parser.char_at(end) == ')')
      ++end;
    parser.report_stray_closers({at, end});
    parser.make_error(parser.mark(), at, end);
    rules::move_to(in, parser.skip(end));
    return;
  }
  if (parser.peek(at).word == Word::Language) {
    parser.report_late_edition(at);
    if (match<rules::edition>(in, parser)) {
      (void)match<rules::statement_end>(in, parser);
      return;
    }
  }
  if (!match<rules::statement>(in, parser)) parser.fail(at, Expected::Statement);
}

void read_file(rules::Input& in, Parser& parser) {
  rules::move_to(in, parser.skip(parser.looking_at(0, "\xEF\xBB\xBF") ? 3 : 0));
  bool first = true;
  while (!parser.at_end(rules::offset(in))) {
    const std::uint32_t at = rules::offset(in);
    const Mark mark = parser.mark();
    parser.begin_statement();
    try {
      if (first && parser.peek(at).word == Word::Language) {
        if (!read_edition(in, parser)) return;
      } else {
        read_statement(in, parser, at);
      }
      first = false;
    } catch (const Mistake& mistake) {
      if (mistake.corrected) {
        parser.rewind(mark);
        rules::move_to(in, at);
        continue;
      }
      first = false;
      const std::uint32_t from = mistake.at == at ? parser.token_end(at) : mistake.at;
      const std::uint32_t resume = parser.next_statement(from);
      parser.unnest(mark);
      parser.make_error(mark, mistake.at, resume);
      rules::move_to(in, parser.skip(resume));
    }
  }
}

}  // namespace

SyntaxTree parse(const SourceManager& sources, FileId file, Diagnostics& diagnostics) {
  SyntaxTree tree;
  tree.file = file;
  const std::string_view text = sources.text(file);
  tree.nodes.reserve(text.size() / 2 + 16);
  Parser parser(text, tree, diagnostics);
  const std::size_t root = parser.open(NodeKind::File);
  rules::Input in(text);
  read_file(in, parser);
  parser.collect_comments();
  Node& node = tree.nodes[root];
  node.begin = 0;
  node.end = static_cast<std::uint32_t>(text.size());
  node.size = static_cast<std::uint32_t>(tree.nodes.size());
  return tree;
}

}  // namespace hookc::syntax
