"""What survives, which rung, which machine, who goes and why: the dashboard's part of recovery in a real browser."""

import base64
import importlib.util
import io
import pathlib

import pytest
from office_fleet import LOANERS, site_id, site_name
from selenium.webdriver.common.keys import Keys
from test_office import find, press, sign_in, text, until

# Sites of these tests' own: damage that is told once stays.
HIT, OTHER, AXE, STUCK = 6, 7, 8, 9
PINNED = "test-eng-2"


@pytest.fixture
def page(browser, collector, beats, person):
    sign_in(browser, collector, person)
    return browser


def show(browser, collector, address, selector):
    browser.get(f"{collector.page}/{address}")
    until(browser, lambda: find(browser, selector), f"{address} does not show")


def recovery(collector, number):
    return collector.ask("GET", f"/v1/sites/{site_id(number)}/recovery")


def lose_server(collector, number):
    """The server is lost and the external storage is not: a rung that takes a machine."""
    damage = {"server": "lost", "external": "works", "power": True, "network": True, "building": "sound", "by": "院長"}
    collector.ask("POST", f"/v1/sites/{site_id(number)}/damage", damage)
    return next(task for task in recovery(collector, number)["tasks"] if task["rung"] and task["kind"] == "restoreOnLoaner")


def open_damage(browser, collector, number):
    show(browser, collector, f"#/sites/{site_id(number)}", ".panel.damage button")
    press(browser, "d")
    until(browser, lambda: find(browser, "dialog.damage[open]"), "d does not ask for the damage")


def test_damage_takes_one_key_a_question_and_the_rung_follows(page, collector):
    open_damage(page, collector, HIT)
    # There is no mirror at the site: it is not asked for.
    questions = [one.text for one in find(page, "dialog.damage fieldset:not(.details) legend")]
    assert questions == ["1. 本体", "2. 外付け", "3. 電気と回線", "4. 建物"]
    press(page, "3", "1", "1", Keys.ENTER)
    assert page.execute_script("return document.activeElement.name") == "depthMeters"
    press(page, "0.4", Keys.ENTER)
    until(page, lambda: not find(page, "dialog"), "the report is not sent")
    until(page, lambda: "R3" in text(page, ".panel.rung .rung"), "the rung does not show")
    assert "仮" not in text(page, ".panel.rung .rung"), "a person has told of it"
    assert "喪失" in text(page, ".panel.rung .reasons") and "レセプト期限" in text(page, ".panel.rung")
    assert "失われた" in text(page, ".panel.damage") and "0.4m" in text(page, ".panel.damage")
    assert "%" in text(page, ".panel.copies .chance") and "残りません" in text(page, ".panel.copies .kept")
    told = recovery(collector, HIT)["damage"]
    assert told["server"]["value"] == "lost" and told["network"]["value"] is True and "building" not in told


def test_a_report_that_is_refused_stays_on_the_screen(page, collector):
    open_damage(page, collector, OTHER)
    page.execute_script("""
        window.genuineFetch = window.fetch
        window.fetch = (path, options) => !path.endsWith('/damage') ? window.genuineFetch(path, options)
          : Promise.resolve(new Response(JSON.stringify({ detail: 'told by the test' }), { status: 422 }))
        """)
    press(page, "2")
    find(page, "dialog.damage button.main")[0].click()
    until(page, lambda: "told by the test" in text(page, "dialog.damage .error"), "the refusal does not show")
    page.execute_script("window.fetch = window.genuineFetch")
    find(page, "dialog.damage button.main")[0].click()
    until(page, lambda: not find(page, "dialog"), "sending again fails")
    assert recovery(collector, OTHER)["damage"]["server"]["value"] == "wet"


def test_a_report_without_an_answer_is_not_sent(page, collector):
    open_damage(page, collector, OTHER)
    find(page, "dialog.damage button.main")[0].click()
    assert page.execute_script("return document.querySelector('dialog.damage form').checkValidity()") is False
    press(page, "1")
    assert page.execute_script("return document.querySelector('dialog.damage form').checkValidity()")
    press(page, Keys.ESCAPE)
    until(page, lambda: not find(page, "dialog"), "Escape does not close the dialog")
    press(page, "d")
    until(page, lambda: find(page, "dialog.damage[open]"), "the dialog does not open a second time")


def test_a_task_says_who_is_planned_and_why_and_a_coordinator_names_another(page, collector):
    task = lose_server(collector, HIT)["id"]
    show(page, collector, f"#/tasks/{task}", ".panel.plan")
    until(page, lambda: "試験 保守" in text(page, ".panel.plan .facts"), "nobody is planned")
    assert "R3" in text(page, ".panel.plan") and "T-" in text(page, ".panel.plan"), "rung, and what comes before"
    assert len(find(page, ".panel.steps li")) >= 2
    assert "次点" in text(page, ".panel.why") or "ほかに" in text(page, ".panel.why")
    page.execute_script(
        "const form = document.querySelector('form.pin'); form.elements.engineer.value = arguments[0];"
        "form.elements.reason.value = '近くにいる'", PINNED)
    find(page, "form.pin button")[0].click()
    until(page, lambda: "近くにいる" in text(page, ".panel.plan .facts"), "the pin does not show")
    assert collector.ask("GET", f"/v1/tasks/{task}")["pin"]["engineer"] == PINNED
    until(page, lambda: find(page, "form.pin [data-do=unpin]"), "the pin cannot be taken back")
    find(page, "form.pin [data-do=unpin]")[0].click()
    until(page, lambda: not find(page, "form.pin [data-do=unpin]"), "the pin stays")
    assert collector.ask("GET", f"/v1/tasks/{task}")["pin"] is None


def test_a_task_that_nobody_can_do_says_what_would_help(page, collector):
    for loaner in LOANERS:
        collector.ask("POST", f"/v1/loaners/{loaner}", {"state": "outOfService"})
    try:
        lose_server(collector, STUCK)
        fetch = next(task for task in recovery(collector, STUCK)["tasks"] if task["kind"] == "fetchLoaner")
        show(page, collector, f"#/tasks/{fetch['id']}", ".panel.why")
        until(page, lambda: "合う代替機がない" in text(page, ".panel.why"), "the obstacle does not show")
        assert "試験 保守1、試験 保守2" in text(page, ".panel.why"), "whom the same keeps away stands in one line"
        assert "試験保管庫に代替機 +1" in text(page, ".panel.why")
    finally:
        for loaner in LOANERS:
            collector.ask("POST", f"/v1/loaners/{loaner}", {"state": "inStock"})


def test_the_task_list_names_machine_plan_and_what_comes_first(page, collector):
    lose_server(collector, HIT)
    show(page, collector, "#/tasks", "table.tasks tbody tr")
    until(page, lambda: "予定 試験 保守" in text(page, "table.tasks"), "no plan on the list")
    assert "代替機 L-0" in text(page, "table.tasks") and "の後" in text(page, "table.tasks")


def test_machines_are_counted_on_the_first_screen_and_set_on_their_list(page, collector):
    show(page, collector, "#/", ".people .depot")
    assert "試験保管庫" in text(page, ".people")
    find(page, '.people a[href="#/loaners"]')[0].click()
    until(page, lambda: len(find(page, "table.loaners tbody tr")) == len(LOANERS), "the machines do not show")
    chosen = f'tr[data-row="{LOANERS[1]}"]'
    # Back in stock, it may be held by a task at once.
    for key, state, words in (("3", "outOfService", ["使用不可"]), ("1", "inStock", ["在庫", "仮押さえ"])):
        find(page, f"{chosen} button")[0].click()
        press(page, key, Keys.ENTER)
        until(page, lambda: any(word in text(page, f"{chosen} .mark") for word in words), f"{state} does not show")
        assert collector.ask("GET", "/v1/loaners")["items"][1]["state"] == state


def test_a_machine_is_not_lent_to_nowhere(page, collector):
    show(page, collector, "#/loaners", "table.loaners tbody tr")
    page.execute_script("window.expected = ['/v1/loaners/']")
    find(page, f'tr[data-row="{LOANERS[1]}"] button')[0].click()
    press(page, "2", Keys.ENTER)
    until(page, lambda: text(page, "dialog.loaner .error"), "the refusal does not show")
    find(page, "dialog.loaner [name=site]")[0].send_keys(site_id(HIT) + Keys.ENTER)
    until(page, lambda: not find(page, "dialog"), "the machine is not lent")
    until(page, lambda: site_id(HIT) in text(page, f'tr[data-row="{LOANERS[1]}"]'), "where it stands does not show")
    collector.ask("POST", f"/v1/loaners/{LOANERS[1]}", {"state": "inStock"})


def test_nothing_runs_out_of_a_telephone(page, collector):
    task = lose_server(collector, HIT)["id"]
    page.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride", {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True})
    for address, selector in ((f"#/tasks/{task}", ".panel.plan"), ("#/loaners", "table.loaners"),
                              (f"#/sites/{site_id(HIT)}", ".panel.rung .reasons")):
        show(page, collector, address, selector)
        assert page.execute_script("return document.documentElement.scrollWidth") <= 390, address
    find(page, ".panel.damage button")[0].click()
    until(page, lambda: find(page, "dialog.damage[open]"), "the damage is not asked")
    assert page.execute_script("const it = document.querySelector('dialog'); return it.scrollWidth <= it.clientWidth")


def test_a_tasks_paper_has_rung_machine_and_steps(page, collector):
    pypdf = pytest.importorskip("pypdf")
    task = lose_server(collector, HIT)
    show(page, collector, f"#/tasks/{task['id']}", ".panel.steps li")
    pdf = base64.b64decode(page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    words = "".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    answer = collector.ask("GET", f"/v1/tasks/{task['id']}")
    # One box to tick a step; of the letters some come out of a PDF as the radicals that look the same.
    assert "R3" in words and 1 < len(answer["steps"]) <= words.count("□")
    flat = "".join(words.split())
    assert any("".join(step["ja"].split()) in flat for step in answer["steps"])
    plan = answer["plan"]
    assert plan["loaner"] is None or plan["loaner"] in words


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier_on_the_recovery_screens(page, collector, scheme):
    package = importlib.util.find_spec("axe_playwright_python")
    if package is None:
        pytest.skip("axe-core is not installed (PyPI's axe-playwright-python holds it as a file)")
    axe = pathlib.Path(package.submodule_search_locations[0], "axe.min.js").read_text()
    task = lose_server(collector, AXE)["id"]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    page.execute_script(axe)
    screens = [(f"#/sites/{site_id(AXE)}", ".panel.rung .rung", None), (f"#/tasks/{task}", ".panel.plan", None),
               ("#/loaners", "table.loaners", None), ("#/loaners", "table.loaners", "table.loaners button"),
               (f"#/sites/{site_id(AXE)}", ".panel.damage", ".panel.damage button")]
    for address, selector, opener in screens:
        show(page, collector, address, selector)
        if opener:
            find(page, opener)[0].click()
            until(page, lambda: find(page, "dialog[open]"), f"{opener} opens nothing")
        page.execute_script("for (const glow of document.getAnimations()) glow.finish()")
        found = page.execute_async_script("axe.run(document).then(result => arguments[0](result.violations))")
        assert [(address, one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found] == []
        page.execute_script("document.querySelector('dialog')?.close()")
