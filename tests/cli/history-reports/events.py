import json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
lines = [json.loads(line) for line in open(sys.argv[2])]
for number, event in enumerate(lines, 1):
    validator.validate(event)
    assert event["sequence"] == number
print("events end with", lines[-1]["event"], "of", lines[-1]["program"])
