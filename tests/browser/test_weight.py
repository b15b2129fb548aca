"""What pages weigh on the wire: a first visit, and a later page with everything else kept by the browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.desk import CLERK, SALES, Visit

pytestmark = pytest.mark.browser
FIRST_BYTES, LATER_BYTES, REQUESTS = 100_000, 8_000, 8


class Wire:
    """Counts what really comes over the wire; answers out of the browser's own cache cost nothing."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._addresses: dict[str, str] = {}
        self.sizes: dict[str, float] = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.responseReceived", self._begun)
        session.on("Network.loadingFinished", self._ended)

    def weigh(self, path: str) -> tuple[int, float]:
        """(requests, bytes with headers) of opening `path`."""
        self.sizes.clear()
        self._page.goto(path, wait_until="networkidle")
        return len(self.sizes), sum(self.sizes.values())

    def _begun(self, event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache"):
            self._addresses[event["requestId"]] = event["response"]["url"]

    def _ended(self, event: dict[str, Any]) -> None:
        address = self._addresses.pop(event["requestId"], "")
        if event["encodedDataLength"] and address.startswith("http"):
            self.sizes[address] = event["encodedDataLength"]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Callable[[str, int, float], None]:
    """Keep the figures with the result of the test, and print them."""

    def tell(name: str, requests: int, size: float) -> None:
        record_property(name, f"{requests} requests, {size:,.0f} bytes")
        print(f"{name}: {requests} requests, {size:,.0f} bytes")

    return tell


@pytest.mark.parametrize("path", ["/login", "/v"])
def test_a_first_visit_is_light(visit: Visit, told: Any, path: str) -> None:
    requests, size = Wire(visit().page).weigh(path)
    told(f"first visit {path}", requests, size)
    assert size <= FIRST_BYTES and requests <= REQUESTS


@pytest.mark.parametrize(
    ("person", "paths"),
    [
        (SALES, ("/desk/", "/desk/quotations", "/desk/customers", "/desk/items", "/desk/lanes")),
        (CLERK, ("/my/", "/my/quotations", "/my/quotations/1")),
    ],
)
def test_a_later_page_is_little_more_than_its_words(
    visit: Visit, told: Any, person: str, paths: tuple[str, ...]
) -> None:
    page = visit(person).page
    wire = Wire(page)
    for path in paths:
        wire.weigh(path)  # what it shares with other pages is kept from now on
        requests, size = wire.weigh(path)
        told(f"later page {path}", requests, size)
        assert size <= LATER_BYTES and requests <= REQUESTS, (path, wire.sizes)


def test_the_first_page_after_signing_in_needs_little_more(visit: Visit, told: Any) -> None:
    visitor = visit()
    wire = Wire(visitor.page)
    wire.weigh("/login")
    first = dict(wire.sizes)
    wire.sizes.clear()
    visitor.sign_in(SALES)
    visitor.page.wait_for_load_state("networkidle")
    size = sum(first.values()) + sum(wire.sizes.values())
    told("first visit with sign-in", len(first) + len(wire.sizes), size)
    assert size <= FIRST_BYTES
    assert not [address for address in wire.sizes if address in first and "/static/" in address]
