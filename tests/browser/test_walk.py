"""Every page that somebody can come to by links is asked for, and looked at on a screen and on a phone where it is new.

The links are followed without the browser, which takes three times as long: it shows what nobody's page had before.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from portal.demo.customers import CUSTOMERS
from portal.demo.firm import DOMAIN, STAFF
from portal.demo.quotations import STORIES
from tests.browser.conftest import DESK, PHONE, Visitor
from tests.browser.desk import ADMINISTRATOR, SALES_MANAGER, Visit
from tests.browser.outline import Outline
from tests.browser.seen import Seen, shape

pytestmark = pytest.mark.browser
PEOPLE = [f"{login}@{DOMAIN}" for login, _name, _role in STAFF] + [
    f"{member.login}@{customer.domain}" for customer in CUSTOMERS for member in customer.members
]
ALL_LEVELS, MENU = 4, 1
NO_PAGE = re.compile(r"\.(pdf|xlsx|csv|css|png|json|txt)$|/paper(\?|$)|export=")


@pytest.mark.parametrize("person", sorted(PEOPLE, key=lambda who: who != ADMINISTRATOR))
def test_every_page_one_can_come_to_is_whole(visit: Visit, looked: Seen, person: str) -> None:
    visitor = visit(person)
    for url, kind, is_open, parts in _walk(visitor, looked, ALL_LEVELS):
        unseen = [looked.first((kind, part)) for part in parts]
        if not is_open and any(unseen):
            visitor.page.goto(url)
        if is_open or any(unseen):  # what shows less than another's page has been looked at
            _look_at_both_widths(visitor, kind.strip("/").replace("/", "-"))


@pytest.mark.parametrize("place", range(1, len(STORIES) + 1))
def test_a_quotation_in_each_state_is_whole(visit: Visit, place: int) -> None:
    visitor = visit(SALES_MANAGER)
    visitor.page.goto(f"/desk/quotations/{place}")
    _look_at_both_widths(visitor, f"quotation-{place}")


def test_the_desk_reads_well_in_english(visit: Visit) -> None:
    visitor = visit("wang.fang@farhaven.example")
    visitor.page.locator(".who").click()
    visitor.page.locator("button[name=locale][value=en]").click()
    for path in ("/desk/", "/desk/lanes?q=SHA NYC 40HQ", "/desk/customers", "/desk/quotations/4"):
        visitor.page.goto(path)
        assert visitor.page.locator("html").get_attribute("lang") == "en"
        _look_at_both_widths(visitor, f"english{shape(path).replace('/', '-')}")


def _walk(
    visitor: Visitor, looked: Seen, levels: int
) -> Iterator[tuple[str, str, bool, list[str]]]:
    """Follow links from where the visitor is: the menu always, deeper pages unless somebody was there.

    Yields the address of each page, its kind, whether the browser shows it (the first of its kind), and its parts.
    """
    own: set[str] = set()
    ways = deque([(urlsplit(visitor.page.url).path, 0)])
    while ways:
        url, level = ways.popleft()
        kind = shape(url)
        if kind in own or NO_PAGE.search(url) or (level > MENU and (kind,) in looked):
            continue
        own.add(kind)
        is_first = looked.first((kind,))
        answer = visitor.page.goto(url) if is_first else visitor.page.request.get(url)
        assert answer is not None and answer.status == 200, f"{url} answers {answer}"
        outline = Outline(answer.text())
        yield url, kind, is_first, outline.parts
        if level < levels:
            ways.extend((link, level + 1) for link in outline.links)


def _look_at_both_widths(visitor: Visitor, name: str) -> None:
    """A page of the desk is asked about on a screen and need only fit a phone; a customer's is asked about on both."""
    for size, phone in ((DESK, False), (PHONE, True)):
        visitor.phone = phone
        visitor.page.set_viewport_size(size)
        visitor.look(name, asks_axe=not (phone and "/desk/" in visitor.page.url))
    visitor.page.set_viewport_size(DESK)
