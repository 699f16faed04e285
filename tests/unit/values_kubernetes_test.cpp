// Names, images and label selectors as Kubernetes takes them.
#include <catch2/catch.hpp>

#include "compiler/values/image.hpp"
#include "compiler/values/kubernetes_name.hpp"
#include "compiler/values/selector.hpp"
#include "tests/unit/values_check.hpp"

using namespace hookc::values;

namespace {
const std::string kLong(64, 'a');
const std::string kHex(64, 'f');
}  // namespace

TEST_CASE("names", "[values]") {
  const std::string label =
      " in a Kubernetes name; this one may hold lower-case letters, digits and `-`";
  const std::string subdomain =
      " in a Kubernetes name; this one may hold lower-case letters, digits, `-` and `.`";
  struct Row {
    NameRule rule;
    std::string text;
    std::string expected;
  };
  const Row rows[] = {
      {NameRule::Label, "orders-db", "ok"},
      {NameRule::Label, "1a", "ok"},
      {NameRule::Label, kLong,
       "63-64: this Kubernetes name has 64 characters; at most 63 are allowed"},
      {NameRule::Label, "a.b", "1-2: `.`" + label},
      {NameRule::Label, "My_App", "0-1: `M`" + label + " => my-app"},
      {NameRule::Label, "-a", "0-1: a Kubernetes name begins and ends with a letter or digit"},
      {NameRule::Label, "a-", "1-2: a Kubernetes name begins and ends with a letter or digit"},
      {NameRule::Label, "a b", "1-2: a blank" + label},
      {NameRule::Label, "caf\xc3\xa9", "3-5: `\xc3\xa9`" + label},
      {NameRule::Label, "a\xc2\xa0", "1-3: the invisible character U+00A0" + label},
      {NameRule::Label, "", "0-0: a name is missing"},
      {NameRule::Subdomain, "a.b-c.9", "ok"},
      {NameRule::Subdomain, kLong, "ok"},
      {NameRule::Subdomain, "a..b",
       "1-2: each dotted part of a Kubernetes name begins and ends with a letter or digit"},
      {NameRule::Subdomain, "a-.b",
       "1-2: each dotted part of a Kubernetes name begins and ends with a letter or digit"},
      {NameRule::Subdomain, "a.",
       "1-2: each dotted part of a Kubernetes name begins and ends with a letter or digit"},
      {NameRule::Subdomain, "a_b", "1-2: `_`" + subdomain + " => a-b"},
      {NameRule::Rfc1035Label, "1a", "0-1: this Kubernetes name must begin with a letter"},
      {NameRule::Rfc1035Label, "a1", "ok"},
  };
  for (const Row& row : rows) {
    INFO(row.text << "   apimachinery/pkg/util/validation");
    CHECK(shown(check_name(row.rule, row.text)) == row.expected);
  }
  CHECK(shown(check_name(NameRule::Subdomain, std::string(254, 'a'))) ==
        "253-254: this Kubernetes name has 254 characters; at most 253 are allowed");
}

TEST_CASE("names of other things in a cluster", "[values]") {
  const auto pair = parse_namespaced_name("demo/pg.main");
  REQUIRE(pair);
  CHECK(pair->namespace_name == "demo");
  CHECK(pair->name == "pg.main");
  CHECK(shown(parse_namespaced_name("pg")) ==
        "0-0: a namespace is missing; the form is `namespace/name`");
  CHECK(shown(parse_namespaced_name("demo/a_b")).ends_with("=> demo/a-b"));
  CHECK(shown(parse_namespaced_name("demo/")) == "5-5: a name is missing");
  CHECK_FALSE(parse_namespaced_name("a/b/c"));

  // IsQualifiedName
  for (const char* key : {"app", "app.kubernetes.io/name", "A_b-c.d", "x/Y"})
    CHECK(shown(check_label_key(key)) == "ok");
  CHECK(shown(check_label_key("/a")) == "0-1: the prefix of a label key is missing");
  CHECK(shown(check_label_key("a/")) == "2-2: the name after `/` in a label key is missing");
  CHECK(shown(check_label_key("a/b/c")) == "3-4: a label key has at most one `/`");
  CHECK(shown(check_label_key("-a")) == "0-1: a label key begins and ends with a letter or digit");
  CHECK(shown(check_label_key("Ex.com/a")).ends_with("=> ex.com/a"));
  CHECK(shown(check_label_value("")) == "ok");
  CHECK(shown(check_label_value("a b")) ==
        "1-2: a blank in a label value; it may hold letters, digits, `-`, `_` and `.`");
  CHECK(shown(check_label_value(kLong)) ==
        "63-64: a label value has at most 63 characters, and this one 64");

  // XBD 8.1
  CHECK(shown(check_env_name("_PG_1")) == "ok");
  CHECK(shown(check_env_name("1A")) == "0-1: the name of a variable does not begin with a digit");
  CHECK(shown(check_env_name("pg-host")).ends_with("=> pg_host"));
  CHECK(shown(check_env_name_relaxed("pg-host 1")) == "ok");
  CHECK(shown(check_env_name_relaxed("a=b")) ==
        "1-2: `=` in the name of a variable; it may hold printable ASCII without `=`");

  // IsConfigMapKey
  CHECK(shown(check_secret_key(".dockerconfigjson")) == "ok");
  CHECK(shown(check_secret_key("..a")) ==
        "0-2: the key of a Secret is not `.` and does not begin with `..`");
  CHECK(shown(check_secret_key("a/b")) ==
        "1-2: `/` in the key of a Secret; it may hold letters, digits, `-`, `_` and `.`");

  CHECK(shown(check_kind("StatefulSet")) == "ok");
  CHECK(shown(check_kind("deployments")).ends_with("=> Deployment"));
  CHECK(shown(check_kind("widget")) ==
        "0-6: `widget` is not a kind; a kind begins with a capital, as in `StatefulSet`");
}

TEST_CASE("images", "[values]") {
  struct Row {
    std::string text, registry, repository, tag, digest;
    bool floating;
  };
  const Row good[] = {
      {"postgres", "", "postgres", "", "", true},
      {"postgres:16.4", "", "postgres", "16.4", "", false},
      {"postgres:latest", "", "postgres", "latest", "", true},
      {"library/postgres:16", "", "library/postgres", "16", "", false},
      {"ghcr.io/a/b__c/d-e:v1", "ghcr.io", "a/b__c/d-e", "v1", "", false},
      {"localhost:5000/x", "localhost:5000", "x", "", "", true},
      {"localhost/x:1", "localhost", "x", "1", "", false},
      {"a@sha256:" + kHex, "", "a", "", "sha256:" + kHex, false},
      {"r.io/a:latest@sha256:" + kHex, "r.io", "a", "latest", "sha256:" + kHex, false},
  };
  for (const Row& row : good) {
    INFO(row.text << "   distribution/reference, regexp.go");
    const auto image = parse_image(row.text);
    REQUIRE(image);
    CHECK(image->registry == row.registry);
    CHECK(image->repository == row.repository);
    CHECK(image->tag == row.tag);
    CHECK(image->digest == row.digest);
    CHECK(image->floating() == row.floating);
  }
  const std::string name =
      " in the name of an image; it may hold lower-case letters, digits, `.`, `_`, `-` and `/`";
  const std::pair<std::string, std::string> bad[] = {
      {"", "0-0: an image is missing"},
      {"Postgres:16", "0-1: `P`" + name + " => postgres:16"},
      {"a b", "1-2: a blank" + name},
      {"a:", "2-2: the tag after `:` is missing"},
      {"a:-x", "2-3: `-` in the tag of an image"},
      {"a//b", "2-3: an image name has an empty part"},
      {"a..b", "1-3: a separator in the name of an image stands between letters or digits"},
      {"a___b", "1-4: a separator in the name of an image stands between letters or digits"},
      {"a-", "1-2: a separator in the name of an image stands between letters or digits"},
      {"r.io/", "5-5: the name of an image is missing"},
      {"https://r.io/a", "0-8: an image is written without a scheme => r.io/a"},
      {"a@sha256:abc", "9-12: this digest has 3 digits; sha256 has 64"},
      {"a@" + kHex, "2-66: a digest is `sha256:` and 64 hexadecimal digits"},
      {"r.io:x/a", "5-6: the registry's port is not a number"},
  };
  for (const auto& [text, expected] : bad) {
    INFO(text << "   distribution/reference, regexp.go");
    CHECK(shown(parse_image(text)) == expected);
  }
}

TEST_CASE("label selectors parse as labels.Parse does", "[values][selector]") {
  // From apimachinery's selector_test.go (what it accepts and how it prints), and its parser's
  // corners.
  const std::pair<const char*, const char*> good[] = {
      {"", ""},
      {"x=a,y=b,z=c", "x=a,y=b,z=c"},
      {"x!=a,y=b", "x!=a,y=b"},
      {"x==a", "x=a"},
      {"x=", "x="},
      {"x= ,z= ", "x=,z="},
      {" x = a , y ", "x=a,y"},
      {"!x", "!x"},
      {"x>1", "x>1"},
      {"x>1,z<5", "x>1,z<5"},
      {"x in (a,b)", "x in (a,b)"},
      {"x in (b,a,b)", "x in (a,b)"},
      {"x in (a)", "x=a"},
      {"x notin (a,b),y", "x notin (a,b),y"},
      {"x in (a,)", "x in (,a)"},
      {"x in (,)", "x="},
      {"in in (in,notin)", "in in (in,notin)"},
      {"b,a", "a,b"},
      {"app=orders, tier in (db)", "app=orders,tier=db"},
      {"a.io/b=c", "a.io/b=c"},
  };
  for (const auto& [text, canonical] : good) {
    INFO(text);
    const auto selector = parse_selector(text);
    REQUIRE(shown(selector) == "ok");
    CHECK(format_selector(*selector) == canonical);
    CHECK(format_selector(*parse_selector(canonical)) == canonical);
  }
  const ValueRow bad[] = {
      {"x=a||y=b", "3-4: `|` in a label value; it may hold letters, digits, `-`, `_` and `.`",
       "validateLabelValue"},
      {"x==a==b", "4-6: `==` in a label selector where `,` or the end is expected", "parse"},
      {"!x=a", "2-3: `=` in a label selector where `,` or the end is expected", "parse"},
      {"x in ()", "5-7: a set of label values cannot be empty", "NewRequirement"},
      {"x in (a", "5-6: `(` in a label selector is never closed", "parseValues"},
      {"x in a", "5-6: `a` in a label selector where `(` is expected", "parseValues"},
      {"x in (a b)", "8-9: `b` in a label selector where `,` or `)` is expected",
       "parseIdentifiersList"},
      {"a,", "1-2: a label selector does not end with `,` => a", "parse"},
      {",a", "0-1: `,` in a label selector where a label key is expected", "parse"},
      {"a,,b", "2-3: `,` in a label selector where a label key is expected", "parse"},
      {"a b", "2-3: `b` in a label selector where `=`, `!=`, `in` or `notin` is expected",
       "parseOperator"},
      {"a not in (b)", "2-8: `not in` is `notin` in a label selector => a notin (b)",
       "parseOperator"},
      {"!", "1-1: the label selector ends where a label key is expected", "parseKey"},
      {"x>a", "2-3: `>` in a label selector compares with a whole number", "NewRequirement"},
      {"x>", "2-2: `>` in a label selector compares with a whole number", "NewRequirement"},
      {"app='web'", "4-9: values in a label selector are written without quotes => app=web",
       "Lexer"},
      {"-a=b", "0-1: a label key begins and ends with a letter or digit", "validateLabelKey"},
      {"app: web", "3-4: `:` in a label key; it may hold letters, digits, `-`, `_` and `.`",
       "validateLabelKey"},
  };
  for (const ValueRow& row : bad) {
    INFO(row.text << "   " << row.rule);
    CHECK(shown(parse_selector(row.text)) == row.expected);
  }
  std::string quoted = "a='b'";
  for (int i = 0; i < 20'000; ++i) quoted += ",a='b'";
  CHECK_FALSE(parse_selector(quoted));  // suggestions do not nest
}

TEST_CASE("label selectors match", "[values][selector]") {
  const Labels labels{{"app", "orders"}, {"tier", "db"}, {"n", "5"}, {"empty", ""}};
  const std::pair<const char*, bool> rows[] = {
      {"", true},
      {"app=orders", true},
      {"app=web", false},
      {"app!=web", true},
      {"gone!=x", true},
      {"gone=", false},
      {"empty=", true},
      {"app in (a,orders)", true},
      {"gone in (a)", false},
      {"app notin (orders)", false},
      {"gone notin (a)", true},
      {"app", true},
      {"!app", false},
      {"!gone", true},
      {"n>4", true},
      {"n>5", false},
      {"n<6", true},
      {"app>1", false},
      {"gone<1", false},
      {"app=orders,tier=web", false},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text);
    CHECK(matches(*parse_selector(text), labels) == expected);
  }
  CHECK(expressible_as_object(*parse_selector("a,b=c")));
  CHECK_FALSE(expressible_as_object(*parse_selector("a>1")));
}

TEST_CASE("contradictions in label selectors", "[values][selector]") {
  struct Row {
    const char* text;
    int first, second;  // -1: none
  };
  for (const Row& row :
       {Row{"a=1,b=1,a=2", 0, 2}, Row{"a=1,!a", 0, 1}, Row{"!a,a", 0, 1}, Row{"!a,a!=1", -1, -1},
        Row{"a in (1,2),a in (2,3)", -1, -1}, Row{"a in (1,2),a in (3)", 0, 1},
        Row{"a=1,a!=1", 0, 1}, Row{"a!=1,a=1", 0, 1}, Row{"a in (1,2),a notin (1,2)", 0, 1},
        Row{"a>5,a<6", 0, 1}, Row{"a>5,a<7", -1, -1}, Row{"a=x,a>1", 0, 1}, Row{"a>1,a=1", 0, 1},
        Row{"a=3,a>1,a<5", -1, -1}, Row{"a,a,a=1", -1, -1}}) {
    INFO(row.text);
    const auto found = find_contradiction(*parse_selector(row.text));
    CHECK(found.has_value() == (row.first >= 0));
    if (!found) continue;
    CHECK(found->first == static_cast<std::uint32_t>(row.first));
    CHECK(found->second == static_cast<std::uint32_t>(row.second));
  }
  CHECK(find_contradiction(*parse_selector("a=1,a=2"))->message ==
        "no pod has labels that meet both `a=1` and `a=2`");
}
