import json, sys, urllib.parse
text = sys.stdin.read()
print(urllib.parse.quote(text), urllib.parse.quote(text, safe=""), urllib.parse.quote_plus(text), json.dumps(text))
