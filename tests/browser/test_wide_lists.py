"""No list makes its page wider than the window, whatever it holds; short words are never broken for that."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import Visitor
from tests.browser.desk import ADMINISTRATOR, Visit

pytestmark = pytest.mark.browser
LISTS = (
    "/desk/entitlements?when=all",
    "/desk/stock/movements",
    "/desk/surcharges",
    "/desk/contracts",
    "/desk/policy",
)
WINDOWS = (1280, 1024, 800)
LONG = {
    "words": "Ocean freight Shanghai Yangshan to Los Angeles Long Beach in boxes for food " * 2,
    "one word": "SHALAX" * 40,
    "Chinese": "远港国际物流上海至洛杉矶长滩冷藏集装箱海运及目的港派送" * 3,
}
FILL = """([names, figures]) => {
    for (const row of document.querySelectorAll(".list tbody tr")) {
        row.querySelectorAll("th a, td.text").forEach((each) => { each.textContent = names; });
        row.querySelectorAll("th").forEach((each) => { each.className = "text"; });
        row.querySelectorAll("td.num").forEach((each) => { each.textContent = figures; });
    }
}"""
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
STANDS = """() => {
    const bar = document.querySelector(".bar").getBoundingClientRect().bottom;
    const places = [...document.querySelectorAll(".scroll")].map((place) => {
        const table = place.querySelector("table"), box = place.getBoundingClientRect();
        const head = table.tHead.getBoundingClientRect(), cell = table.tHead.rows[0].cells[0].getBoundingClientRect();
        return {beyond: table.offsetWidth - place.offsetWidth, moves: getComputedStyle(place).overflowX === "auto",
                head_from_place: cell.top - box.top, head_from_bar: cell.top - bar,
                head_from_row: table.tBodies[0].rows[0].getBoundingClientRect().top - cell.bottom};
    });
    return {page: document.documentElement.scrollWidth, places};
}"""
BROKEN = """[...document.querySelectorAll(".list :is(th, td)")].flatMap((cell) => {
    const found = [], walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let text; (text = walker.nextNode());) for (const word of text.data.matchAll(/[A-Za-z0-9]{2,}/g)) {
        const range = document.createRange();
        range.setStart(text, word.index);
        range.setEnd(text, word.index + word[0].length);
        if (new Set([...range.getClientRects()].map((each) => Math.round(each.top))).size > 1) found.push(word[0]);
    }
    return found;
})"""


@pytest.fixture
def english(visit: Visit) -> Iterator[Visitor]:
    """The administrator reading English, where heads and words are longer; Chinese again afterwards."""
    visitor = visit(ADMINISTRATOR)
    for language in ("en", "zh_CN"):
        visitor.page.goto("/desk/")
        visitor.page.locator(".who").click()
        visitor.page.locator(f"button[name=locale][value={language}]").click()
        visitor.page.wait_for_selector(f"html[lang={language.replace('_', '-')}]", state="attached")
        if language == "en":
            yield visitor


def stands(visitor: Visitor, width: int) -> dict[str, Any]:
    """How the page and its lists stand in a window of that width, once all is drawn."""
    visitor.page.set_viewport_size({"width": width, "height": 700})
    visitor.page.evaluate(DRAWN)
    return dict(visitor.page.evaluate(STANDS))


@pytest.mark.parametrize("path", LISTS)
def test_no_list_makes_the_page_wider_and_no_word_is_broken(english: Visitor, path: str) -> None:
    english.page.goto(path)
    for width in WINDOWS:
        assert stands(english, width)["page"] == width
        assert english.page.evaluate(BROKEN) == []


@pytest.mark.parametrize("kind", LONG)
def test_long_names_and_figures_are_moved_within_the_list(visit: Visit, kind: str) -> None:
    visitor = visit(ADMINISTRATOR)
    for path in LISTS[:4]:
        visitor.page.goto(path)
        visitor.page.evaluate(FILL, [LONG[kind], "123,456,789,012,345.123456"])
        for width in WINDOWS:
            found = stands(visitor, width)
            assert found["page"] == width
            assert all(each["moves"] for each in found["places"] if each["beyond"] > 0)


@pytest.mark.parametrize("width", WINDOWS)
def test_the_head_stays_in_sight_and_covers_no_row(visit: Visit, width: int) -> None:
    visitor = visit(ADMINISTRATOR)
    for path in ("/desk/audit", "/desk/stock/movements"):
        visitor.page.goto(path)
        place = stands(visitor, width)["places"][0]
        assert abs(place["head_from_row"]) <= 1 and abs(place["head_from_place"]) <= 1
        visitor.page.evaluate("scrollTo(0, 2000)")
        visitor.page.evaluate("document.querySelector('.scroll').scrollTo(9, 300)")
        place = stands(visitor, width)["places"][0]
        if width >= 1024:
            seen_from = "head_from_place" if place["beyond"] > 0 else "head_from_bar"
            assert abs(place[seen_from]) <= 1, path


def test_one_long_word_takes_no_more_than_its_share(visit: Visit) -> None:
    visitor = visit(ADMINISTRATOR)
    visitor.page.goto("/desk/contracts")
    visitor.page.evaluate(FILL, [LONG["one word"], "1"])
    widths = visitor.page.locator(".list tbody :is(th, td.text)").evaluate_all(
        "cells => cells.map((each) => each.offsetWidth)"
    )
    assert widths and max(widths) <= 24 * 16


def test_without_scripts_a_wide_list_is_moved_within_its_place(visit: Visit) -> None:
    visitor = visit(ADMINISTRATOR, scripts=False)
    visitor.page.set_viewport_size({"width": 1024, "height": 700})
    visitor.page.goto("/desk/stock/movements")
    assert visitor.page.evaluate("document.documentElement.scrollWidth") == 1024
