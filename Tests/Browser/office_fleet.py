"""A small fleet of the browser test's own, and the heartbeats it sends for it."""

import csv
import io
import json
import threading
import time
import urllib.error
import urllib.request

SITES = 12
INTERVAL_SECONDS = 1
GRACE_SECONDS = 3
OFFICE = "test-office"
LOANERS = ["L-01", "L-02"]

COLUMNS = {
    "offices.csv": "id name phone latitude longitude",
    "sites.csv": "id name kana kind office address latitude longitude municipality weatherArea seismicCity carrier "
    "powerArea phone contactName contactPhone keyHolder hours closures beds dialysis homeOxygen floodDepthMeters "
    "system dataGigabytes",
    "agents.csv": "id site device rhythm intervalSeconds graceSeconds canary",
    "copies.csv": "site tier room heightMeters everyHours",
    "engineers.csv": "id name office base phone latitude longitude skills shift onCall",
    "depots.csv": "id name office latitude longitude",
    "loaners.csv": "id depot fits imageVersion",
}

NAMES = ["巴川内科", "みほ医院", "大村眼科", "清水駅前クリニック 内科・循環器内科・小児科・アレルギー科", "興津歯科", "草薙整形外科"]


def site_id(number):
    return f"test-{number:02d}"


def agent_id(number):
    return f"{site_id(number)}-server"


def site_name(number):
    return NAMES[number] if number < len(NAMES) else f"試験診療所{number}"


def fleet_files():
    """The fleet set as `POST /v1/fleet` takes it."""
    rows = {name: [] for name in COLUMNS}
    rows["offices.csv"].append(
        dict(id=OFFICE, name="試験営業所", phone="054-000-0000", latitude=34.97, longitude=138.38))
    for number in range(SITES):
        rows["sites.csv"].append(
            dict(id=site_id(number), name=site_name(number), kind="clinic", office=OFFICE,
                 address=f"静岡市清水区試験町{number}", latitude=35.01 + number / 1000, longitude=138.48,
                 municipality="22103", phone=f"054-300-{number:04d}", contactName="院長",
                 contactPhone=f"090-0000-{number:04d}", hours="24/7"))
        rows["agents.csv"].append(
            dict(id=agent_id(number), site=site_id(number), device="server", rhythm="always",
                 intervalSeconds=INTERVAL_SECONDS, graceSeconds=GRACE_SECONDS))
        rows["copies.csv"].append(
            dict(site=site_id(number), tier="external", room="棚", heightMeters=1.8, everyHours=24))
    for number in (1, 2):
        rows["engineers.csv"].append(
            dict(id=f"test-eng-{number}", name=f"試験 保守{number}", office=OFFICE, base="試験拠点",
                 phone=f"080-0000-{number:04d}", latitude=34.97, longitude=138.38,
                 skills="inspect;hardware;restore;claims", shift="24/7", onCall="24/7"))
    rows["depots.csv"].append(dict(id="test-depot", name="試験保管庫", office=OFFICE, latitude=34.97, longitude=138.38))
    for loaner in LOANERS:
        rows["loaners.csv"].append(dict(id=loaner, depot="test-depot", fits="medicom", imageVersion="2022-09"))
    return {name: _csv(columns.split(), rows[name]) for name, columns in COLUMNS.items()}


def _csv(columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Collector:
    """A running collector, driven with an administrator's token; `page` is where the browser finds it."""

    def __init__(self, base, token, page=None):
        self.base = base.rstrip("/")
        self.page = page or self.base
        self.token = token

    def ask(self, method, path, body=None, token=None, headers=None):
        request = urllib.request.Request(
            self.base + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json",
                     **(headers or {})})
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text else None

    def import_fleet(self):
        self.ask("POST", "/v1/fleet", {"files": fleet_files()})

    def warn(self, message):
        """Hands in one message of an office, as it wrote it."""
        request = urllib.request.Request(
            self.base + "/v1/hazards", method="POST", data=message.encode(),
            headers={"Authorization": f"Bearer {self.token}", "Content-Type": "application/xml"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert json.load(answer)["outcome"] == "parsed"

    def new_token(self, **what):
        return self.ask("POST", "/v1/tokens", {"label": "browser test", **what})["token"]

    def site(self, number):
        return self.ask("GET", f"/v1/sites/{site_id(number)}")


class Beats(threading.Thread):
    """Sends every agent's heartbeat twice in its interval, except for those that are held back."""

    def __init__(self, collector):
        super().__init__(daemon=True)
        self.collector = collector
        self.tokens = {
            number: collector.new_token(role="agent", agent=agent_id(number)) for number in range(SITES)}
        self.held = set()
        self.ended = threading.Event()
        self.failure = None
        self.sequence = 0
        # An agent that starts again has a new boot, and so has this test when it is run again.
        self.boot = f"browser-test-{time.time_ns()}"

    def hold(self, number):
        self.held.add(number)

    def resume(self, number):
        self.held.discard(number)

    def end(self):
        self.ended.set()
        self.join()

    def run(self):
        while not self.ended.wait(INTERVAL_SECONDS / 2):
            self.sequence += 1
            for number in range(SITES):
                if number in self.held:
                    continue
                try:
                    self._send(number)
                except (OSError, AssertionError) as error:
                    self.failure = error

    def _send(self, number):
        now = rfc3339(time.time())
        self.collector.ask(
            "POST", "/v1/heartbeats",
            {"agent": agent_id(number), "boot": self.boot, "sentAt": now, "version": "1.0.0", "dropped": 0,
             "beats": [{"seq": self.sequence, "count": 1, "at": now, "interval": INTERVAL_SECONDS,
                        "uptimeSeconds": self.sequence, "power": {"source": "mains"}, "link": "fixed",
                        "copies": [{"tier": "external", "state": "good", "goodAt": now, "bytes": 1000}]}]},
            token=self.tokens[number])


def rfc3339(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds + 9 * 3600)) + f".{int(seconds * 1000) % 1000:03d}+09:00"
