"""leaks.py FILE…: not even a part of the secret stands in them, in any form."""
import base64, html, json, os, sys, urllib.parse
secret = os.environ["TOKEN"]
forms = {secret, urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)[1:-1],
         json.dumps(json.dumps(secret))[1:-1], html.escape(secret)}
forms |= {base64.b64encode(("x" * n + secret).encode()).decode()[4:].rstrip("=") for n in range(3)}
parts = {form[at:at + 8] for form in forms for at in range(len(form) - 7)}
for name in sys.argv[1:]:
    text = open(name, errors="replace").read()
    found = sorted(part for part in parts if part in text)
    print(name, f"LEAKS {found[:3]}" if found else "no leak", "***" in text)
