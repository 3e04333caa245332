#!/usr/bin/env python3
"""Receives Anpi's hooks, checks the signature, and prints one line an event.

    python3 -m venv venv && venv/bin/pip install standardwebhooks==1.1.0
    venv/bin/python receiver.py --secret-file record.secret --port 9000

A receiver has three duties: check the signature before it believes anything, answer 2xx quickly, and take the same
`webhook-id` twice without doing its work twice.
"""

import argparse
import collections
import http.server
import pathlib

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

BODY_BYTES_MAX = 20_000
IDS_MAX = 100_000


class Receiver(http.server.BaseHTTPRequestHandler):
    webhook: Webhook
    seen: "collections.OrderedDict[str, None]" = collections.OrderedDict()
    protocol_version = "HTTP/1.1"
    # A peer that stops sending must not hold the only thread.
    timeout = 10

    def do_POST(self) -> None:
        try:
            length = int(self.headers.get("content-length", ""))
        except ValueError:
            length = -1
        if not 0 <= length <= BODY_BYTES_MAX:
            self.close_connection = True
            self.answer(413 if length > 0 else 411)
            return
        body = self.rfile.read(length)
        try:
            event = self.webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            # Wrong secret, wrong clock, or somebody else.
            self.answer(401)
            return
        identifier = self.headers["webhook-id"]
        if identifier in self.seen:
            self.answer(204)
            return
        self.tell(identifier, event)
        # Only now: had the work failed, the next attempt would have to do it.
        self.seen[identifier] = None
        while len(self.seen) > IDS_MAX:
            self.seen.popitem(last=False)
        self.answer(204)

    def tell(self, identifier: str, event: dict) -> None:
        """The work: what a chat message or a pager would say."""
        data = event.get("data", {})
        about = [str(data[key]) for key in ("incident", "task", "site", "agent") if key in data]
        details = [f"{key} {data[key]}" for key in ("contact", "assessment", "to", "kind", "reason") if data.get(key)]
        gaps = [f"{key} {event[key]}" for key in ("superseded", "missed") if key in event]
        print(event["timestamp"], event["type"], *about, *details, *gaps, f"({identifier})", flush=True)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing: requests hold secrets in their paths."""


def main() -> None:
    parser = argparse.ArgumentParser(description="Receives Anpi's hooks and prints one line an event.")
    parser.add_argument("--secret-file", type=pathlib.Path, required=True, help="holds whsec_… and nothing else")
    parser.add_argument("--port", type=int, default=9000)
    arguments = parser.parse_args()
    Receiver.webhook = Webhook(arguments.secret_file.read_text().strip())
    with http.server.ThreadingHTTPServer(("127.0.0.1", arguments.port), Receiver) as server:
        print(f"listening on 127.0.0.1:{server.server_port}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
