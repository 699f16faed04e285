"""Prints the secret in every form, byte by byte, and so much of it that what is kept is cut somewhere in it."""
import base64, json, os, sys, urllib.parse
secret = os.environ["TOKEN"]
forms = [secret, base64.b64encode(secret.encode()).decode(), base64.b64encode(f"user:{secret}".encode()).decode(),
         urllib.parse.quote(secret, safe=""), urllib.parse.quote_plus(secret), json.dumps(secret)]
def say(fd, text, chunk):
    data = text.encode()
    for at in range(0, len(data), chunk):
        os.write(fd, data[at:at + chunk])
if sys.argv[1] == "forms":
    say(1, "\n".join(forms) + "\n", 1 << 20)
elif sys.argv[1] == "bytes":
    say(1, "\n".join(forms) + "\n", 1)
    say(2, " ".join(forms), 3)
elif sys.argv[1] == "lines":
    for fd in (1, 2):
        say(fd, "".join(f"{n} {forms[n % len(forms)]}\n" for n in range(9000)), 1 << 16)
elif sys.argv[1] == "blob":
    for fd in (1, 2):
        say(fd, (secret + "-") * 9000, 4095)
elif sys.argv[1] == "mixed":
    # Both streams at once, a byte of each in turn.
    for byte in "\n".join(forms).encode():
        for fd in (1, 2):
            os.write(fd, bytes([byte]))
    for _ in range(9000):
        say(1, secret + "-", 1 << 16)
