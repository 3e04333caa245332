"""The built programs, driven from outside: what every system test stands on."""

import os
import pathlib

import pytest

from anpi_harness import Collector, Programs
from patroni_cluster import PatroniCluster
from postgres_server import PostgresServer


@pytest.fixture(scope="session")
def programs() -> Programs:
    folder = os.environ.get("ANPI_BIN")
    if not folder:
        pytest.exit("ANPI_BIN must name the folder of the built programs: run deploy/test.", returncode=2)
    return Programs(pathlib.Path(folder))


@pytest.fixture(scope="session")
def postgres():
    """One server for all tests that want one; each makes a database of its own."""
    server = PostgresServer()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def cluster():
    """A highly available PostgreSQL, for the tests of one file."""
    running = PatroniCluster()
    yield running
    running.remove()


@pytest.fixture
def collector(programs, tmp_path):
    """A collector on an empty store, with both doors on ports of its own."""
    running = Collector(programs, tmp_path / "collector")
    running.start()
    yield running
    running.stop()
