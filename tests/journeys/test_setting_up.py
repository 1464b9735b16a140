"""What an admin sets up on the pages works at once, without a restart: people, queues, sites and canned replies."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.people import AtConsole
from tests.journeys.sameness import live_equals_reload
from tests.journeys.stage import ContextFactory, Stage
from tests.running import RunningDesk


def _saves(page: Page, path: str, *, tick: tuple[str, ...] = (), button: str = "Save", **fields: str) -> None:
    """Fills the form at this address by its fields' names, and sends it."""
    if path:
        page.goto(path)
    for name, value in fields.items():
        field = page.locator(f"form.stack [name={name}]")
        if field.evaluate("node => node.localName") == "select":
            field.select_option(label=value)
        else:
            field.fill(value)
    for label in tick:
        page.get_by_label(label, exact=True).check()
    page.get_by_role("button", name=button, exact=True).first.click()


def test_a_new_agent_a_queue_a_site_and_a_canned_reply(stage: Stage) -> None:
    """Mei is invited, her queue is filled from its own site, and she answers with its own words."""
    alex = stage.agent("Alex", available=False)
    admin, home = alex.page, stage.url + "/app/admin"

    _saves(admin, f"{home}/agents/new", name="Mei Lin", email="mei@frontdesk.example")
    link = admin.locator(".copy").inner_text()
    _saves(admin, f"{home}/queues/new", name="Returns", tick=("Mei Lin",))
    expect(admin.get_by_role("status")).to_have_text(re.compile("Added|Saved"))
    _saves(admin, f"{home}/sites/new", key="returns", name="Lumen Returns", default_queue_id="Returns")
    expect(admin.locator(".copy")).to_contain_text('data-site="returns"')
    _saves(
        admin,
        f"{home}/canned/new",
        shortcut="label",
        title="Return label",
        text="Dear {{customer.name}}, the label is on its way.",
        queue_id="Returns",
    )

    mei = _is_welcomed(stage, link)
    priya = stage.shopper_at("returns")
    expect(priya.head).to_contain_text("Lumen Returns")
    priya.introduces("Priya")
    priya.sends("How do I send it back?")
    expect(mei.offer).to_contain_text("Returns")
    mei.accepts()
    mei.box.press_sequentially("/label")
    expect(mei.page.get_by_role("option").first).to_contain_text("Return label")
    mei.box.press("Enter")
    mei.box.press("Control+Enter")

    expect(priya.heard).to_have_text(["Dear Priya, the label is on its way."])
    expect(priya.head).to_contain_text("Mei Lin")
    live_equals_reload(mei)


def _is_welcomed(stage: Stage, link: str) -> AtConsole:
    """The link is good once; the password chosen there signs in."""
    page = stage.browser(viewport={"width": 1280, "height": 800})
    page.goto(link)
    expect(page.get_by_role("heading", name="Welcome, Mei Lin")).to_be_visible()
    _saves(page, "", password="three lamps and a chair", button="Begin")
    expect(page.locator("#desk")).to_be_visible()
    mallory = stage.browser()
    mallory.goto(link)
    expect(mallory.get_by_role("heading", name="Welcome, Mei Lin")).to_have_count(0)
    mei = AtConsole(page, stage.url, "Mei")
    stage.takes_home(mei)
    return mei.is_live().is_available()


def test_a_renamed_queue_is_called_so_on_every_open_page(stage: Stage) -> None:
    """Consoles that are open learn of it; so does the customer who waits there."""
    alex, bo = stage.agent("Alex", available=False), stage.agent("Bo", available=False)
    home = stage.url + "/app/admin/queues"
    _saves(alex.page, f"{home}/new", name="Parcels", tick=("Bo Lindgren",))
    expect(bo.page.locator("#queues")).to_contain_text("Parcels")

    alex.page.goto(home)
    alex.page.get_by_role("link", name="Parcels").click()
    _saves(alex.page, "", name="Shipping")

    expect(bo.page.locator("#queues")).to_contain_text("Shipping")
    expect(bo.page.locator("#queues")).not_to_contain_text("Parcels")
    live_equals_reload(bo)


def test_an_agent_who_leaves_the_company_is_out_at_once(stage: Stage) -> None:
    """Their page says so, and nothing of it works any more."""
    alex = stage.agent("Alex", available=False)
    home = stage.url + "/app/admin/agents"
    _saves(alex.page, f"{home}/new", name="Kim", email="kim@frontdesk.example")
    page = stage.browser()
    page.goto(alex.page.locator(".copy").inner_text())
    _saves(page, "", password="not for very long", button="Begin")
    kim = AtConsole(page, stage.url, "Kim").is_live()

    alex.page.goto(home)
    alex.page.get_by_role("link", name=re.compile("^Kim")).click()
    alex.button("Deactivate").click()

    expect(kim.line_state).to_contain_text("You are signed out.")
    assert 401 == kim.page.evaluate(
        "fetch('/app/views/mine', {headers: {'X-Frontdesk-Part': 'list'}}).then(a => a.status)"
    )


def test_a_wrong_form_comes_back_as_it_was_typed(stage: Stage) -> None:
    """The mistake stands beside its field, which has the cursor; nothing is lost (reliability.md 5, row 40)."""
    alex = stage.agent("Alex", available=False)
    _saves(alex.page, stage.url + "/app/admin/canned/new", shortcut="hello", title="Again", text="Hello again.")

    field = alex.page.locator("[name=shortcut]")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_be_focused()
    expect(field).to_have_value("hello")
    expect(alex.page.locator("[name=text]")).to_have_value("Hello again.")


def test_an_empty_desk_makes_its_first_admin(context_factory: ContextFactory, tmp_path: Path) -> None:
    """`frontdesk serve` on nothing prints a link, once; whoever opens it is the admin, and is told what comes next."""
    with RunningDesk(tmp_path, demo=False) as desk:
        assert "Make the first admin" in desk.says_next()
        link = desk.says_next().strip()
        stage = Stage(desk, context_factory)
        page = stage.browser()
        page.goto(link)
        _saves(page, "", name="Ines", email="ines@example.com", password="the very first words", button="Begin")
        ines = AtConsole(page, desk.url, "Ines").is_live()
        expect(ines.list).to_contain_text("No customer has written yet. Put the chat on your website first.")
        page.get_by_role("link", name="Set up a site").click()
        expect(page).to_have_url(f"{desk.url}/app/admin/sites")
        assert 0 == stage.rows("select count(*) from ticket")[0][0]
