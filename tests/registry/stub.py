"""stub.py [--auth USER:PASSWORD] [--tls CERT KEY]: a small schema registry with failure switches, on a free loopback port.

It prints its port, then obeys one line at a time on stdin and answers each with one line; it ends when stdin does.
  schema ID TEXT     ID is now that schema                    count PATH    how often PATH was asked (PATH may end with *)
  mode WORD [PATH]   how to answer (PATH, else everything):   stop | start  refuse connections | listen again, same port
     ok | 404 | 409 | 500 … | hang | garbage | html | types | drip | bare404
"""
import base64
import collections
import http.server
import json
import socketserver
import ssl
import sys
import threading
import time

schemas, subjects, modes, counts = {}, {}, {}, collections.Counter()
auth = tls = None
if "--auth" in sys.argv:
    auth = "Basic " + base64.b64encode(sys.argv[sys.argv.index("--auth") + 1].encode()).decode()
if "--tls" in sys.argv:
    at = sys.argv.index("--tls")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(sys.argv[at + 1], sys.argv[at + 2])


def error(code, message):
    return code // 100 if code > 999 else code, {"error_code": code, "message": message}


def register(text):
    for number, known in schemas.items():
        if known == text:
            return number
    number = max(schemas, default=0) + 1
    schemas[number] = text
    return number


def answer(path, posted):
    """The status and the object of a healthy registry."""
    part = path.strip("/").split("/")
    if part[:2] == ["schemas", "ids"]:
        number = int(part[2])
        return (200, {"schema": schemas[number]}) if number in schemas else error(40403, "Schema not found")
    if part[0] == "compatibility":
        return 200, {"is_compatible": "incompatible" not in posted["schema"]}
    versions = subjects.setdefault(part[1], []) if posted else subjects.get(part[1], [])
    if not posted:
        if not versions:
            return error(40401, f"Subject '{part[1]}' not found.")
        return 200, {"subject": part[1], "version": len(versions), "id": versions[-1], "schema": schemas[versions[-1]]}
    known = [n for n in versions if schemas[n] == posted["schema"]]
    if part[-1] != "versions":
        return (200, {"id": known[0]}) if known else error(40403, "Schema not found")
    if "incompatible" in posted["schema"]:
        return error(409, "Schema being registered is incompatible with an earlier schema")
    number = known[0] if known else register(posted["schema"])
    subjects[part[1]] = versions + ([] if known else [number])
    return 200, {"id": number}


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def send(self, status, body, kind="application/vnd.schemaregistry.v1+json"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one(self, posted):
        counts[self.path] += 1
        mode = modes.get(self.path, modes.get("", "ok"))
        if auth and self.headers.get("Authorization") != auth:
            return self.send(401, b'{"error_code":401,"message":"Unauthorized"}')
        if mode.isdigit():
            return self.send(int(mode), json.dumps({"error_code": int(mode) if mode != "404" else 40403, "message": "as told"}).encode())
        if mode == "hang":
            return time.sleep(30)
        if mode == "garbage":
            return self.send(200, b'{"schema": "{\\"type')
        if mode == "html":
            return self.send(200, b"<html>Please log in</html>", "text/html")
        if mode == "bare404":
            return self.send(404, b"<html>no such page</html>", "text/html")
        if mode == "types":
            return self.send(200, b'{"schema": 7, "id": "seven", "is_compatible": "yes"}')
        body = json.dumps(answer(self.path, posted)[1]).encode()
        if mode == "drip":
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
            for byte in body * 50:
                self.wfile.write(bytes([byte]))
                time.sleep(0.02)
            return None
        return self.send(answer(self.path, posted)[0], body)

    def do_GET(self):
        self.handle_one(None)

    def do_POST(self):
        self.handle_one(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


def serve(port):
    server = Server(("127.0.0.1", port), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    return server


def obey(line):
    global server
    word, _, rest = line.partition(" ")
    if word == "schema":
        number, _, text = rest.partition(" ")
        schemas[int(number)] = text
    elif word == "mode":
        mode, _, path = rest.partition(" ")
        if path == "":
            modes.clear()
        modes[path] = mode
    elif word == "count":
        return sum(n for path, n in list(counts.items()) if path == rest or (rest.endswith("*") and path.startswith(rest[:-1])))
    elif word == "stop":
        server.shutdown()
        server.server_close()
    elif word == "start":
        server = serve(port)
    return "done"


server = serve(0)
port = server.server_address[1]
print(port, flush=True)
for command in sys.stdin:
    print(obey(command.strip()), flush=True)
