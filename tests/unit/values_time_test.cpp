// Durations, numbers, sizes, quantities, ports, dates.
#include <catch2/catch.hpp>

#include "compiler/values/date.hpp"
#include "compiler/values/duration.hpp"
#include "compiler/values/number.hpp"
#include "compiler/values/port.hpp"
#include "compiler/values/quantity.hpp"
#include "tests/unit/values_check.hpp"

using namespace hookc::values;

TEST_CASE("durations", "[values]") {
  struct Row {
    const char* text;
    std::int64_t ms;
    const char* canonical;
  };
  for (const Row& row :
       {Row{"500ms", 500, "500ms"}, Row{"30s", 30'000, "30s"}, Row{"5m", 300'000, "5m"},
        Row{"1h30m", 5'400'000, "1h30m"}, Row{"90m", 5'400'000, "1h30m"}, Row{"0s", 0, "0s"},
        Row{"1d2h3m4s5ms", 93'784'005, "1d2h3m4s5ms"}, Row{"007s", 7'000, "7s"},
        Row{"36500d", kMaxDurationMs, "36500d"}}) {
    INFO(row.text);
    const auto parsed = parse_duration(row.text);
    REQUIRE(parsed);
    CHECK(*parsed == row.ms);
    CHECK(format_duration(*parsed) == row.canonical);
    CHECK(parse_duration(format_duration(*parsed)) == row.ms);
  }
  const ValueRow rows[] = {
      {"", "0-0: a duration is a number and a unit, such as `30s` or `1h30m`", "DURATION"},
      {"30", "0-2: `30` has no unit; units are `ms`, `s`, `m`, `h` and `d` => 30s", "DURATION"},
      {"1h30", "2-4: `30` has no unit; units are `ms`, `s`, `m`, `h` and `d` => 1h30m", "DURATION"},
      {"-5s", "0-1: a duration has no sign", "DURATION"},
      {"1.5h", "0-3: a duration has no fraction => 1h30m", "DURATION"},
      {"1.h", "0-2: a duration has no fraction", "DURATION"},
      {"5 min", "1-2: a duration is written without blanks", "DURATION"},
      {"5 m", "1-2: a duration is written without blanks => 5m", "DURATION"},
      {"5min", "1-4: `min` is not a unit of time; units are `ms`, `s`, `m`, `h` and `d` => 5m",
       "DURATION"},
      {"30S", "2-3: `S` is not a unit of time; units are `ms`, `s`, `m`, `h` and `d` => 30s",
       "DURATION"},
      {"2w", "1-2: `w` is not a unit of time; units are `ms`, `s`, `m`, `h` and `d`", "DURATION"},
      {"30m1h", "3-5: units of a duration go from large to small, each once => 1h30m",
       "large first"},
      {"1m1m", "2-4: units of a duration go from large to small, each once => 2m", "each once"},
      {"s", "0-1: `s` in a duration; a duration is a number and a unit, such as `30s` or `1h30m`",
       "DURATION"},
      {"36501d", "0-6: a duration ends at `36500d`", "kMaxDurationMs"},
      {"99999999999999999999d", "0-21: a duration ends at `36500d`", "no overflow"},
      {"36500d1ms", "0-9: a duration ends at `36500d`", "no overflow of the sum"},
  };
  for (const ValueRow& row : rows) {
    INFO(row.text << "   " << row.rule);
    CHECK(shown(parse_duration(row.text)) == row.expected);
  }
  // A suggestion is never sought inside a suggestion: this would be quadratic and deep.
  std::string many;
  for (int i = 0; i < 50'000; ++i) many += "1hour";
  CHECK_FALSE(parse_duration(many));
}

TEST_CASE("numbers from text", "[values]") {
  CHECK(parse_int("-9223372036854775808") == std::numeric_limits<std::int64_t>::min());
  CHECK(parse_int("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  CHECK(shown(parse_int("9223372036854775808")) == "0-19: this number does not fit into 64 bits");
  CHECK(shown(parse_int("3x")) == "1-2: `x` in a whole number");
  CHECK(shown(parse_int("")) == "0-0: a number is missing");
  CHECK(shown(parse_int("+3")) == "0-1: `+` in a whole number");
  CHECK(parse_decimal("-2.5") == -2.5);
  CHECK(parse_decimal("2") == 2.0);
  CHECK(shown(parse_decimal("2.")) == "2-2: digits are missing at the end of a number");
  CHECK(shown(parse_decimal("1e3")) == "1-2: `e` in a number");
  CHECK(shown(parse_decimal("inf")) == "0-1: `i` in a number");
}

TEST_CASE("sizes", "[values]") {
  CHECK(parse_size("64MiB") == 67'108'864);
  CHECK(parse_size("1kB") == 1000);
  CHECK(parse_size("0B") == 0);
  CHECK(parse_size("8388607TiB") == 8388607LL << 40);
  CHECK(format_size(67'108'864) == "64MiB");
  CHECK(format_size(5000) == "5kB");
  CHECK(format_size(1500) == "1500B");
  CHECK(format_size(0) == "0B");
  const std::string units = "; units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB` and `TiB`";
  CHECK(shown(parse_size("64mib")) == "2-5: `mib` is not a unit of size" + units + " => 64MiB");
  CHECK(shown(parse_size("1KB")) == "1-3: `KB` is not a unit of size" + units + " => 1kB");
  CHECK(shown(parse_size("1Gi")) == "1-3: `Gi` is not a unit of size" + units + " => 1GiB");
  CHECK(shown(parse_size("1XB")) == "1-3: `XB` is not a unit of size" + units);
  CHECK(shown(parse_size("64")) == "0-2: `64` has no unit" + units + " => 64B");
  CHECK(shown(parse_size("64 MiB")) == "2-3: a size is written without blanks => 64MiB");
  CHECK(shown(parse_size("-1B")) == "0-1: a size is never negative");
  CHECK(shown(parse_size("8388608TiB")) == "0-10: this size does not fit into 64 bits");
}

TEST_CASE("quantities", "[values]") {
  // apimachinery/pkg/api/resource/quantity.go
  for (const auto& [text, value] :
       std::initializer_list<std::pair<const char*, double>>{{"500m", 0.5},
                                                             {"2", 2},
                                                             {"128Mi", 134217728},
                                                             {"1.5", 1.5},
                                                             {"1e3", 1000},
                                                             {"1E", 1e18},
                                                             {"1E3", 1000},
                                                             {".5", 0.5},
                                                             {"5.", 5},
                                                             {"100n", 1e-7},
                                                             {"1k", 1000},
                                                             {"2Ki", 2048},
                                                             {"1e-3", 1e-3}}) {
    INFO(text);
    const auto parsed = parse_quantity(text);
    REQUIRE(parsed);
    CHECK(parsed->value == Approx(value));
  }
  const std::string units =
      " is not a unit of quantities; Kubernetes has `m`, `k`, `M`, `G`, `T`, and `Ki`, `Mi`, `Gi`, "
      "`Ti`";
  CHECK(shown(parse_quantity("128MB")) == "3-5: `MB`" + units + " => 128M");
  CHECK(shown(parse_quantity("128MiB")) == "3-6: `MiB`" + units + " => 128Mi");
  CHECK(shown(parse_quantity("1K")) == "1-2: `K`" + units + " => 1k");
  CHECK(shown(parse_quantity("128mi")) == "3-5: `mi`" + units + " => 128Mi");
  CHECK(shown(parse_quantity("1x")) == "1-2: `x`" + units);
  CHECK(shown(parse_quantity("1 Gi")) == "1-2: a quantity is written without blanks");
  CHECK(shown(parse_quantity("-1")) == "0-1: a quantity has no sign");
  CHECK(shown(parse_quantity(".")) ==
        "0-1: a quantity begins with a number, such as `500m` or `128Mi`");
  CHECK(shown(parse_quantity("1e999")) == "0-5: this quantity is too large");
  CHECK(shown(parse_quantity("")) == "0-0: a quantity is missing; write `500m`, `2` or `128Mi`");
}

TEST_CASE("ports", "[values]") {
  CHECK(parse_port("1") == 1);
  CHECK(parse_port("65535") == 65535);
  CHECK(shown(parse_port("0")) == "0-1: port `0` is out of range; ports are 1 to 65535");
  CHECK(shown(parse_port("65536")) == "0-5: port `65536` is out of range; ports are 1 to 65535");
  CHECK(shown(parse_port("70000000000000000000")) ==
        "0-20: port `70000000000000000000` is out of range; ports are 1 to 65535");
  CHECK(shown(parse_port("080")) == "0-1: a port has no leading zero => 80");
  CHECK(shown(parse_port("80a")) == "2-3: `a` in a port number");
  CHECK(shown(parse_port("")) == "0-0: a port is missing");
  CHECK(check_port(443) == 443);
  CHECK(shown(check_port(-1)) == "0-0: port `-1` is out of range; ports are 1 to 65535");
  const std::string alphabet = " in a port name; it may hold lower-case letters, digits and `-`";
  const std::pair<std::string, std::string> rows[] = {
      {"http", "ok"},
      {"h2", "ok"},
      {"1-a", "ok"},
      {"abcdefghijklmno", "ok"},
      {"abcdefghijklmnop", "15-16: a port name has at most 15 characters, and this one 16"},
      {"HTTP", "0-1: `H`" + alphabet + " => http"},
      {"my_port", "2-3: `_`" + alphabet + " => my-port"},
      {"-a", "0-1: a port name begins and ends with a letter or digit"},
      {"a-", "1-2: a port name begins and ends with a letter or digit"},
      {"a--b", "1-3: a port name has no two hyphens in a row"},
      {"8080", "0-4: a port name has at least one letter"},
      {"", "0-0: a port name is missing"},
  };
  for (const auto& [text, expected] : rows) {
    INFO(text << "   RFC 6335 section 5.1");
    CHECK(shown(check_port_name(text)) == expected);
  }
}

TEST_CASE("dates", "[values]") {
  using namespace std::chrono;
  CHECK(parse_date("2027-03-31") == year_month_day{year{2027}, month{3}, day{31}});
  CHECK(parse_date("2028-02-29"));
  const ValueRow rows[] = {
      {"2027-02-29", "8-10: this month has no such day", "no leap year"},
      {"2027-13-01", "5-7: a month is `01` to `12`", "RFC 3339 section 5.6"},
      {"2027-3-31", "6-7: a date is `YYYY-MM-DD`, such as `2027-03-31`", "RFC 3339 section 5.6"},
      {"2027-03", "7-7: a date is `YYYY-MM-DD`, such as `2027-03-31`", "RFC 3339 section 5.6"},
      {"2027-03-31T00:00", "10-16: a date is `YYYY-MM-DD`, such as `2027-03-31`", "full-date only"},
  };
  for (const ValueRow& row : rows) {
    INFO(row.text << "   " << row.rule);
    CHECK(shown(parse_date(row.text)) == row.expected);
  }
}
