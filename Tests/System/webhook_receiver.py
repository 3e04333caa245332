"""A real HTTP receiver of webhooks; signatures are checked with another's implementation."""

import base64
import http.server
import json
import os
import threading

from standardwebhooks.webhooks import Webhook


class Receiver:
    def __init__(self, host="127.0.0.1"):
        self.secret = "whsec_" + base64.b64encode(os.urandom(32)).decode()
        self.events = []
        self.status = 204
        self.lock = threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                status = receiver.take(body, dict(self.headers.items()), self.path)
                self.send_response(status)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer((host, 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, body, headers, path):
        with self.lock:
            if self.status != 204:
                return self.status
            lower = {name.lower(): value for name, value in headers.items()}
            event = Webhook(self.secret).verify(body, lower)
            event["id"] = lower["webhook-id"]
            event["path"] = path
            self.events.append(event)
            return 204

    def named(self, kind):
        with self.lock:
            return [event for event in self.events if event["type"] == kind]

    def paths_of_drill(self):
        """Where news of a drill came."""
        with self.lock:
            return {event["path"] for event in self.events if event["data"].get("drill")}

    def hook(self, name, events=("*",), extra="", host="127.0.0.1"):
        listed = ", ".join(f'"{event}"' for event in events)
        return (
            f'[[hook]]\nname = "{name}"\nurl = "http://{host}:{self.port}/hook"\nsecret = "{self.secret}"\n'
            f"events = [{listed}]\nallow_private = true\n{extra}\n"
        )

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
