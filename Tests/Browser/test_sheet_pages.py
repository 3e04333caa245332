"""Claims, readiness, the sheets of an incident, situation reports and the survival card: what they show is what the API
says, it fits on A4, and it can be had without a mouse."""

import base64
import csv
import importlib.util
import io
import pathlib
import time
import unicodedata

import pytest
from office_fleet import SITES, site_id, site_name
from selenium.webdriver.common.keys import Keys
from test_office import find, press, sign_in, text, until
from test_recovery_page import lose_server, recovery, show

# A site of these tests' own: damage that is told once stays.
HIT = 10
SHEETS = ["damage", "timeline", "resources", "claims", "readiness"]
# What of A4 lying the page rule of print.css leaves, in CSS pixels.
PAPER_WIDTH = round((297 - 18) / 25.4 * 96)


def wait_for(fact, message):
    """The first true value of `fact`, without a browser."""
    end = time.monotonic() + 10
    while not (value := fact()):
        assert time.monotonic() < end, message
        time.sleep(0.1)
    return value


@pytest.fixture(scope="module")
def incident(collector, beats):
    """The incident of a site whose server is lost."""
    lose_server(collector, HIT)
    collector.ask("POST", f"/v1/sites/{site_id(HIT)}/damage", {"depthMeters": 0.4, "keyHolder": "薬局の店長", "by": "院長"})
    return wait_for(lambda: collector.site(HIT)["incident"], "no incident opens")


@pytest.fixture
def page(browser, collector, incident, person):
    sign_in(browser, collector, person)
    return browser


def query(name, incident):
    return {} if name in ("claims", "readiness") else {"incident": incident}


def address(name, incident):
    values = query(name, incident)
    return f"#/sheets/{name}" + (f"?incident={incident}" if values else "")


def sheet(collector, name, incident, language):
    more = "".join(f"&{key}={value}" for key, value in query(name, incident).items())
    return collector.ask("GET", f"/v1/sheets/{name}?lang={language}{more}")


def shown(browser):
    """The table on screen, as the API would tell it."""
    return browser.execute_script("""
        const cells = row => [...row.children].map(cell => [...cell.children].map(part => part.textContent).join('; ')
          || cell.textContent)
        const table = document.querySelector('section.sheet table')
        return table && { title: document.querySelector('h1').textContent,
          columns: cells(table.querySelector('thead tr:not(.paper)')).map(cell => cell.replaceAll('; ', ' ')),
          rows: [...table.querySelectorAll('tbody tr')].map(cells) }
        """)


def is_what_the_api_says(browser, collector, name, incident, language):
    """Both read anew until they agree: a chronology goes on while one looks."""
    last = {}

    def agree():
        last["api"], last["page"] = sheet(collector, name, incident, language), shown(browser)
        return last["page"] and all(last["page"][key] == last["api"][key] for key in ("title", "columns", "rows"))

    try:
        until(browser, agree, f"{name} is not what the API says")
    except Exception as error:
        raise AssertionError(f"{name}: {last}") from error
    return last["api"]


def flat(words):
    """Without gaps, and with the letters themselves where a PDF has radicals or dots that look the same."""
    return "".join(unicodedata.normalize("NFKC", words).replace("‧", "・").split())


def printed(browser):
    pypdf = pytest.importorskip("pypdf")
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (842, 595), "A4, lying"
    return "".join(flat(one.extract_text()) for one in pages)


BROKEN_WORDS = """
const broken = []
const texts = document.createTreeWalker(document.querySelector(arguments[0]), NodeFilter.SHOW_TEXT)
while (texts.nextNode()) {
  const node = texts.currentNode
  for (const { 0: word, index } of node.data.matchAll(/\\S+/g)) {
    const wide = [...word].reduce((sum, letter) => sum + (letter > '\\u2e80' ? 2 : 1), 0)
    if (wide > 16) continue
    const range = document.createRange()
    range.setStart(node, index)
    range.setEnd(node, index + word.length)
    const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)))
    if (lines.size > 1) broken.push(word)
  }
}
return broken
"""


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_shows_what_the_api_says_in_the_language_that_is_chosen(page, collector, incident, name):
    show(page, collector, address(name, incident), "section.sheet table")
    told = is_what_the_api_says(page, collector, name, incident, "ja")
    assert told["rows"], "there is something to show"
    find(page, "[data-do=language]")[0].click()
    is_what_the_api_says(page, collector, name, incident, "en")
    find(page, "[data-do=language]")[0].click()
    is_what_the_api_says(page, collector, name, incident, "ja")


def test_the_damage_sheet_tells_the_site_that_was_hit(page, collector, incident):
    show(page, collector, address("damage", incident), "section.sheet table")
    told = is_what_the_api_says(page, collector, "damage", incident, "ja")
    row = next(dict(zip(told["columns"], row)) for row in told["rows"] if row[0] == site_id(HIT))
    assert (row["名称"], row["判断"], row["本体"], row["外付け"], row["浸水深m"]) == (
        site_name(HIT), "被災確認", "喪失", "無事", "0.40")
    assert row["復旧案"].startswith("R3") and "現地確認" in row["作業"]


@pytest.mark.parametrize("name", SHEETS)
def test_the_link_saves_the_same_sheet_as_csv(page, collector, incident, name):
    show(page, collector, address(name, incident), "section.sheet table")
    is_what_the_api_says(page, collector, name, incident, "ja")
    link = find(page, "section.sheet a[download]")[0]
    assert link.get_attribute("download") == f"{name}.csv"
    saved = page.execute_async_script(
        "fetch(arguments[0].href).then(answer => answer.arrayBuffer()).then(bytes => "
        "arguments[1]([...new Uint8Array(bytes)]))", link)
    content = bytes(saved).decode("utf-8")
    assert content.startswith("\ufeff") and "\r\n" in content, "a spreadsheet reads it as UTF-8"
    columns, *rows = csv.reader(io.StringIO(content[1:], newline=""))
    told = sheet(collector, name, incident, "ja")
    assert columns == told["columns"]
    assert [row[0] for row in rows][:50] == [row[0] for row in told["rows"]][:50]


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_fits_on_a4_and_no_word_is_broken(page, collector, incident, name, language):
    show(page, collector, address(name, incident), "section.sheet table")
    if language == "en":
        find(page, "[data-do=language]")[0].click()
    told = is_what_the_api_says(page, collector, name, incident, language)
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                         {"width": PAPER_WIDTH, "height": 718, "deviceScaleFactor": 1, "mobile": False})
    assert page.execute_script(BROKEN_WORDS, "section.sheet table") == []
    wide = page.execute_script("return document.querySelector('section.sheet table').scrollWidth")
    assert wide <= PAPER_WIDTH, f"{wide} px on paper of {PAPER_WIDTH}"
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    words = printed(page)
    assert flat(told["title"]) in words and ("現在" if language == "ja" else "asof") in words
    assert all(flat(row[0]) in words for row in told["rows"]), "no row is left out"


def test_a_situation_report_is_written_and_read_without_a_mouse(page, collector, incident):
    show(page, collector, f"#/incidents/{incident}", "form[data-do=write-sitrep]")
    page.execute_script("document.querySelector('form[data-do=write-sitrep] textarea').focus()")
    press(page, "橋は通れません。", Keys.ENTER, "代替機は2台。", Keys.TAB)
    before = len(collector.ask("GET", f"/v1/incidents/{incident}/sitreps")["items"])
    page.execute_script("document.querySelector('form[data-do=write-sitrep] button').focus()")
    press(page, Keys.ENTER)
    link = f'a[href="#/sitreps/{incident}?number={before + 1}"]'
    until(page, lambda: find(page, link), "the report does not show")
    page.execute_script("arguments[0].focus()", find(page, link)[0])
    press(page, Keys.ENTER)
    until(page, lambda: find(page, "article.sitrep"), "the report does not open")
    told = collector.ask("GET", f"/v1/incidents/{incident}/sitreps/{before + 1}")
    assert told["text"] == "橋は通れません。\n代替機は2台。"
    lines = page.execute_script("return document.querySelector('.written').innerText")
    assert lines == told["text"], "its lines stay lines"
    figures = page.execute_script("""
        return [...document.querySelectorAll('.sitrep .panel')].map(panel => [panel.querySelector('h2').textContent,
          [...panel.querySelectorAll('tr')].map(row => [row.children[0].textContent, Number(row.children[1].textContent)])])
        """)
    labels = collector.ask("GET", "/v1/labels")["ja"]
    wanted = []
    for family, words in told["figures"].items():
        rows = [[(f"{word} " if family == "rung" else "") + labels[f"{family}.{word}"], n] for word, n in words.items() if n]
        if rows:
            wanted.append([labels[f"sitrep.family.{family}"], rows])
    assert figures == wanted
    words = printed(page)
    assert "橋は通れません" in words and f"第{before + 1}報" in words
    markdown = page.execute_async_script(
        "fetch(document.querySelector('.sitrep a[download]').href).then(answer => answer.text()).then(arguments[0])")
    assert markdown.startswith(f"# 状況報告 第{before + 1}報") and "橋は通れません" in markdown
    # What was written never changes, whatever happens after.
    collector.ask("POST", f"/v1/sites/{site_id(HIT)}/damage", {"peripherals": "lost", "by": "院長"})
    assert collector.ask("GET", f"/v1/incidents/{incident}/sitreps/{before + 1}") == told


def test_the_survival_card_shows_the_chance_of_each_copy(page, collector, incident):
    show(page, collector, f"#/sites/{site_id(HIT)}", ".panel.copies tbody tr")
    card = recovery(collector, HIT)["card"]
    rows = [row.text for row in find(page, ".panel.copies tbody tr")]
    assert len(rows) == len(card["copies"]) > 0
    for copy, row in zip(card["copies"], rows):
        chance = ">99%" if copy["chance"] > 0.99 else "<1%" if copy["chance"] < 0.01 else f"{copy['chance'] * 100:.0f}%"
        assert chance in row and ("棚" in row) == (copy["room"] == "棚")
    kept = card["keptIfBuildingIsLost"]
    assert ("残りません" in text(page, ".panel.copies .kept")) == (kept is None)
    words = printed(page)
    assert "R3" in words and all(flat(copy["room"]) in words for copy in card["copies"] if copy["room"])


def test_a_row_of_the_first_screen_says_the_rung_and_who_comes_when(page, collector, incident):
    cell = f'tr[data-row="{site_id(HIT)}"] td.task'
    until(page, lambda: find(page, cell), "the site is not on the list")
    visit = collector.site(HIT)["visit"]
    assert visit, "somebody is planned"
    until(page, lambda: visit["engineerName"] in text(page, f"{cell} .goes"), "who comes does not show")
    assert text(page, f"{cell} .rung") == "R3", "told by a person, and so not provisional"
    assert "着" in text(page, f"{cell} .arrives") and find(page, f'{cell} a[href="#/tasks/{visit["task"]}"]')


def test_the_lists_are_reached_and_left_by_the_keyboard(page, collector, incident):
    show(page, collector, "#/incidents", "nav.actions a")
    for name in ("claims", "readiness"):
        page.execute_script("arguments[0].focus()", find(page, f'a[href="#/sheets/{name}"]')[0])
        press(page, Keys.ENTER)
        until(page, lambda: find(page, f"table.sheet-{name}"), f"{name} does not open")
        if name == "readiness":
            assert len(find(page, "section.sheet tbody tr")) == SITES, "every site is in it"
        page.execute_script("window.printed = false; window.print = () => { window.printed = true }")
        press(page, "p")
        until(page, lambda: page.execute_script("return window.printed"), "p does not print")
        page.back()
        until(page, lambda: find(page, f'a[href="#/sheets/{name}"]'), "the way back is lost")
    press(page, "g")
    until(page, lambda: find(page, ".headline"), "g does not lead to the first screen")


def test_nothing_runs_out_of_a_telephone_and_each_cell_says_what_it_is(page, collector, incident):
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
    for name in SHEETS:
        show(page, collector, address(name, incident), "section.sheet tbody tr")
        assert page.execute_script("return document.documentElement.scrollWidth") <= 390, name
    named = page.execute_script(
        "return getComputedStyle(document.querySelector('section.sheet tbody [data-column]'), '::before').content")
    assert named == '"順位"'


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_on_the_sheets(page, collector, incident, scheme):
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-core is not installed (PyPI's axe-playwright-python holds it as a file)")
    axe = pathlib.Path(package.submodule_search_locations[0], "axe.min.js").read_text()
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    page.execute_script(axe)
    for screen in [*(address(name, incident) for name in SHEETS), f"#/incidents/{incident}"]:
        show(page, collector, screen, "#main h1")
        until(page, lambda: find(page, "#main table"), f"{screen} does not show")
        page.execute_script("for (const glow of document.getAnimations()) glow.finish()")
        found = page.execute_async_script("axe.run(document).then(result => arguments[0](result.violations))")
        assert [(screen, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
