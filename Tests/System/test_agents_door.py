"""The agents' door speaks HTTP by hand: what a framework would have done for us is tested here, on raw sockets."""

import json
import re
import socket

import pytest

from anpi_harness import Collector, Fleet, now, until


@pytest.fixture(scope="module")
def door(programs, tmp_path_factory):
    collector = Collector(programs, tmp_path_factory.mktemp("door"))
    collector.start()
    fleet = Fleet(sites=1, interval=1, grace=60)
    collector.import_fleet(fleet)
    collector.agent = fleet.agent_ids[0]
    collector.agent_token = collector.token(role="agent", agent=collector.agent)
    url = collector.post("/v1/tokens", {"role": "ping", "ping": {"site": fleet.site_ids[0], "tier": "offsite"}}).json
    collector.ping_path = re.sub(r"^https?://[^/]+", "", url.get("url") or url["token"])
    yield collector
    collector.stop()


class Line:
    """One connection; answers are read whole."""

    def __init__(self, collector):
        self.socket = socket.create_connection(("127.0.0.1", collector.agents_port), timeout=15)
        self.rest = b""

    def send(self, data: bytes):
        self.socket.sendall(data)

    def answer(self, head=False):
        while b"\r\n\r\n" not in self.rest:
            more = self.socket.recv(65536)
            assert more, f"closed before a whole answer: {self.rest!r}"
            self.rest += more
        headers, _, self.rest = self.rest.partition(b"\r\n\r\n")
        length = int(re.search(rb"content-length: (\d+)", headers.lower()).group(1)) if not head else 0
        while len(self.rest) < length:
            more = self.socket.recv(65536)
            assert more, "closed in the middle of a body"
            self.rest += more
        body, self.rest = self.rest[:length], self.rest[length:]
        return int(headers.split(b" ")[1]), headers.lower(), body

    def is_closed(self):
        return self.socket.recv(1) == b""


def beat(collector, seq, version="1.1", extra=""):
    body = json.dumps(
        {"agent": collector.agent, "boot": "raw", "sentAt": now(), "beats": [{"seq": seq, "at": now(), "interval": 1}]})
    return (
        f"POST /v1/heartbeats HTTP/{version}\r\nHost: x\r\nAuthorization: Bearer {collector.agent_token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n{extra}\r\n{body}").encode()


def test_pipelined_requests_are_answered_in_their_order(door):
    line = Line(door)
    line.send(b"".join(beat(door, seq) for seq in range(1, 21)))
    assert [json.loads(line.answer()[2])["acknowledged"] for _ in range(20)] == list(range(1, 21))


def test_a_head_request_gets_no_body_and_the_line_stays_in_step(door):
    line = Line(door)
    for method in ("HEAD", "GET", "HEAD"):
        line.send(f"{method} {door.ping_path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        status, headers, body = line.answer(head=method == "HEAD")
        assert status == 200 and b"content-length: 2" in headers and b"ping-body-limit: 10000" in headers
        assert body == (b"" if method == "HEAD" else b"OK")
    assert line.rest == b""


def test_a_chunked_body_in_single_bytes_is_taken(door):
    whole = beat(door, 100)
    head, _, body = whole.partition(b"\r\n\r\n")
    head = re.sub(rb"Content-Length: \d+", b"Transfer-Encoding: chunked", head)
    line = Line(door)
    line.send(head + b"\r\n\r\n")
    for byte in body:
        line.send(b"1\r\n" + bytes([byte]) + b"\r\n")
    line.send(b"0\r\n\r\n")
    assert json.loads(line.answer()[2])["acknowledged"] == 100


def test_http_1_0_closes_unless_it_asks_to_stay(door):
    line = Line(door)
    line.send(beat(door, 200, version="1.0"))
    status, headers, _ = line.answer()
    assert status == 200 and b"connection: close" in headers and line.is_closed()
    line = Line(door)
    line.send(beat(door, 201, version="1.0", extra="Connection: keep-alive\r\n"))
    assert b"connection: keep-alive" in line.answer()[1]
    line.send(beat(door, 202))
    assert line.answer()[0] == 200


def test_a_peer_that_has_said_all_still_gets_its_answer(door):
    line = Line(door)
    line.send(beat(door, 300))
    line.socket.shutdown(socket.SHUT_WR)
    assert json.loads(line.answer()[2])["acknowledged"] == 300
    assert line.is_closed()


def test_expect_continue_is_answered_before_the_body(door):
    head, _, body = beat(door, 400, extra="Expect: 100-continue\r\n").partition(b"\r\n\r\n")
    line = Line(door)
    line.send(head + b"\r\n\r\n")
    assert line.socket.recv(100).startswith(b"HTTP/1.1 100 ")
    line.send(body)
    assert line.answer()[0] == 200


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00", b"NONSENSE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"x" * 100_000],
    ids=["tls", "nonsense", "version", "long"])
def test_what_is_not_http_ends_the_line_only(door, data):
    line = Line(door)
    line.send(data + b"\r\n\r\n")
    try:
        while line.socket.recv(65536):
            pass
    except ConnectionResetError:
        pass
    other = Line(door)
    other.send(beat(door, 500))
    assert other.answer()[0] == 200


def test_too_many_or_too_large_headers_are_refused(door):
    for extra in ["X: " + "y" * 9000 + "\r\n", "".join(f"X{n}: y\r\n" for n in range(100))]:
        line = Line(door)
        line.send(beat(door, 600, extra=extra))
        data = b""
        try:
            data = line.socket.recv(65536)
        except ConnectionResetError:
            pass
        assert b" 200 " not in data


def test_requests_in_any_number_of_pieces_are_answered_alike_on_one_line(door):
    line = Line(door)
    for seq, cut in enumerate([None, None, 30, 90, None, -1], start=100):
        request = beat(door, seq)
        if cut is None:
            line.send(request)
        else:
            line.send(request[:cut])
            line.send(request[cut:])
        status, headers, body = line.answer()
        assert status == 200 and json.loads(body)["acknowledged"] == seq


def test_a_wrong_token_is_refused_as_ever_on_a_line_that_was_fine(door):
    line = Line(door)
    line.send(beat(door, 200))
    assert line.answer()[0] == 200
    line.send(beat(door, 201).replace(door.agent_token[-6:].encode(), b"aaaaaa"))
    status, headers, _ = line.answer()
    assert status == 401 and b"www-authenticate: bearer" in headers
    assert line.is_closed()
