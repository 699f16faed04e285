#!/usr/bin/env python3
"""Every rule of the language has a test that names it.

The rules are those that docs/reference/language.md numbers (**R1**, …). A test names one by its file,
`tests/corpus/**/rule_NN_*.hook` (`fail_rule_NN_*` where the rule makes something an error), or by a test case that begins
`rule N: ` in tests/unit.
"""

import pathlib
import re
import sys

TESTS = pathlib.Path(__file__).resolve().parents[1]

# E: something is a compile error by it; C: the compiler does something else by it; R: sessions run by it.
RULES = {
    1: ("EC", "editions"),
    2: ("EC", "imports: once, depth first, qualified"),
    3: ("EC", "params and secrets of one name"),
    4: ("EC", "names of the cluster, by file and kind"),
    5: ("E", "reserved names"),
    6: ("EC", "`after`, and file order"),
    7: ("R", "timeout and retry"),
    8: ("ER", "`expect`, and clauses given twice"),
    9: ("ER", "`on error`"),
    10: ("R", "`when`"),
    11: ("R", "`on one` and `on all`"),
    12: ("ECR", "where a capture certainly exists"),
    13: ("ECR", "`together`"),
    14: ("E", "executors"),
    15: ("R", "the order of a session"),
    16: ("CR", "the outcome is fixed once"),
    17: ("ER", "facts of the session"),
    18: ("R", "what runs after a failed pre hook"),
    19: ("R", "signals"),
    20: ("C", "post failures that nobody reads"),
    21: ("R", "releases go to the recorded pods"),
    22: ("E", "whose clause it is in a hold"),
    23: ("R", "an acquire of unknown result"),
    24: ("R", "the release of a failed acquire"),
    25: ("ECR", "unprotected operations"),
    26: ("ER", "what a release reads of its acquire"),
    27: ("R", "the order of releases"),
    28: ("CR", "`at most`"),
    29: ("CR", "session holds"),
    30: ("ER", "`scale back`"),
    31: ("R", "a hold that is open already"),
    32: ("R", "`recover`"),
    33: ("R", "the two calls of --phase"),
    34: ("R", "nothing runs between the calls"),
    35: ("E", "the two kinds of template"),
    36: ("EC", "bodies and the clauses at their use"),
    37: ("EC", "text for shells"),
    38: ("EC", "URLs and bodies"),
    39: ("ER", "where secrets may flow"),
    40: ("E", "`env` for pods"),
    41: ("ER", "tests in the language"),
}

# What has no test yet, and why. An entry whose test has come is an error: take it out.
EXEMPT = {
}


def tested():
    """(rule, kind) of every test that names a rule."""
    found = set()
    for path in (TESTS / "corpus").rglob("*.hook"):
        for fail, number in re.findall(r"^(fail_)?rule_(\d+)_", path.name):
            found.add((int(number), "E" if fail else "C"))
    for path in (TESTS / "unit").glob("*_test.cpp"):
        for number in re.findall(r'TEST_CASE\(\s*"rule (\d+): ', path.read_text()):
            found.add((int(number), "R"))
    return found


def main():
    wanted = {(rule, kind) for rule, (kinds, _) in RULES.items() for kind in kinds}
    found = tested()
    problems = []
    reference = TESTS.parent / "docs" / "reference" / "language.md"
    numbered = {int(number) for number in re.findall(r"\*\*R(\d+)\*\*", reference.read_text())}
    for rule in sorted(numbered ^ RULES.keys()):
        problems.append(f"rule {rule}: docs/reference/language.md and the table here do not both have it")
    names = {
        "E": "no tests/corpus/**/fail_rule_{:02}_*.hook shows its errors",
        "C": "no tests/corpus/**/rule_{:02}_*.hook shows what the compiler takes",
        "R": "no test case `rule {}: …` shows what a session does",
    }
    for rule, kind in sorted(wanted - found - EXEMPT.keys()):
        problems.append(f"rule {rule} ({RULES[rule][1]}): " + names[kind].format(rule))
    for rule, kind in sorted(found & EXEMPT.keys()):
        problems.append(f"rule {rule} ({RULES[rule][1]}) is exempt from {kind} and has a test")
    for rule, kind in sorted(found - wanted):
        problems.append(f"rule {rule}: a test names it as {kind}, and the table does not")
    print("\n".join(problems + [f"rules: {len(wanted & found)} tested, {len(EXEMPT)} exempt, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
