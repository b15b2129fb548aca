"""What a customer's first page shows, asked once: what waits, requests, quotations, what is owed, our people, cards."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.customers.queries import TeamMember, team_asked
from portal.db.together import Inquiry, answers
from portal.home import bills, queries
from portal.home.bills import Owed
from portal.home.first_page import Cards, into, offers
from portal.home.queries import Issued
from portal.home.rules import Waiting
from portal.home.waiting import at_the_customers
from portal.service_requests.queries import mine
from portal.service_requests.queries.mine import OpenOne


@dataclass
class MyPage:
    """The parts of the page as they come in."""

    waiting: list[Waiting] = field(default_factory=list)
    requests: list[OpenOne] = field(default_factory=list)
    latest: list[Issued] = field(default_factory=list)
    owed: list[Owed] = field(default_factory=list)
    team: list[TeamMember] = field(default_factory=list)
    cards: Cards = field(default_factory=list)


def asked_once(viewer: Viewer, today: date, now: datetime) -> MyPage:
    """Everything that this viewer's powers open, by one statement."""
    found = MyPage()
    answers(
        [
            *(into(found.waiting, each) for each in at_the_customers(viewer, today, now)),
            *_lists(found, viewer, today),
            *offers("my_home_card", viewer, found.cards),
        ]
    )
    return found


def _lists(found: MyPage, viewer: Viewer, today: date) -> list[Inquiry[None]]:
    wanted: list[tuple[list[Any], Any]] = []
    if viewer.may(P.REQUEST_SEE):
        wanted.append((found.requests, mine.open_ones(viewer)))
    if viewer.may(P.QUOTATION_SEE):
        wanted.append((found.latest, queries.issued_lately(viewer)))
    if viewer.may(P.STATEMENT_SEE):
        wanted.append((found.owed, bills.owed(viewer, today)))
    if viewer.customer_id:
        wanted.append((found.team, team_asked(viewer.customer_id)))
    return [Inquiry((asks,), rows.extend) for rows, asks in wanted]
