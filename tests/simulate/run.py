#!/usr/bin/env python3
"""`hookc simulate` on every example: its table against tests/golden/simulate, its JSON against the schema.

usage: run.py HOOKC        HOOKC_UPDATE=1 writes the tables anew; read the diff.
"""

import difflib
import json
import os
import pathlib
import subprocess
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "simulate"
UPDATE = os.environ.get("HOOKC_UPDATE") == "1"


def simulate(hookc, path, *options):
    run = subprocess.run([hookc, "simulate", *options, path], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if "needs what this build cannot run" in run.stderr:
        return None
    if run.returncode != 0:
        sys.exit(f"{path}: exit code {run.returncode}\n{run.stderr}")
    return run.stdout


def main():
    hookc = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads((ROOT / "docs/reference/simulate.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    problems = []
    wanted = set()
    for path in sorted((ROOT / "examples").rglob("*.hook")):
        name = path.relative_to(ROOT)
        golden = GOLDEN / ("-".join(name.with_suffix(".txt").parts[1:]))
        wanted.add(golden)
        table = simulate(hookc, name)
        if table is None:
            continue
        if UPDATE:
            golden.parent.mkdir(parents=True, exist_ok=True)
            golden.write_text(table)
        elif not golden.exists() or golden.read_text() != table:
            old = golden.read_text() if golden.exists() else ""
            diff = difflib.unified_diff(old.splitlines(True), table.splitlines(True), str(golden), "now")
            problems.append("".join(diff))
        for options in ([], ["--all"]):
            document = json.loads(simulate(hookc, name, "--format", "json", *options))
            error = jsonschema.exceptions.best_match(validator.iter_errors(document))
            if error is not None:
                problems.append(f"{name}: {error.json_path}: {error.message[:300]}")
            # The schema is closed: a field nobody described is a mistake.
            for simulation in document["simulations"]:
                simulation["zeal"] = 1
                if validator.is_valid(document):
                    problems.append("the schema takes an unknown field")
                del simulation["zeal"]
    quoted = simulate(hookc, "examples/16-standard-library.hook", "--operation", "backup").rstrip("\n")
    if quoted not in (ROOT / "docs/reference/simulate.md").read_text():
        problems.append("docs/reference/simulate.md does not show what `hookc simulate` prints of example 16")
    for stale in set(GOLDEN.glob("*.txt")) - wanted:
        problems.append(f"{stale} is of no example")
    print("\n".join([*problems, f"simulate: {len(wanted)} examples, {len(problems)} problems"]))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
