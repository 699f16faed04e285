import json, sys
import jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
for number, line in enumerate(open(sys.argv[2]), 1):
    event = json.loads(line)
    validator.validate(event)
    assert event["sequence"] == number, (event["sequence"], number)
    print(event["event"], event.get("step", {}).get("name", ""), event.get("phase", ""), event.get("text", ""))
print("status", event["status"], "held", [step["name"] for step in event["still_held"]])
