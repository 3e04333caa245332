"""A small server of Atom feeds and messages in the shape of JMA's, for the tests of the poller."""

import email.utils
import http.server
import threading
import time


def warning(area="静岡市南部", code="2210001", minutes_ago=5, kind="レベル４大雨危険警報", kind_code="43", status="通常"):
    """A heavy-rain warning of the 2026 generation for one area."""
    at = stamp(minutes_ago)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/"><Control><Title>気象警報・注意報（Ｒ０６）（大雨）</Title>
<DateTime>{at}</DateTime><Status>{status}</Status><EditorialOffice>静岡地方気象台</EditorialOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>静岡県大雨警報・注意報</Title>
<ReportDateTime>{at}</ReportDateTime><TargetDateTime>{at}</TargetDateTime><EventID/><InfoType>発表</InfoType><Serial/>
<Headline><Text>厳重に警戒してください。</Text></Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/meteorology1/"><Warning type="気象警報・注意報（市町村等）"><Item>
<Kind><Name>{kind}</Name><Code>{kind_code}</Code><Status>発表</Status></Kind><Area><Name>{area}</Name><Code>{code}</Code></Area>
</Item></Warning></Body></Report>"""


def stamp(minutes_ago=0):
    moment = time.gmtime(time.time() - 60 * minutes_ago + 9 * 3600)
    return time.strftime("%Y-%m-%dT%H:%M:%S+09:00", moment)


class Feed:
    """`/xml/extra.xml` and `/xml/extra_l.xml` and the messages they name; `is_down` answers 500 to everything."""

    def __init__(self):
        self.short, self.long, self.messages = [], [], {}
        self.requests = []
        self.is_down = False
        self.changed = 0
        feed = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                feed.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def url(self):
        return f"{self.base}/xml/extra.xml"

    def add(self, name, text, minutes_ago=1, in_short=True, title="気象警報・注意報（Ｒ０６）（大雨）", link=None):
        self.messages[f"/data/{name}"] = text.encode() if isinstance(text, str) else text
        entry = (title, link or f"{self.base}/data/{name}", stamp(minutes_ago))
        self.long.append(entry)
        if in_short:
            self.short.append(entry)
        self.changed += 1

    def asked(self, path):
        return [headers for asked, headers in self.requests if asked == path]

    def answer(self, handler):
        self.requests.append((handler.path, dict(handler.headers)))
        if self.is_down:
            return handler.send_error(500)
        if handler.path in ("/xml/extra.xml", "/xml/extra_l.xml"):
            tag = f'"{self.changed}"'
            if handler.headers.get("If-None-Match") == tag:
                handler.send_response(304)
                return handler.end_headers()
            return self.send(handler, self.list(self.short if handler.path.endswith("extra.xml") else self.long), tag)
        if handler.path in self.messages:
            return self.send(handler, self.messages[handler.path])
        handler.send_error(404)

    @staticmethod
    def send(handler, body, tag=None):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Last-Modified", email.utils.formatdate(usegmt=True))
        if tag:
            handler.send_header("ETag", tag)
        handler.end_headers()
        handler.wfile.write(body)

    @staticmethod
    def list(entries):
        text = "".join(
            f'<entry><title>{title}</title><id>{link}</id><updated>{at}</updated><link href="{link}"/></entry>'
            for title, link, at in entries)
        return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{text}</feed>'.encode()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
