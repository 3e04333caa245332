"""Starts, stops and talks to the built programs.

Waiting is always for a fact (a line of the log, an answer, an event of the live stream) with a limit, never for an
amount of time.
"""

import contextlib
import csv
import http.client
import io
import json
import os
import pathlib
import selectors
import signal
import socket
import subprocess
import threading
import time
import uuid

from openapi_check import Contract

JST = "+09:00"


class Programs:
    def __init__(self, folder: pathlib.Path):
        self.collector = folder / "anpi-collector"
        self.agent = folder / "anpi-agent"
        self.cli = folder / "anpi"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(fact, limit: float = 10.0, every: float = 0.05, what=""):
    """The first true value of `fact`; fails after `limit` seconds with `what`, a text or what is called for one."""
    end = time.monotonic() + limit
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {limit} s: {(what() if callable(what) else what) or fact}")
        time.sleep(every)


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Collector:
    """One collector process on its own folder; may be killed and started again."""

    def __init__(
        self, programs: Programs, folder: pathlib.Path, hooks: str | None = None, address: str | None = None,
        machine=None,
    ):
        """`machine` is one with a network of its own (patroni_cluster.py); by default this one's loopback."""
        self.programs = programs
        self.machine = machine
        self.host = machine.address if machine else "127.0.0.1"
        self.folder = folder
        # Where the data lies; the embedded store in the folder unless said otherwise.
        self.address = address or f"sqlite:{folder / 'anpi.sqlite'}"
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.agents_port = free_port()
        self.hooks = hooks
        self.options = []
        # What it finds in its environment besides ours.
        self.environment = {}
        #: Seconds that a request may take.
        self.timeout = 30
        self.process = None
        self.log_path = folder / "collector.log"

    @property
    def database(self):
        return self.folder / "anpi.sqlite"

    @property
    def url(self):
        return f"http://{self.host}:{self.port}"

    @property
    def agents_url(self):
        return f"http://{self.host}:{self.agents_port}"

    @property
    def admin_token(self):
        return (self.folder / "admin-token").read_text()

    @property
    def log(self):
        return self.log_path.read_text() if self.log_path.exists() else ""

    def start(self, ready: bool = True):
        command = [
            str(self.programs.collector), "serve", "--database", self.address,
            "--listen", f"{self.host}:{self.port}", "--agents-listen", f"{self.host}:{self.agents_port}",
            "--admin-token-file", str(self.folder / "admin-token"),
        ]
        command += self.options
        if self.machine:
            # An open door wants TLS or a proxy that ends it: the only way here leads through this machine.
            command = [*self.machine.prefix, *command, "--behind-proxy", self.machine.gateway]
        if self.hooks:
            path = self.folder / "hooks.toml"
            path.write_text(self.hooks)
            command += ["--hooks", str(path)]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **self.environment})
        if ready:
            until(self._is_ready, limit=30, what=f"the collector is ready\n{self.log[-2000:]}")

    def _is_ready(self):
        assert self.process.poll() is None, f"the collector ended: {self.log[-4000:]}"
        try:
            return self.request("GET", "/-/ready", check=False).status == 200
        except OSError:
            return False

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            try:
                self.process.wait(25)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise AssertionError("the collector did not end within 25 s of SIGTERM")

    def kill(self):
        self.process.kill()
        self.process.wait()

    # ---- HTTP

    def request(self, method, path, body=None, token=None, headers=None, agents_door=False, check=True) -> Answer:
        """One request; `token` None means the administrator's, False none. Checked against the contract."""
        headers = dict(headers or {})
        if token is None and not agents_door and check:
            token = self.admin_token
        if token:
            headers.setdefault("Authorization", f"Bearer {token}")
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False).encode()
            headers.setdefault("Content-Type", "application/json")
        elif isinstance(body, str):
            body = body.encode()
        connection = http.client.HTTPConnection(self.host, self.agents_port if agents_door else self.port, timeout=self.timeout)
        try:
            connection.request(method, path, body=body, headers=headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.getheaders(), response.read())
        finally:
            connection.close()
        if check:
            Contract.of(self).check(method, self.url, path, headers, body, answer)
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.request("POST", path, body, **options)

    # ---- Common steps

    def import_fleet(self, fleet: "Fleet"):
        answer = self.post("/v1/fleet", {"files": fleet.files()})
        assert answer.status == 200, answer
        return answer.json

    def token(self, **wishes) -> str:
        answer = self.post("/v1/tokens", wishes)
        assert answer.status == 201, answer
        return answer.json.get("token") or answer.json["url"]

    def beat(self, agent, token, seq, boot="b1", interval=1, agents_door=True, **extra):
        beat = {"seq": seq, "at": now(), "interval": interval, **extra}
        body = {"agent": agent, "boot": boot, "sentAt": now(), "beats": [beat]}
        return self.request("POST", "/v1/heartbeats", body, token=token, agents_door=agents_door)

    def metric(self, name) -> float:
        """The sum of all samples whose line begins so."""
        lines = self.get("/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(name))

    def site(self, identifier):
        return self.get(f"/v1/sites/{identifier}").json


def now(offset_seconds: float = 0) -> str:
    moment = time.time() + offset_seconds + 9 * 3600
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(moment)) + f".{int(moment * 1000) % 1000:03d}" + JST


class Fleet:
    """The files of a small synthetic fleet around Shizuoka."""

    def __init__(self, sites: int = 12, interval: int = 1, grace: int = 2, engineers: int = 3, rhythm="always"):
        self.site_ids = [f"shz-{index:04d}" for index in range(1, sites + 1)]
        self.agent_ids = [f"{site}-server" for site in self.site_ids]
        self.interval, self.grace, self.rhythm = interval, grace, rhythm
        self.engineer_ids = [f"eng-{index}" for index in range(1, engineers + 1)]

    def files(self):
        sites = [
            {
                "id": site, "name": f"第{index}診療所", "kana": f"だい{index}しんりょうじょ", "kind": "clinic",
                "office": "shizuoka", "address": f"静岡市清水区{index}-1", "latitude": f"{34.97 + index / 200:.4f}",
                "longitude": f"{138.38 + index / 200:.4f}", "municipality": "22103", "weatherArea": "2210300",
                "seismicCity": "2210300", "carrier": "ntt", "powerArea": "shimizu", "phone": f"054-000-{index:04d}",
                "contactName": "院長", "contactPhone": f"090-0000-{index:04d}", "keyHolder": "院長",
                "hours": "Mo-Fr 09:00-12:30,15:00-18:30; Sa 09:00-12:30; PH off", "closures": "", "beds": "",
                "dialysis": "", "homeOxygen": "", "floodDepthMeters": "0.5", "system": "medicom", "dataGigabytes": "80",
            }
            for index, site in enumerate(self.site_ids, 1)
        ]
        agents = [
            {
                "id": agent, "site": site, "device": "server", "rhythm": self.rhythm,
                "intervalSeconds": str(self.interval), "graceSeconds": str(self.grace), "canary": "",
            }
            for agent, site in zip(self.agent_ids, self.site_ids)
        ]
        copies = [
            {"site": site, "tier": tier, "room": "server room", "heightMeters": "1.8", "everyHours": "24"}
            for site in self.site_ids for tier in ("primary", "external", "offsite")
        ]
        engineers = [
            {
                "id": engineer, "name": f"保守員{index}", "office": "shizuoka", "base": "静岡保守拠点",
                "phone": f"080-0000-{index:04d}", "latitude": f"{34.97 + index / 50:.4f}", "longitude": "138.38",
                "skills": "inspect;hardware;restore", "shift": "24/7", "onCall": "",
            }
            for index, engineer in enumerate(self.engineer_ids, 1)
        ]
        office = [{"id": "shizuoka", "name": "静岡営業所", "phone": "054-111-2222", "latitude": "34.97", "longitude": "138.38"}]
        depots = [{"id": "shizuoka", "name": "静岡保管庫", "office": "shizuoka", "latitude": "34.97", "longitude": "138.38"}]
        loaners = [{"id": "L-07", "depot": "shizuoka", "fits": "medicom", "imageVersion": "2022-09"}]
        return {
            "offices.csv": table(office), "sites.csv": table(sites), "agents.csv": table(agents),
            "copies.csv": table(copies), "engineers.csv": table(engineers), "depots.csv": table(depots),
            "loaners.csv": table(loaners),
        }


def table(rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class Agent:
    """A real anpi-agent with a folder of its own."""

    def __init__(self, programs: Programs, folder: pathlib.Path, agent: str, token: str, collectors, interval=1, copies=""):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.programs = programs
        self.config = folder / "agent.toml"
        (folder / "token").write_text(token)
        os.chmod(folder / "token", 0o600)
        urls = ", ".join(f'"{url}"' for url in collectors)
        self.config.write_text(
            f'agent = "{agent}"\ntoken_file = "{folder}/token"\ncollectors = [{urls}]\n'
            f'interval = {interval}\nstate = "{folder}/state"\n{copies}'
        )
        self.process = None
        self.log_path = folder / "agent.log"

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [str(self.programs.agent), "run", "--config", str(self.config)], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL)

    def signal(self, number):
        self.process.send_signal(number)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.terminate()
            self.process.wait(10)


class CommandLine:
    """`anpi` as one person runs it."""

    def __init__(self, programs: Programs, collector: Collector, token: str, lang="C.UTF-8", url: str | None = None):
        self.program = programs.cli
        # What the last run said on standard error.
        self.complaints = ""
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(collector.folder), "LANG": lang,
            "ANPI_COLLECTOR": url or collector.url,
            "ANPI_TOKEN": token, "NO_COLOR": "1", "COLUMNS": "120",
        }

    def run(self, *words, code=0, **environment):
        done = subprocess.run(
            [str(self.program), *words], env={**self.environment, **environment}, capture_output=True, text=True,
            timeout=60, stdin=subprocess.DEVNULL)
        assert done.returncode == code, f"anpi {' '.join(words)} ended with {done.returncode}: {done.stdout}{done.stderr}"
        self.complaints = done.stderr
        return done.stdout

    def json(self, *words, **options):
        return json.loads(self.run(*words, "-o", "json", **options))


class LiveStream:
    """Reads /v1/live on a thread; events are kept in order, each held against the contract."""

    def __init__(self, collector: Collector, token=None, last_event_id=None):
        self.events = []
        self.broken = []
        self.has_caught_up = False
        self.contract = Contract.of(collector)
        self.connection = http.client.HTTPConnection(collector.host, collector.port, timeout=60)
        headers = {"Authorization": f"Bearer {token or collector.admin_token}", "Accept": "text/event-stream"}
        if last_event_id is not None:
            headers["Last-Event-ID"] = str(last_event_id)
        self.connection.request("GET", "/v1/live", headers=headers)
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.status
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    @classmethod
    def everything(cls, collector):
        """All that has been told since the beginning, each event held against the contract."""
        stream = cls(collector, last_event_id=0)
        until(lambda: stream.has_caught_up, what="the stream tells the time, after all that was before")
        stream.close()
        return stream.events

    def _read(self):
        event = {}
        with contextlib.suppress(Exception):
            for raw in self.response:
                line = raw.decode().rstrip("\n")
                if not line:
                    self._check(event)
                    self.has_caught_up = self.has_caught_up or event.get("event") == "asof"
                    if "data" in event and event.get("event") != "asof":
                        event["json"] = json.loads(event["data"])
                        event["heard"] = time.monotonic()
                        self.events.append(event)
                    event = {}
                elif not line.startswith(":"):
                    name, _, value = line.partition(": ")
                    event[name] = value

    def _check(self, event):
        if "data" in event:
            try:
                self.contract.check_event(event.get("event"), event["data"])
            except AssertionError as error:
                self.broken.append(str(error))

    def named(self, name, **members):
        assert not self.broken, "\n".join(self.broken[:5])
        return [
            event for event in list(self.events)
            if event.get("event") == name and all(event["json"].get(key) == value for key, value in members.items())
        ]

    def wait_for(self, name, limit=10.0, **members):
        return until(lambda: self.named(name, **members), limit, what=f"{name} {members} in {self.events[-5:]}")[0]

    def close(self):
        with contextlib.suppress(Exception):
            self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()
        assert not self.broken, "\n".join(self.broken[:5])
