"""The book of help: its pages in their order, who reads them, and which pages of the portal they are about.

The text of a page is `portal/help/pages/<language>/<key>.md`. Beside plain Markdown it knows three addresses of ours:
`help:KEY` (another page of help), `page:ENDPOINT` (a page of the portal) and `picture:NAME` (a picture in static/help).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.kernel.text import Text, t


class Door(StrEnum):
    """Who reads a page."""

    DESK = "desk"
    MY = "my"


class Part(StrEnum):
    """The parts of the book."""

    START = "start"
    RUN = "run"
    WHY = "why"


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `about`: beginnings of the endpoints to whose pages it belongs, the longest that fits counts."""

    key: str
    part: Part
    doors: frozenset[Door]
    about: tuple[str, ...] = ()


PARTS: Mapping[Part, Text] = {
    Part.START: t("The first hour"),
    Part.RUN: t("Keeping it running"),
    Part.WHY: t("Why it is as it is"),
}
_DESK = frozenset({Door.DESK})
_BOTH = frozenset(Door)
BOOK: tuple[Page, ...] = (
    Page("owner", Part.START, _DESK, ("desk_home.", "desk_admin.", "desk_accounts.", "desk_catalogue.",
                                      "desk_tariffs.")),
    Page("salesperson", Part.START, _DESK, ("desk_customers.", "desk_opportunities.", "desk_leads.", "desk_quotations.",
                                            "desk_contracts.", "desk_proposals.")),
    Page("customer", Part.START, _BOTH, ("my_home.", "my_quotations.", "my_entitlements.", "my_bookings.",
                                         "my_shipments.", "my_requests.")),
    Page("customer-statement", Part.START, _BOTH, ("my_statements.", "my_disputes.", "my_payments.", "my_invoices.")),
    Page("customer-data", Part.START, _BOTH, ("accounts.", "privacy.", "security.")),
    Page("backup", Part.RUN, _DESK),
    Page("upgrade", Part.RUN, _DESK),
    Page("health", Part.RUN, _DESK, ("desk_admin.health", "desk_upkeep.jobs")),
    Page("mail", Part.RUN, _DESK, ("desk_upkeep.letter", "desk_hooks.")),
    Page("servers", Part.RUN, _DESK),
    Page("personal-data", Part.RUN, _DESK, ("desk_privacy.",)),
    Page("why-exact-money", Part.WHY, _DESK, ("desk_statements.", "desk_receivables.", "desk_receipts.")),
    Page("why-frozen-papers", Part.WHY, _DESK),
    Page("why-one-gate", Part.WHY, _DESK, ("desk_admin.policy",)),
    Page("why-chained-history", Part.WHY, _DESK, ("desk_admin.audit",)),
    Page("why-one-server", Part.WHY, _DESK),
    Page("why-without-scripts", Part.WHY, _DESK),
)  # fmt: skip
BY_KEY: Mapping[str, Page] = {page.key: page for page in BOOK}


def pages_for(door: Door) -> list[Page]:
    """The pages that are read at a door, in their order."""
    return [page for page in BOOK if door in page.doors]


def page_about(endpoint: str, door: Door) -> Page | None:
    """The page of help that belongs to a page of the portal; None where there is none."""
    fitting = [
        (len(start), page)
        for page in pages_for(door)
        for start in page.about
        if endpoint.startswith(start)
    ]
    return max(fitting, key=lambda each: each[0])[1] if fitting else None


def endpoint_of(page: Page, door: Door) -> str:
    """The endpoint at which a page is read."""
    return f"{door.value}_help.{page.key.replace('-', '_')}"
