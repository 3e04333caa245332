"""A drill's page in a real browser: nobody may take it for the real one, nor the real one for it."""

import os
import pathlib

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from anpi_harness import Collector, Fleet, Programs

NAME = "storm"
# Four sites are heard from eight on; the fourth falls silent at nine.
FEED = "".join(
    '{"at":"2022-09-22T08:00:%02d.000+09:00","heard":{"agent":"shz-%04d-server","until":"2022-09-22T%s:00:%02d.000+09:00"}}\n'
    % (site, site, "09" if site == 4 else "11", site) for site in range(1, 5)
) + '{"at":"2022-09-22T10:00:00.000+09:00"}\n'


@pytest.fixture
def drilling(tmp_path):
    programs = os.environ.get("ANPI_BIN")
    if not programs:
        pytest.skip("ANPI_BIN is not set: a drill needs a collector of its own")
    folder = tmp_path / "drills" / NAME
    folder.mkdir(parents=True)
    for name, text in Fleet(sites=4, interval=60, grace=120).files().items():
        (folder / name).write_text(text)
    (folder / "feed.jsonl").write_text(FEED)
    running = Collector(Programs(pathlib.Path(programs)), tmp_path / "collector")
    running.options = ["--drills", str(tmp_path / "drills")]
    running.start()
    yield running
    running.stop()


def find(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def text(browser, selector):
    return browser.execute_script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)


def until(browser, fact, message, seconds=20):
    return WebDriverWait(browser, seconds, poll_frequency=0.05).until(lambda _: fact(), message)


def test_a_drill_cannot_be_taken_for_the_real_fleet(browser, drilling):
    assert drilling.post("/v1/drills", {"name": NAME, "speed": 3600}).status == 201
    browser.get(f"{drilling.url}/?drill={NAME}")
    until(browser, lambda: find(browser, "#token"), "the sign-in does not show")
    assert browser.title.startswith("【訓練】")
    find(browser, "#token")[0].send_keys(drilling.admin_token + Keys.ENTER)
    until(browser, lambda: "【訓練】storm" in text(browser, "div.drill"), "the banner does not show")
    until(browser, lambda: "第4診療所" in text(browser, "main"), "the drill's silent site does not show")
    assert browser.title.startswith("【訓練】")
    until(browser, lambda: "時計は止まっています" in text(browser, "div.drill"), "it is not said that the drill is over", 30)
    assert "9月22日" in text(browser, ".clock") and "10:00" in text(browser, ".clock")
    # The drill's clock stands, and that is no reason to doubt the page.
    assert not find(browser, "div.stale")

    # Another screen of the drill is the drill's.
    find(browser, 'nav.tabs a[href="#/sites"]')[0].click()
    until(browser, lambda: "第1診療所" in text(browser, "main"), "the drill's sites do not show")
    assert f"?drill={NAME}" in browser.current_url

    # A call that is logged there is logged in the drill.
    browser.get(f"{drilling.url}/?drill={NAME}#/sites/shz-0004")
    until(browser, lambda: "第4診療所" in text(browser, "h1"), "the site does not show")

    # The real page has none of it but one line that leads there.
    find(browser, "div.drill a")[0].click()
    until(browser, lambda: find(browser, ".headline h1") and not find(browser, "div.drill"), "the real page does not show")
    until(browser, lambda: NAME in text(browser, "div.drills"), "no line says that a drill plays")
    assert "第4診療所" not in text(browser, "main") and not browser.title.startswith("【訓練】")
    assert find(browser, "div.drills a")[0].get_attribute("href") == f"{drilling.url}/?drill={NAME}"

    # Ended, its page says so.
    assert drilling.request("DELETE", f"/v1/drills/{NAME}").status == 204
    browser.execute_script("window.expected = ['drill=storm']")
    browser.get(f"{drilling.url}/?drill={NAME}")
    until(browser, lambda: "再生されていません" in text(browser, "main"), "nobody says that the drill has ended")
    browser.execute_script("window.expected = ['drill=storm', 'EventSource']")
