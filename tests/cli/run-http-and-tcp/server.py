import http.server, sys, threading

class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with open("requests", "a") as log:
            print(self.command, self.path, self.headers.get("X-Name", ""), self.headers.get("Content-Type", ""), body,
                  file=log)
        known = {"/healthz": "all fine", "/name": '{"name": "web-1"}', "/report": ""}
        text = known.get(self.path.split("?")[0])
        data = (text or "").encode()
        self.send_response(404 if text is None else 200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
    do_GET = do_POST = answer
    def log_message(self, *_):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
