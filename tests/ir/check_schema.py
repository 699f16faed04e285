#!/usr/bin/env python3
"""Checks every stage of every file beside this one, and of the examples, against docs/reference/ir.schema.json.

usage: check_schema.py HOOKC
"""

import json
import pathlib
import subprocess
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"


def main():
    hookc = sys.argv[1]
    schema = json.loads((REFERENCE / "ir.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    plan = json.loads((REFERENCE / "plan.schema.json").read_text())
    # A stage's own part of the schema gives messages that name the field; `oneOf` would only say "none fits".
    stages = {part["properties"]["stage"]["const"]: part for part in schema["oneOf"] if "properties" in part}
    documents = 0
    for path in sorted([*ROOT.glob("tests/ir/*.hook"), *ROOT.glob("examples/*.hook")]):
        for stage in ["tokens", "tree", "ast", "program", "plan"]:
            run = subprocess.run([hookc, "ir", "--stage", stage, "--format", "json", path], capture_output=True, check=False)
            if run.returncode not in (0, 1):
                sys.exit(f"{path}: stage {stage}: exit code {run.returncode}")
            if not run.stdout:
                continue  # no plan of a file with errors
            document = json.loads(run.stdout)
            part = plan if stage == "plan" else {**stages[stage], "$defs": schema["$defs"]}
            error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(part).iter_errors(document))
            if error is not None:
                sys.exit(f"{path}: stage {stage}: {error.json_path}: {error.message}")
            documents += 1
    if documents < 50:
        sys.exit(f"only {documents} documents were checked")
    print(f"ir schema: {documents} documents fit")


if __name__ == "__main__":
    main()
