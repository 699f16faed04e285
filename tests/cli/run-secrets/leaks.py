"""leaks.py FILE SECRET...: no form of a secret stands in FILE."""
import base64, json, sys, urllib.parse
text = open(sys.argv[1], errors="replace").read()
for secret in sys.argv[2:]:
    encoded = base64.b64encode(secret.encode()).decode()
    forms = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote(secret), urllib.parse.quote_plus(secret),
             json.dumps(secret)[1:-1], json.dumps(json.dumps(secret))[1:-1], encoded.rstrip("=")}
    for form in sorted(forms):
        if form in text:
            print("LEAK:", form)
