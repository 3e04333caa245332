"""Before a storm: the collector asks, the agent does what its own configuration names, and the list shows it done."""

import csv
import io
import json
import subprocess

import pytest

from anpi_harness import Agent, CommandLine, Fleet, now, table, until
from hazard_feed import warning

# The tests' weather area, in which a warning is given.
AREA = "2210001"


class Clinic:
    """A site whose external storage stands on the floor, with data, a repository away from it, and a real agent."""

    def __init__(self, programs, collector, folder, fleet, place, interval, directives):
        self.site, self.agent = fleet.site_ids[place], fleet.agent_ids[place]
        self.collector, self.folder = collector, folder
        folder.mkdir()
        (folder / "data").mkdir()
        (folder / "data" / "patients.db").write_text("0123456789" * 10_000)
        (folder / "password").write_text("geheim\n")
        self.restic("init")
        self.restic("backup", folder / "data")
        copies = (
            f'[[copy]]\ntier = "offsite"\nprobe = "restic"\nrepository = "{folder}/repository"\n'
            f'password_file = "{folder}/password"\nmax_age_hours = 26\nread_data_subset = "0"\n')
        self.token = collector.token(role="agent", agent=self.agent)
        self.device = Agent(
            programs, folder / "agent", self.agent, self.token, [collector.agents_url], interval=interval,
            copies=directives.format(folder=folder) + copies)

    def restic(self, *words):
        command = ["restic", "--repo", self.folder / "repository", "--password-file", self.folder / "password"]
        return subprocess.run(
            [*command, "--no-cache", "--json", *words], check=True, capture_output=True, text=True).stdout

    @property
    def snapshots(self):
        return json.loads(self.restic("snapshots"))

    @property
    def told(self):
        return self.collector.site(self.site)

    @property
    def offsite(self):
        return next(copy for copy in self.told["copies"] if copy["tier"] == "offsite")

    @property
    def readiness(self):
        return next(row for row in self.collector.get("/v1/readiness").json["items"] if row["site"] == self.site)


BACKUP = """[directives]
backup_offsite = ["/usr/bin/env", "restic", "--repo", "{folder}/repository", "--password-file", "{folder}/password", \
"--no-cache", "backup", "{folder}/data"]
min_interval = 1
""".replace("\\\n", "")


@pytest.fixture
def clinics(programs, collector, tmp_path, request):
    """One whose agent may do both, one whose agent may do nothing; the fleet leaves the interval to them."""
    interval = getattr(request, "param", 2)
    fleet = Fleet(sites=2, interval=2, grace=60)
    files = fleet.files()

    def changed(name, **cells):
        rows = list(csv.DictReader(io.StringIO(files[name])))
        files[name] = table([{**row, **{key: cells[key] for key in cells if key in row}} for row in rows])

    changed("copies.csv", heightMeters="0.1")
    changed("sites.csv", weatherArea=AREA)
    changed("agents.csv", intervalSeconds="")
    answer = collector.post("/v1/fleet", {"files": files})
    assert answer.status == 200, answer
    both = [
        Clinic(programs, collector, tmp_path / f"clinic-{place}", fleet, place, interval, directives)
        for place, directives in enumerate([BACKUP, ""])
    ]
    yield both
    for clinic in both:
        clinic.device.stop()


def issue(collector, kind, code, minutes_ago):
    text = warning(area="静岡市南部", code=AREA, kind=kind, kind_code=code, minutes_ago=minutes_ago)
    assert collector.post("/v1/hazards", text, headers={"Content-Type": "application/xml"}).status == 201


def test_a_warning_makes_an_agent_back_up_off_site_and_the_list_shows_it_done(programs, collector, clinics):
    able, other = clinics
    for clinic in clinics:
        clinic.device.start()
    until(lambda: all(clinic.offsite["goodAt"] for clinic in clinics), what="both copies are known")
    assert able.readiness["asked"] is None and able.told["asked"] is None
    first = able.offsite["goodAt"]
    issue(collector, "レベル４大雨危険警報", "43", minutes_ago=3)

    done = until(lambda: (lambda asked: asked and asked["doneAt"] and asked)(able.readiness["asked"]), 30,
                 what=f"the backup is done: {able.device.log_path.read_text()}")
    assert done["at"] < done["doneAt"] == able.offsite["goodAt"] and able.offsite["goodAt"] > first
    assert able.told["asked"] == done
    assert len(able.snapshots) == 2

    # The other is asked as well, does nothing, and stays on the list as asked.
    refused = until(lambda: other.readiness["asked"])
    assert refused == {"at": done["at"], "doneAt": None}
    assert len(other.snapshots) == 1 and "backup" not in other.device.log_path.read_text()
    person = CommandLine(programs, collector, collector.token(role="coordinator"))
    rows = csv.DictReader(io.StringIO(person.run("readiness", "-o", "csv", "--lang", "en").lstrip("\ufeff")))
    words = {row["site"]: row["off-site backup"] for row in rows}
    assert "done at" in words[able.site] and words[other.site].startswith("asked at") and "done" not in words[other.site]
    assert "done at" in person.run("site", "show", able.site, "--lang", "en")

    # Another serial of the same warning, a restart of the agent and one of the collector: it is the same asking.
    issue(collector, "レベル４大雨危険警報", "43", minutes_ago=2)
    able.device.stop()
    collector.kill()
    collector.start()
    assert able.readiness["asked"] == done
    able.device.start()
    started = able.told["lastHeardAt"]
    until(lambda: able.told["lastHeardAt"] > started and able.told["contact"] == "reporting")
    issue(collector, "解除", "00", minutes_ago=1)
    until(lambda: able.readiness["asked"] is None, what="the warning is over")
    assert len(able.snapshots) == 2
    told = [entry["kind"] for entry in collector.get("/v1/journal?limit=500").json["items"]]
    assert told.count("directives.asked") == 1 and told.count("directives.ended") == 1


@pytest.mark.parametrize("clinics", [60], indirect=True)
def test_who_may_reports_faster_while_the_warning_stands(collector, clinics):
    able, other = clinics
    issue(collector, "レベル４大雨危険警報", "43", minutes_ago=2)
    until(lambda: able.readiness["asked"] and other.readiness["asked"], what="both are asked")
    for clinic in clinics:
        clinic.device.start()
    until(lambda: able.told["agents"][0]["intervalSeconds"] == 15, 40, what="a beat 15 s after the first")
    assert other.told["agents"][0]["intervalSeconds"] == 60
    issue(collector, "解除", "00", minutes_ago=1)
    until(lambda: able.readiness["asked"] is None, what="the warning is over")
    able.device.stop()
    beat = {"seq": 1, "at": now(), "interval": 15}
    answer = collector.post(
        "/v1/heartbeats", {"agent": able.agent, "boot": "another", "beats": [beat]}, token=able.token)
    assert answer.json == {"acknowledged": 1, "rejected": [], "interval": 15, "directives": []}


def test_an_open_asking_is_handed_out_again_under_its_name_after_the_collector_was_killed(collector, clinics):
    clinic = clinics[0]
    seqs = iter(range(1, 1_000))

    def directives(agents_door):
        return collector.beat(clinic.agent, clinic.token, next(seqs), agents_door=agents_door).json["directives"]

    assert directives(agents_door=True) == []
    issue(collector, "レベル４大雨危険警報", "43", minutes_ago=3)
    asked = until(lambda: clinic.readiness["asked"], what="the site is asked")
    name = f"backup-offsite@{asked['at']}"
    for door in (True, False):
        until(lambda: directives(door) == [name, "report-faster"], what="both doors ask")

    collector.kill()
    collector.start()
    for door in (True, False):
        assert directives(door) == [name, "report-faster"], "from the first answer on"
    assert clinic.readiness["asked"] == {"at": asked["at"], "doneAt": None}
