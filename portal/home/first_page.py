"""What the staff's first page shows, asked once: what waits, quotations, customers, and the cards of other rooms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import current_app

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.admin.models import Heartbeat
from portal.db.kept import Kept
from portal.db.outbox import OutboxMessage
from portal.db.together import Inquiry, Question, answers
from portal.home import queries
from portal.home.queries import Draft, Known, Part, Touched
from portal.home.rules import Waiting
from portal.home.waiting import at_the_desk
from portal.kernel import clock
from portal.rooms import offered
from portal.upkeep.queries import signs

Cards = list[tuple[str, Mapping[str, object]]]
"""(template, its facts) of each card that has something for the viewer."""


@dataclass
class FirstPage:
    """The parts of the page as they come in."""

    waiting: list[Waiting] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    latest: list[Touched] = field(default_factory=list)
    customers: list[Known] = field(default_factory=list)
    cards: Cards = field(default_factory=list)


def asked_once(viewer: Viewer, today: date, now: datetime) -> FirstPage:
    """Everything that this viewer's rights open, by one statement."""
    found = FirstPage()
    parts = [
        *(into(found.waiting, each) for each in at_the_desk(viewer, today, now)),
        *_lists(found, viewer),
        *offers("home_card", viewer, found.cards),
    ]
    answers(parts)
    return found


def _lists(found: FirstPage, viewer: Viewer) -> list[Inquiry[None]]:
    wanted: list[tuple[list[Any], P, Question[Any]]] = [
        (found.drafts, P.QUOTATION_EDIT, queries.own_drafts(viewer)),
        (found.latest, P.QUOTATION_SEE, queries.touched_last(viewer)),
        (found.customers, P.CUSTOMER_SEE, queries.recent_customers(viewer)),
    ]
    return [Inquiry((asks,), into.extend) for into, right, asks in wanted if viewer.may(right)]


def offers(name: str, viewer: Viewer, cards: Cards) -> list[Inquiry[None]]:
    """What rooms have for a first page: `card(viewer)` of each `views/<name>.py` into `cards`, in their ORDER."""
    parts = []
    for room in sorted(offered(name), key=lambda each: each.ORDER):
        asked = room.card(viewer)
        if asked is not None:
            parts.append(Inquiry(asked.asks, partial(_keep, cards, room.TEMPLATE, asked)))
    return parts


def _keep(cards: Cards, template: str, asked: Inquiry[Any], *found: Any) -> None:
    facts = asked.read(*found)
    if facts is not None:
        cards.append((template, facts))


def into(waiting: list[Waiting], part: Part) -> Inquiry[None]:
    """A part whose rows go into a list."""
    return Inquiry(part.asks, lambda *found: waiting.extend(part.read(*found)))


def unwell() -> int:
    """How many signs of health are not good, as of a few seconds ago."""
    return _UNWELL.get()


def _not_good() -> int:
    return sum(sign.tone != "good" for sign in signs(clock.now(), current_app.config))


_UNWELL = Kept(_not_good, Heartbeat, OutboxMessage)
