"""Documents of `hookc history` against their published schema. Usage: check.py docs/reference DOCUMENT…"""
import json
import pathlib
import sys

import jsonschema


def check(name, schema, document):
    error = jsonschema.exceptions.best_match(jsonschema.Draft202012Validator(schema).iter_errors(document))
    if error is not None:
        sys.exit(f"{name}: {error.json_path}: {error.message}")


reference = pathlib.Path(sys.argv[1])
schema = json.loads((reference / "history.schema.json").read_text())
events = json.loads((reference / "events.schema.json").read_text())
# The other file is looked at by itself, for libraries differ in how they find it.
schema["$defs"]["whole"]["properties"]["events"]["items"] = {}
counted = 0
for name in sys.argv[2:]:
    document = json.loads(pathlib.Path(name).read_text())
    check(name, schema, document)
    for event in document.get("session", {}).get("events", []):
        check(name, events, event)
        counted += 1
print(f"{len(sys.argv) - 2} documents are as their schema says" + ("" if counted else ", and no event was seen"))
