"""Several that start at once on a database that is new: an upgrade, or a rack that has power again."""

import concurrent.futures
import subprocess

from anpi_harness import Collector, until
from test_nothing_lost import PostgresStore


def migrate(programs, store):
    done = subprocess.run(
        [programs.collector, "migrate", "--database", store.address], capture_output=True, text=True, timeout=60,
        stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def test_six_that_migrate_a_new_database_at_once_all_find_it_made(programs, postgres):
    for _ in range(3):
        store = PostgresStore(postgres)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            told = [each.result() for each in [pool.submit(migrate, programs, store) for _ in range(6)]]
        assert [code for code, _ in told] == [0] * 6, told
        assert len({words for _, words in told}) == 1, told


def test_three_collectors_that_start_at_once_on_a_new_database_all_serve(programs, tmp_path, postgres):
    store = PostgresStore(postgres)
    collectors = [Collector(programs, tmp_path / name, address=store.address) for name in ("one", "two", "three")]
    try:
        for collector in collectors:
            collector.start(ready=False)
        for collector in collectors:
            until(collector._is_ready, 30, what=lambda: collector.log)
        deciding = store.server.query(store.name, "SELECT count(*) FROM lane WHERE fence > 0")
        assert deciding == ["1"]
    finally:
        for collector in collectors:
            collector.stop()
