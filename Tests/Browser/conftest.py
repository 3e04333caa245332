"""Collector, fleet and browser of the dashboard's tests.

The collector is the one that ANPI_TEST_COLLECTOR names, with the administrator's token in ANPI_TEST_TOKEN; its fleet
is replaced. Without them one is started from the programs in ANPI_BIN.
"""

import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from selenium import webdriver

from office_fleet import Beats, Collector

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "System"))
from contract_proxy import ContractProxy  # noqa: E402

STARTED_WITHIN_SECONDS = 20

# From the first script on: what the content security policy has stopped is noted, and the stream can be cut.
WITNESS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(event.violatedDirective + ' ' + event.blockedURI));
window.EventSource = class extends EventSource { constructor(...all) { super(...all); window.stream = this } };
"""


@pytest.fixture(scope="session")
def collector(tmp_path_factory):
    base, token = os.environ.get("ANPI_TEST_COLLECTOR"), os.environ.get("ANPI_TEST_TOKEN")
    if base and token:
        yield Collector(base, token)
        return
    programs = os.environ.get("ANPI_BIN")
    if not programs:
        pytest.skip("neither ANPI_TEST_COLLECTOR and ANPI_TEST_TOKEN nor ANPI_BIN is set")
    yield from started(pathlib.Path(programs), tmp_path_factory.mktemp("collector"))


def started(programs, folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    token = folder / "admin-token"
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen(
            [programs / "anpi-collector", "serve", "--database", f"sqlite:{folder / 'anpi.sqlite'}",
             "--listen", address, "--admin-token-file", token], stdout=log, stderr=log)
    try:
        wait_until_ready(f"http://{address}/-/ready", process, folder / "log")
        # What the page asks goes through a proxy that holds it against openapi.json.
        contract = ContractProxy(f"http://{address}", is_checked=lambda path: path.startswith("/v1/"))
        yield Collector(f"http://{address}", token.read_text().strip(), page=contract.url)
        contract.stop()
        contract.verify(
            ("GET", "/v1/overview"), ("POST", "/v1/session"), ("POST", "/v1/findings"),
            ("POST", "/v1/sites/{id}/damage"), ("GET", "/v1/tasks/{id}/why"), ("POST", "/v1/tasks/{id}/pin"))
    finally:
        process.terminate()
        process.wait(timeout=20)


def wait_until_ready(url, process, log):
    end = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the collector was not ready in {STARTED_WITHIN_SECONDS} s: {log.read_text()}")


@pytest.fixture(scope="session")
def beats(collector):
    collector.import_fleet()
    beats = Beats(collector)
    beats.start()
    yield beats
    beats.end()
    assert beats.failure is None, f"a heartbeat was refused: {beats.failure}"


@pytest.fixture(scope="session")
def person(collector, beats):
    """A coordinator's token."""
    return collector.new_token(role="coordinator")


@pytest.fixture
def browser():
    yield from opened("ja")


@pytest.fixture
def english_browser():
    yield from opened("en")


def opened(language):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1280,800",
                     f"--lang={language}"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": WITNESS})
    try:
        yield driver
        assert driver.execute_script("return window.violations ?? []") == []
        assert complaints(driver) == []
    finally:
        driver.quit()


def complaints(driver):
    """What the console says against the page; what a test provokes itself it announces in `window.expected`."""
    expected = ["/v1/me", *(driver.execute_script("return window.expected ?? []"))]
    return [entry["message"] for entry in driver.get_log("browser")
            if entry["level"] in ("SEVERE", "WARNING") and not any(part in entry["message"] for part in expected)]
