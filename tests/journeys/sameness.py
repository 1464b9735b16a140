"""A page that lived through a whole story shows exactly what the same page shows when it is loaded afresh."""

from __future__ import annotations

from difflib import unified_diff

from playwright.sync_api import Error, Page, expect

from tests.journeys.people import AtConsole, Shopper
from widgets.words import translate

PARTS = ("#views-pane", "#list-pane", ".ticket-head", ".timeline", ".shown", "#context-pane", "#offers", "#people")

# Left out: what ticks (ages, countdowns), where the log was read, what a person types, and which menus are open.
_SHOWN = """parts => {
    const lines = [];
    const leave = ["data-cursor", "data-now", "style", "aria-busy", "aria-pressed", "title", "open", "value"];
    const ticks = node => ["ago", "span"].includes(node.dataset?.as);
    const draw = (node, depth) => {
        const pad = "  ".repeat(depth);
        if (node.nodeType === Node.TEXT_NODE) {
            const text = node.data.replace(/\\s+/g, " ").trim();
            if (text) lines.push(pad + text);
        } else if (node.nodeType === Node.ELEMENT_NODE && !node.hasAttribute("data-left")) {
            const tells = one => !leave.includes(one.name) && !(one.name === "class" && !one.value);
            const facts = [...node.attributes].filter(tells);
            if (node.matches("input")) facts.push({name: "holds", value: node.value});
            if (node.matches("progress")) facts.push({name: "shows", value: `${node.value}/${node.max}`});
            lines.push(`${pad}<${node.localName} ` + facts.map(one => `${one.name}="${one.value}"`).sort().join(" "));
            if (!ticks(node)) for (const child of node.childNodes) draw(child, depth + 1);
        }
    };
    for (const part of parts) {
        lines.push(`-- ${part}`);
        for (const node of document.querySelectorAll(part)) draw(node, 0);
    }
    return lines.join("\\n");
}"""
_SAME = f"([parts, fresh]) => ({_SHOWN})(parts) === fresh"


def both_have(ada: AtConsole, sam: Shopper, lines: list[str]) -> None:
    """Every line, once, in this order, on both sides; and nothing is on its way."""
    expect(sam.lines).to_have_text(lines)
    expect(ada.lines).to_have_text(lines)
    expect(sam.unsent).to_have_count(0)
    expect(ada.pending).to_have_count(0)


def live_equals_reload(console: AtConsole) -> None:
    """The open page is compared with the same address in a new tab, as soon as what is under way has arrived.

    Twice at most: the demo's day goes on, and a call may fall due between the two looks.
    """
    differences = _differences(console.page) and _differences(console.page)
    assert not differences, f"the live page is not the reloaded one:\n{differences}"


def _differences(live: Page) -> str:
    tab = live.context.new_page()
    tab.goto(live.url)
    tab.wait_for_selector("#desk[data-line=up]")
    fresh = shown(tab)
    try:
        live.wait_for_function(_SAME, arg=[list(PARTS), fresh], timeout=30_000)
        return ""
    except Error:
        return "\n".join(unified_diff(shown(live).splitlines(), fresh.splitlines(), "live", "reloaded", n=2))
    finally:
        tab.close()


def shown(page: Page) -> str:
    """Everything on a console that stands for the desk's state, an element a line."""
    return str(page.evaluate(_SHOWN, list(PARTS)))


def chat_equals_reload(shopper: Shopper) -> None:
    """The customer's conversation, once an agent has read it all, line by line, before and after a reload."""
    expect(shopper.status.last).to_contain_text(translate(shopper.language, "Read"))
    before = conversation(shopper)
    shopper.page.reload()
    shopper.frame.wait_for_selector("body[data-screen=talk]")
    shopper.frame.wait_for_function("lines => document.querySelectorAll('.log > *').length >= lines", arg=len(before))
    assert before == conversation(shopper)


def conversation(shopper: Shopper) -> list[str]:
    lines = shopper.frame.locator(".log > :not([hidden])")
    return [" ".join(line.split()) for line in lines.all_inner_texts()]
