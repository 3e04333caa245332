"""A proxy between a program and the collector that holds every exchange against the collector's openapi.json.

What the harness itself sends is checked where it is sent (`Collector.request`); through this goes what our own programs
send: command line, agent and page. Of event streams each event is checked as it passes.
"""

import gzip
import http.client
import http.server
import json
import threading
from urllib.parse import urlsplit

from openapi_check import Contract

ONE_HOP = {"connection", "keep-alive", "transfer-encoding", "proxy-connection", "te", "upgrade"}


class ContractProxy:
    """Listens on a port of its own; `verify` at the end says whether everything kept to the contract.

    `is_checked` chooses the exchanges by path: the page's own files are no part of the API. `on_request`, called with
    method and path before a request is passed on, may hold it back.
    """

    def __init__(self, target, contract_of=None, is_checked=lambda path: True, on_request=lambda method, path: None):
        self.target = urlsplit(target).netloc
        self.contract = Contract(fetch(contract_of or target))
        self.is_checked = is_checked
        self.on_request = on_request
        self.seen = set()
        self.broken = []
        proxy = self

        class Handler(_Handler):
            owner = proxy

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def check(self, method, path, headers, body, answer):
        if not self.is_checked(urlsplit(path).path):
            return
        try:
            self.contract.check(method, self.url, path, headers, body, answer)
            self.seen.add((method, self.contract.template(method, self.url, path), answer.status))
        except AssertionError as error:
            self.broken.append(str(error))

    def check_event(self, path, lines):
        fields = dict(line.split(": ", 1) for line in lines if ": " in line and not line.startswith(":"))
        if "data" not in fields or not self.is_checked(urlsplit(path).path):
            return
        try:
            self.contract.check_event(fields.get("event"), fields["data"])
        except AssertionError as error:
            self.broken.append(str(error))

    def verify(self, *expected):
        """All that was seen fits, and each of `expected`, as `(method, path template)`, was among it."""
        assert not self.broken, "\n".join(self.broken[:5])
        missing = set(expected) - {(method, path) for method, path, _ in self.seen}
        assert not missing, f"never seen: {missing}; seen: {sorted(self.seen)}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def fetch(url):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", "/openapi.json")
    try:
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


class _Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        packed = self.headers.get("content-encoding") == "gzip"
        self.body = gzip.decompress(body) if packed and body else body


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: ContractProxy

    def relay(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or None
        self.owner.on_request(self.command, self.path)
        connection = http.client.HTTPConnection(self.owner.target, timeout=60)
        try:
            connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ONE_HOP:
                    connection.putheader(name, value)
            connection.endheaders(body)
            response = connection.getresponse()
            if response.getheader("Content-Type", "").startswith("text/event-stream"):
                self.stream(response)
                return
            answer = response.read()
            self.reply(response, answer)
            self.owner.check(
                self.command, self.path, dict(self.headers.items()), body,
                _Answer(response.status, response.getheaders(), answer))
        except OSError:
            # One of the two has gone; the other learns it as it would without us.
            self.close_connection = True
        finally:
            connection.close()

    def head(self, response, **more):
        self.send_response_only(response.status, response.reason)
        for name, value in response.getheaders():
            if name.lower() not in ONE_HOP | {"content-length"}:
                self.send_header(name, value)
        for name, value in more.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def reply(self, response, body):
        length = response.getheader("Content-Length") if self.command == "HEAD" else str(len(body))
        self.head(response, **({} if response.status in (204, 304) or length is None else {"Content_Length": length}))
        self.wfile.write(body)

    def stream(self, response):
        self.close_connection = True
        self.head(response, Connection="close")
        unread = b""
        while part := response.read1(65_536):
            self.wfile.write(part)
            self.wfile.flush()
            *events, unread = (unread + part).split(b"\n\n")
            for event in events:
                self.owner.check_event(self.path, event.decode().splitlines())

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = relay

    def log_message(self, *_):
        """The collector writes its own log."""
