"""What an office passes on: claims, readiness, the sheets of an incident, situation reports, and what survives; the same
words in the API, as CSV and on the command line, all of it held against openapi.json."""

import csv
import io

import pytest

from anpi_harness import Collector, CommandLine, Fleet, table, until
from contract_proxy import ContractProxy

# Silent, with one copy on a shelf; silent, with nothing but what stands in the water; heard.
SAVED, LOST, WELL = range(3)
OF_INCIDENT = ["damage", "timeline", "resources"]


class Hit:
    """Two of three clinics were hit, and one of them has lost all that it had."""

    def __init__(self, programs, folder):
        self.collector = Collector(programs, folder / "collector")
        self.collector.start()
        self.fleet = Fleet(sites=3, interval=1, grace=2)
        self.sites = self.fleet.site_ids
        files = self.fleet.files()
        rows = list(csv.DictReader(io.StringIO(files["copies.csv"])))
        kept = [row for row in rows if (row["site"], row["tier"]) != (self.sites[LOST], "offsite")]
        for row in kept:
            if row["site"] == self.sites[LOST]:
                row["heightMeters"] = "0.1"
        files["copies.csv"] = table(kept)
        answer = self.collector.post("/v1/fleet", {"files": files})
        assert answer.status == 200, answer
        self.proxy = ContractProxy(self.collector.url)
        self.line = CommandLine(programs, self.collector, self.collector.admin_token, url=self.proxy.url)
        for place in (SAVED, LOST):
            agent = self.fleet.agent_ids[place]
            self.collector.beat(agent, self.collector.token(role="agent", agent=agent), 1)
        until(lambda: all(self.incident(place) for place in (SAVED, LOST)), 20, what="both are in an incident")
        self.line.run(*f"damage set {self.sites[SAVED]} --server lost --external works --power yes --by 院長".split())
        self.said = self.line.run(
            *f"damage set {self.sites[LOST]} --server lost --external lost --depth 1.2 --by 院長".split())

    def incident(self, place):
        return self.collector.site(self.sites[place])["incident"]

    def recovery(self, place):
        return self.collector.get(f"/v1/sites/{self.sites[place]}/recovery").json

    def sheet(self, name, place=LOST, language="en"):
        more = f"&incident={self.incident(place)}" if name in OF_INCIDENT else ""
        answer = self.collector.get(f"/v1/sheets/{name}?lang={language}{more}").json
        return answer, [dict(zip(answer["columns"], row)) for row in answer["rows"]]

    def words(self, name, *more):
        """The command line's way to a sheet."""
        return ["incident", "sheet", self.incident(LOST), name, *more] if name in OF_INCIDENT else (
            [name, "list", *more] if name == "claims" else [name, *more])

    def stop(self):
        self.proxy.stop()
        self.collector.stop()


@pytest.fixture(scope="module")
def hit(programs, tmp_path_factory):
    """One for all: each test changes what no other looks at."""
    hit = Hit(programs, tmp_path_factory.mktemp("hit"))
    yield hit
    hit.stop()


def test_a_site_that_has_lost_every_copy_is_told_so_plainly_everywhere(hit):
    site = hit.sites[LOST]
    assert "R6" in hit.said and "The data is lost" in hit.said
    recovery = hit.recovery(LOST)
    assert recovery["choice"]["rung"] == "R6" and recovery["choice"]["dataLost"] is True
    assert not recovery["provisional"]
    card = recovery["card"]
    assert card["keptIfBuildingIsLost"] is None and card["anyChance"] < 0.1
    shown = hit.line.run("site", "show", site)
    assert "The data is lost: it is rebuilt from paper and claims" in shown and "no verified data is left" in shown
    _, damage = hit.sheet("damage")
    row = next(row for row in damage if row["site"] == site)
    assert row["recovery"].startswith("R6 rebuild") and row["external storage"] == "lost" and row["water m"] == "1.20"
    _, claims = hit.sheet("claims")
    assert "records are lost" in next(row for row in claims if row["site"] == site)["reasons"]
    # Rows say the rung wherever they are about the site.
    assert hit.collector.site(site)["recovery"] == {"rung": "R6", "provisional": False}
    assert {row["recovery"]["rung"] for row in hit.collector.get(f"/v1/tasks?site={site}").json["items"]} == {"R6"}
    hit.proxy.verify(("POST", "/v1/sites/{id}/damage"), ("GET", "/v1/sites/{id}/recovery"))


def test_who_comes_when_and_with_which_machine_is_in_the_rows(hit):
    site = hit.sites[SAVED]
    row = hit.collector.site(site)
    assert row["recovery"] == {"rung": "R3", "provisional": False}
    visit = row["visit"]
    task = hit.collector.get(f"/v1/tasks/{visit['task']}").json
    assert visit["engineerName"] in ("保守員1", "保守員2", "保守員3") and visit["state"] == task["state"]
    assert visit["arrivesAt"] == (task["eta"] or task["plan"]["startsAt"])
    overview = hit.collector.get("/v1/overview").json["attention"]
    assert next(one for one in overview if one["id"] == site)["visit"]["engineer"] == visit["engineer"]
    assert hit.collector.site(hit.sites[WELL])["visit"] is None
    queue = hit.line.run("queue", COLUMNS="200")
    assert "R3 restore on loaner" in queue and "L-07 静岡保管庫" in queue and "R6 " in queue
    hit.line.run("task", "accept", visit["task"], "--for", visit["engineer"], "--eta", "+3h")
    hit.line.run("task", "arrive", visit["task"], "--for", visit["engineer"])
    there = hit.collector.site(site)["visit"]
    assert (there["task"], there["state"], there["arrivesAt"]) == (visit["task"], "onSite", None)


@pytest.mark.parametrize("name", [*OF_INCIDENT, "claims", "readiness"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_api_csv_and_command_line_show_the_same_sheet(hit, name, language):
    told, _ = hit.sheet(name, language=language)
    assert told["rows"] and all(len(row) == len(told["columns"]) for row in told["rows"])
    saved = hit.line.run(*hit.words(name, "-o", "csv", "--lang", language))
    columns, *rows = csv.reader(io.StringIO(saved.lstrip("\ufeff"), newline=""))
    assert columns == told["columns"]
    # A chronology goes on meanwhile; what it has told stays.
    assert rows[:len(told["rows"])] == told["rows"] if name == "timeline" else len(rows) == len(told["rows"])
    assert told["title"] in hit.line.run(*hit.words(name, "--lang", language))


def test_the_worst_stand_first(hit):
    _, readiness = hit.sheet("readiness")
    # Its only copies stand in the water that the map expects.
    assert readiness[0]["site"] == hit.sites[LOST] and [row["rank"] for row in readiness] == ["1", "2", "3"]
    incidents = {hit.incident(place) for place in (SAVED, LOST)}
    if len(incidents) == 1:
        _, damage = hit.sheet("damage")
        beliefs = [row["assessment"] for row in damage]
        assert beliefs == sorted(beliefs, key=["confirmed hit", "likely hit", "suspect", "unknown", "quiet"].index)


def test_a_situation_report_keeps_its_figures(hit):
    incident = hit.incident(LOST)
    said = hit.line.run("sitrep", incident, "--text", "橋は通れません", "--next", "+2h")
    assert f"Situation report 1 of {incident} is written." in said and "橋は通れません" in said
    first = hit.collector.get(f"/v1/incidents/{incident}/sitreps/1").json
    assert first["figures"]["rung"]["R6"] == 1 and first["nextDue"]
    hit.line.run(*f"damage set {hit.sites[LOST]} --peripherals lost --by 院長".split())
    task = next(
        row["id"] for row in hit.collector.get(f"/v1/tasks?site={hit.sites[LOST]}").json["items"]
        if row["state"] in ("draft", "offered"))
    hit.line.run("task", "cancel", task, "--reason", "不要")
    hit.line.run("sitrep", incident, "--text", "第2報")
    assert hit.collector.get(f"/v1/incidents/{incident}/sitreps/1").json == first
    second = hit.collector.get(f"/v1/incidents/{incident}/sitreps/2").json
    changed = {one["key"]: (one["from"], one["to"]) for one in second["changedFigures"]}
    was = first["figures"]["taskState"]["cancelled"]
    assert changed["taskState.cancelled"] == (was, second["figures"]["taskState"]["cancelled"])
    assert second["figures"]["taskState"]["cancelled"] > was
    markdown = hit.line.run("sitrep", "show", incident, "1", "-o", "md", "--lang", "ja")
    assert markdown.startswith("# 状況報告 第1報") and "再構築" in markdown
    hit.proxy.verify(("POST", "/v1/incidents/{id}/sitreps"))


def test_claims_are_ready_when_nothing_is_missing(hit):
    site = hit.sites[LOST]

    def row():
        return next(one for one in hit.sheet("claims")[1] if one["site"] == site)

    before = row()
    assert before["state"] == "incomplete" and int(before["days left"]) > 0
    hit.line.run("claims", "set", site, "--photos", "--certificate", "--notice", "--outpatient-yen", "7500000",
                 "--open-days", "12")
    after = row()
    assert len(after["missing"]) < len(before["missing"]) and "pictures" not in after["missing"]
    hit.line.run("claims", "set", site, "--submitted", "00:00")
    assert row()["state"] == "submitted"
    viewer = hit.collector.token(role="viewer")
    assert hit.collector.post(f"/v1/sites/{site}/claims", {"photos": True}, token=viewer).status == 403
    assert hit.collector.get("/v1/sheets/claims", token=viewer).status == 200
