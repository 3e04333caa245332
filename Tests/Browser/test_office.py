"""The office dashboard in a real browser, against a running collector."""

import base64
import importlib.util
import io
import json
import pathlib

import pytest
from hazard_feed import warning
from office_fleet import GRACE_SECONDS, INTERVAL_SECONDS, SITES, site_id, site_name
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

# Until a held-back agent is silent, and for a slow machine to show it.
SILENT_WITHIN_SECONDS = INTERVAL_SECONDS + GRACE_SECONDS + 20
# From the deadline: a second to notice the silence, a second to show it.
SHOWN_WITHIN_MILLISECONDS = 2000
WEIGHT_MAX_BYTES = 200_000


def until(browser, condition, message, seconds=10):
    return WebDriverWait(browser, seconds, poll_frequency=0.05, ignored_exceptions=()).until(
        lambda _: condition(), message)


def find(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def text(browser, selector):
    """The text of the first such element, read in one step because a live page changes between two."""
    return browser.execute_script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)


def row(number):
    return f'tr[data-row="{site_id(number)}"]'


def press(browser, *keys):
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


def sign_in(browser, collector, token):
    browser.get(collector.page + "/")
    until(browser, lambda: find(browser, "#token"), "the sign-in does not show")
    find(browser, "#token")[0].send_keys(token + Keys.ENTER)
    until(browser, lambda: find(browser, ".headline h1"), "the first screen does not show")
    browser.execute_script("window.sameDocument = true")


def wait_for_row(browser, number):
    until(browser, lambda: find(browser, row(number)), f"{site_name(number)} is not on the list", SILENT_WITHIN_SECONDS)


def wait_for_quiet(browser):
    until(browser, lambda: not find(browser, "tr.site .contact-silent"), "a site stays silent", SILENT_WITHIN_SECONDS)


@pytest.fixture
def page(browser, collector, beats, person):
    sign_in(browser, collector, person)
    return browser


@pytest.fixture
def silent(page, beats):
    """Site 0 has fallen silent before the test and is heard again after it."""
    beats.hold(0)
    wait_for_row(page, 0)
    until(page, lambda: find(page, row(0) + " .contact-silent"), "site 0 is not silent", SILENT_WITHIN_SECONDS)
    yield page
    beats.resume(0)


def test_a_site_that_falls_silent_changes_its_row_without_a_reload(page, collector, beats):
    wait_for_quiet(page)
    page.execute_script("""
        window.shownAt = null
        new MutationObserver(() => {
          if (!window.shownAt && document.querySelector(arguments[0] + ' .contact-silent')) window.shownAt = Date.now()
        }).observe(document.getElementById('main'), { childList: true, subtree: true, attributes: true, characterData: true })
        """.replace("arguments[0]", json.dumps(row(1))))
    beats.hold(1)
    try:
        until(page, lambda: page.execute_script("return window.shownAt"), "the silence does not show", SILENT_WITHIN_SECONDS)
        since = page.execute_script("return Date.parse(arguments[0])", collector.site(1)["contactSince"])
        shown = page.execute_script("return window.shownAt")
        assert shown - since < SHOWN_WITHIN_MILLISECONDS, f"shown {shown - since} ms after the deadline"
        assert site_name(1) in text(page, row(1))
        assert "090-0000-0001" in text(page, row(1))
        assert "途絶" in text(page, ".changes") or "信号が途絶え" in text(page, ".changes")
    finally:
        beats.resume(1)
    until(page, lambda: not find(page, row(1) + " .contact-silent"), "the row stays silent", SILENT_WITHIN_SECONDS)
    assert page.execute_script("return window.sameDocument"), "the page was loaded again"


def choose(browser, number):
    """Puts the cursor on a row, as `j` and `k` do."""
    browser.execute_script("document.querySelector(arguments[0]).focus()", row(number))


def test_a_call_is_logged_with_one_key_and_one_choice(silent, collector):
    choose(silent, 0)
    press(silent, "c")
    assert site_name(0) in text(silent, "dialog h2")
    press(silent, "1")
    until(silent, lambda: "応答なし" in text(silent, row(0) + " td.phone"), "the call does not show")
    until(silent, lambda: not find(silent, ".saving"), "the call stays unsaved")
    assert collector.site(0)["lastCall"]["result"] == "noAnswer"


def test_a_call_back_is_expected_in_twenty_minutes(silent, collector):
    choose(silent, 0)
    press(silent, "c", "6")
    until(silent, lambda: "折返し待ち" in text(silent, row(0) + " td.phone"), "the call does not show")
    until(silent, lambda: not find(silent, ".saving"), "the call stays unsaved")
    newest = max(collector.ask("GET", f"/v1/findings?site={site_id(0)}")["items"], key=lambda item: item["at"])
    minutes = silent.execute_script(
        "return (Date.parse(arguments[0]) - Date.parse(arguments[1])) / 60000", newest["callBackAt"], newest["at"])
    assert 18 < minutes < 22


def test_a_call_that_is_refused_says_so_and_can_be_sent_again(silent):
    silent.execute_script("""
        window.genuineFetch = window.fetch
        window.fetch = (path, options) => path !== '/v1/findings' ? window.genuineFetch(path, options)
          : Promise.resolve(new Response(JSON.stringify({ detail: 'told by the test' }), { status: 422 }))
        """)
    choose(silent, 0)
    press(silent, "c", "3")
    until(silent, lambda: "told by the test" in text(silent, row(0) + " .refused"), "the refusal does not show")
    silent.execute_script("window.fetch = window.genuineFetch")
    find(silent, row(0) + " [data-do=call-again]")[0].click()
    until(silent, lambda: not find(silent, ".refused") and "不通" in text(silent, row(0)), "sending again fails")


def test_the_keyboard_alone_reaches_everything(silent):
    press(silent, "j")
    first = silent.execute_script("return document.activeElement.dataset.row")
    assert first and find(silent, 'tr[aria-current="true"]')
    press(silent, Keys.ENTER)
    until(silent, lambda: silent.current_url.endswith(f"#/sites/{first}"), "Enter does not open the row")
    until(silent, lambda: find(silent, "article.detail h1"), "the site's page does not show")
    press(silent, "c")
    assert find(silent, "dialog[open]")
    press(silent, Keys.ESCAPE)
    until(silent, lambda: not find(silent, "dialog"), "Escape does not close the dialog")
    press(silent, "t")
    until(silent, lambda: find(silent, "section.tasks"), "t does not open the tasks")
    press(silent, "?")
    assert find(silent, "dialog.help[open]")
    press(silent, Keys.ESCAPE)
    press(silent, "/")
    assert silent.execute_script("return document.activeElement.id") == "search"
    press(silent, site_name(2)[:2], Keys.ENTER)
    until(silent, lambda: find(silent, row(2)), "the search does not find the site")
    assert len(find(silent, "tr.site")) == 1
    press(silent, "g")
    until(silent, lambda: find(silent, ".headline"), "g does not lead home")


def test_focus_survives_a_live_change(silent, beats):
    press(silent, "j")
    chosen = silent.execute_script("return document.activeElement.dataset.row")
    beats.hold(3)
    try:
        wait_for_row(silent, 3)
        assert silent.execute_script("return document.activeElement.dataset.row") == chosen
    finally:
        beats.resume(3)


def test_a_coordinator_accepts_for_an_engineer_and_a_conflict_is_told(silent, collector):
    until(silent, lambda: find(silent, row(0) + " td.task a"), "the silent site has no task", SILENT_WITHIN_SECONDS)
    task = text(silent, row(0) + " td.task a")
    silent.get(f"{collector.page}/#/tasks/{task}")
    until(silent, lambda: find(silent, "form.actions"), "the task's page does not show")
    state = collector.ask("GET", f"/v1/tasks/{task}")["state"]
    if state == "draft":
        take(silent, "offered")
        until(silent, lambda: find(silent, ".verdict .taskState-offered"), "the offer does not show")
    # Someone is faster between reading and clicking: what the page has read is old.
    silent.execute_script("document.querySelector('form.actions').dataset.version = '999999'; window.expected = ['/transitions']")
    take(silent, "accepted")
    until(silent, lambda: "変更していません" in text(silent, "form.actions .error"), "the conflict is not told")
    engineer = take(silent, "accepted")
    until(silent, lambda: find(silent, ".verdict .taskState-accepted"), "the acceptance does not show")
    assert collector.ask("GET", f"/v1/tasks/{task}")["engineer"] == engineer

    # A road stands in the way: told with the step, and to everybody.
    fill = "const { elements } = document.querySelector('form.actions'); elements.reason.value = '冠水'; elements.road.value = %s"
    silent.execute_script(fill % "'at the bridge'")
    take(silent, "blocked")
    assert collector.ask("GET", f"/v1/tasks/{task}")["state"] == "accepted", "what is no place is not sent"
    silent.execute_script(fill % "'35.05, 138.52'")
    take(silent, "blocked")
    until(silent, lambda: find(silent, ".verdict .taskState-blocked"), "the block does not show")
    found = [one for one in collector.ask("GET", "/v1/findings")["items"] if one["kind"] == "road"]
    assert [(one["result"], one["placed"], one["radiusKilometers"]) for one in found] == [("closed", True, 0.3)]


def take(browser, state):
    """Presses the button for that state, for the engineer who is asked already or else the first; returns who."""
    until(browser, lambda: find(browser, f'form.actions [data-to="{state}"]:not([disabled])'), f"{state} is not offered")
    engineer = browser.execute_script(
        "const choice = document.querySelector('form.actions select'); return choice.value ||= 'test-eng-1'")
    find(browser, f'form.actions [data-to="{state}"]')[0].click()
    return engineer


def test_the_language_follows_the_browser_and_the_choice_is_kept(english_browser, collector, beats, person):
    sign_in(english_browser, collector, person)
    assert text(english_browser, ".tabs a") == "Situation"
    find(english_browser, "[data-do=language]")[0].click()
    until(english_browser, lambda: text(english_browser, ".tabs a") == "状況", "the language does not change")
    assert english_browser.execute_script("return document.documentElement.lang") == "ja"
    english_browser.refresh()
    until(english_browser, lambda: text(english_browser, ".tabs a") == "状況", "the choice is forgotten")


def test_the_page_says_that_it_is_old_when_the_line_is_cut(page):
    assert not find(page, ".stale")
    page.execute_script("window.expected = ['ERR_INTERNET_DISCONNECTED', 'Failed to load resource']")
    cut = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    page.execute_cdp_cmd("Network.enable", {})
    page.execute_cdp_cmd("Network.emulateNetworkConditions", cut)
    # The emulation spares what is open already.
    page.execute_script("window.stream.close()")
    until(page, lambda: "古くなっています" in text(page, ".stale"), "an old page looks fresh", 30)
    page.execute_cdp_cmd("Network.emulateNetworkConditions", cut | {"offline": False})
    until(page, lambda: not find(page, ".stale"), "the page does not recover", 30)
    assert page.execute_script("return window.sameDocument")


def test_paper_has_every_row_and_the_time_it_was_true(page, collector):
    pypdf = pytest.importorskip("pypdf")
    page.get(collector.page + "/#/sites")
    until(page, lambda: len(find(page, "tr.site")) == SITES, "the list of sites does not show")
    page.execute_script("window.print = () => { window.printed = true }")
    press(page, "p")
    until(page, lambda: page.execute_script("return window.printed"), "p does not print")
    pdf = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    sheets = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert (round(sheets[0].mediabox.width), round(sheets[0].mediabox.height)) == (842, 595)
    words = "".join(sheet.extract_text() for sheet in sheets)
    assert [site_id(number) for number in range(SITES) if site_id(number) not in words] == []
    assert f"{SITES}/{SITES}" in words and "現在" in words


def test_nothing_runs_out_of_the_window(silent, collector):
    for address in ("#/", f"#/sites/{site_id(3)}"):
        silent.get(f"{collector.page}/{address}")
        until(silent, lambda: find(silent, "#main h1"), "the screen does not show")
        for width in (1920, 1280, 768, 390):
            silent.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": width < 500})
            wide = silent.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{address} is {wide} wide in a window of {width}"


def test_the_first_screen_is_light(page):
    weight = page.execute_script(
        "return performance.getEntries().reduce((sum, entry) => sum + (entry.transferSize ?? 0), 0)")
    assert 0 < weight < WEIGHT_MAX_BYTES, f"{weight} bytes"


def test_a_warning_shows_on_the_first_screen_and_among_the_reasons(silent, collector):
    assert "発表中の警報等はありません" not in text(silent, ".situation"), "nobody has said that there is no warning"
    collector.warn(warning(area="静岡市清水区", code="2210300"))
    until(silent, lambda: "レベル４大雨危険警報" in text(silent, ".hazards .warned"), "the warning does not show")
    assert f"（{SITES}施設）" in text(silent, ".hazards .warned")
    until(silent, lambda: "災害" in text(silent, "section.incidents"), "the proposed incident does not show")
    assert "警報: 最新" in text(silent, ".strip .feed")
    silent.get(f"{collector.page}/#/sites/{site_id(0)}")
    until(silent, lambda: "出発点" in text(silent, ".evidence"), "the reasons do not begin with the warning")
    assert find(silent, ".evidence .weight") and "%" in text(silent, ".verdict .chance")
    assert "停電" in text(silent, ".rivals") and f"{SITES - 1}施設は受信中" in text(silent, ".rivals")
    assert "静岡市清水区" in text(silent, ".panel.hazards")
    # Its one copy stands in the building.
    assert "遠隔取得の依頼" in text(silent, ".panel.copies .asked") and "に依頼" in text(silent, ".panel.copies .asked")


SCREENS = ["#/", "#/sites", f"#/sites/{site_id(0)}", "#/tasks", "#/incidents", "#/engineers"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(silent, collector, scheme):
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-core is not installed (PyPI's axe-playwright-python holds it as a file)")
    axe = pathlib.Path(package.submodule_search_locations[0], "axe.min.js").read_text()
    silent.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    silent.execute_script(axe)
    for address in SCREENS:
        silent.get(f"{collector.page}/{address}")
        until(silent, lambda: find(silent, "#main h1"), "the screen does not show")
        silent.execute_script("for (const glow of document.getAnimations()) glow.finish()")
        found = silent.execute_async_script("axe.run(document).then(result => arguments[0](result.violations))")
        assert [(address, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
