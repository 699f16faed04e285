"""Checks every tests/golden/plan/*.plan.json against docs/reference/plan.schema.json, and that the schema is not so wide
that it takes a plan with one field more."""

import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(__file__).resolve().parents[2]
schema = json.loads((root / "docs/reference/plan.schema.json").read_text())
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
plans = sorted((root / "tests/golden/plan").glob("*.plan.json"))
failures = 0


def fail(path, message):
    global failures
    failures += 1
    print(f"{path.relative_to(root)}: {message}", file=sys.stderr)


def objects(value):
    """Every object of the plan whose keys the schema closes, to be given one key too many."""
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from objects(member)
    elif isinstance(value, list):
        for element in value:
            yield from objects(element)


for path in plans:
    plan = json.loads(path.read_text())
    for error in validator.iter_errors(plan):
        fail(path, f"{error.json_path}: {error.message[:200]}")
    if path.name != "full.plan.json":
        continue
    for place in list(objects(plan)):
        if place is plan or "origin" in place or "release" in place:
            place["zeal"] = 1
            if not list(validator.iter_errors(plan)):
                fail(path, f"the schema takes an unknown field beside {sorted(place)}")
            del place["zeal"]

if not plans:
    sys.exit("no plans to check")
print(f"{len(plans)} plans checked")
sys.exit(1 if failures else 0)
