"""Backup of the highly available database and the way back to a moment (deploy/postgres/backup, restore)."""

import os
import subprocess

from anpi_harness import Collector, Fleet, until
from fault_play import pause
from patroni_cluster import DATABASES, RECIPE, needs_root

pytestmark = needs_root


def script(programs, name, *words, said=""):
    done = subprocess.run(
        [RECIPE / name, *words], capture_output=True, text=True, timeout=180, input=said, cwd="/",
        env={**os.environ, "ANPI_COLLECTOR_PROGRAM": str(programs.collector)})
    assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    return done.stdout


def called(collector, site, text):
    """Adds a finding; its number, which may be told late: whoever has died holds a change back until they are shut out."""
    body = {"kind": "phone", "direction": "out", "site": site, "result": "noAnswer", "text": text}
    headers = {"Idempotency-Key": f"called-{text}"}
    answer = until(
        lambda: (lambda each: each if each.status != 503 else None)(collector.post("/v1/findings", body, headers=headers)),
        30, what="the change is decided")
    assert answer.status == 201, answer
    return answer.json["id"]


def archive_all(cluster):
    segment = cluster.query("postgres", "SELECT pg_walfile_name(pg_switch_wal())")[0]
    until(
        lambda: cluster.query("postgres", "SELECT last_archived_wal FROM pg_stat_archiver")[0] >= segment, 60,
        what="the log is in the archive")


def test_the_database_comes_back_as_it_was_at_a_moment(programs, tmp_path, cluster):
    until(lambda: not cluster.lacks(), 60, what=cluster.lacks)
    collector = Collector(programs, tmp_path / "collector", address=cluster.address("anpi"))
    try:
        collector.start()
        fleet = Fleet(sites=2, interval=1, grace=30)
        collector.import_fleet(fleet)
        agent, site = fleet.agent_ids[0], fleet.site_ids[0]
        token = collector.token(role="agent", agent=agent)
        assert collector.beat(agent, token, 1).status == 200
        called(collector, site, "before")
        settings = cluster.folder / cluster.primary()
        standby = next(name for name in DATABASES if name != cluster.primary())
        said = subprocess.run(
            [programs.collector, "doctor", "--database", cluster.address("anpi")], capture_output=True, text=True).stdout
        assert "1 standby(s) confirm each commit" in said and "All is well.\n" in said, said
        assert "full backup" in script(programs, "backup", settings)
        assert "has a standby" in script(programs, "backup", cluster.folder / standby)
        assert called(collector, site, "kept") == "F-2"
        # pgBackRest tells backups and moments apart by whole seconds.
        pause(2)
        moment = cluster.query("anpi", "SELECT clock_timestamp()")[0]
        assert called(collector, site, "lost") == "F-3"
        archive_all(cluster)

        # Beside the running cluster, as a test of the backup.
        aside = cluster.folder / "aside"
        said = script(programs, "restore", settings, "--to", "latest", "--data", aside)
        assert "main: " in said and "intact" in said and "All is well" in said
        assert collector.beat(agent, token, 2).status == 200

        # Everybody goes back to the moment.
        collector.stop()
        for name in DATABASES:
            cluster.kill(name)
            (cluster.folder / name / "data").rename(cluster.folder / name / "data.before")
        assert "All is well" in script(programs, "restore", cluster.folder / "db1", "--to", moment)
        subprocess.run(
            ["patronictl", "-c", cluster.folder / "db1" / "patroni.yml", "remove", "anpi"], check=True, text=True,
            # It wants the leader's name too, while the killed one's lock still holds.
            input=f"anpi\nYes I am aware\n{settings.name}\n", stdout=subprocess.DEVNULL)
        cluster.start("db1")
        until(lambda: cluster.primary_or_none() == "db1", 60, what="db1 leads")
        for name in ("db2", "db3"):
            cluster.start(name)
        until(lambda: not cluster.lacks(), 90, what=cluster.lacks)
        assert "full backup" in script(programs, "backup", cluster.folder / "db1", "full")

        collector.start()
        texts = {finding["text"] for finding in collector.get("/v1/findings").json["items"]}
        assert texts == {"before", "kept"}
        assert collector.get("/v1/journal/verify").json["ok"]
        assert collector.beat(agent, token, 3).status == 200, "tokens come with it"
        leaps = int(called(collector, site, "after").removeprefix("F-"))
        assert leaps > 2000, "numbers said aloud leap: those of the lost time are known to people"
    finally:
        collector.stop()
