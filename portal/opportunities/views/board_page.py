"""What the board shows: a column for each stage of a method, its cards and what they come to by currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.opportunities.desk_tabs import tabs
from portal.opportunities.labels import OVERDUE, RATING_LABELS, STUCK
from portal.opportunities.models import Opportunity, SalesMethod, SalesStage
from portal.opportunities.queries import board, words
from portal.opportunities.queries.lists import is_overdue, is_stuck
from portal.opportunities.queries.people import sellers
from portal.opportunities.views.choosing import method_asked
from portal.opportunities.views.lists import by_owner
from portal.web.words import name_of

PAGE = "opportunities/board.html"
LOOKS = {"ratings": RATING_LABELS, "overdue": OVERDUE, "stuck": STUCK}


@dataclass(frozen=True, slots=True)
class Card:
    """One opportunity on the board; `refused` says why it may not go where it was put."""

    row: Opportunity
    overdue: bool
    stuck: bool
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One stage: its cards, how many there are in all, and their sum in each currency."""

    stage: SalesStage
    name: str
    cards: list[Card]
    count: int
    sums: list[tuple[str, Decimal]]
    more_url: str


def context(refused: Opportunity | None = None, why: str = "") -> dict[str, Any]:
    """The board as its address asks for it; `refused`: the opportunity that may not move, and why."""
    method = method_asked(request.args.get("method"))
    owner = request.args.get("owner", "")
    refusals = {refused.id: why} if refused else {}
    columns = _columns(method, owner, refusals) if method else []
    return {
        "tabs": tabs(),
        "method": method,
        "methods": words.methods(),
        "columns": columns,
        "stages": [(each.stage.id, each.name) for each in columns if each.stage.active],
        "owner": owner,
        "owners": _owners(),
        "here": url_for("desk_opportunities.board", **_kept(method, owner)),
        "moves": g.viewer.may(P.OPPORTUNITY_EDIT),
        **LOOKS,
    }


def _owners() -> list[tuple[str, str]]:
    fixed = [("", _("Everybody's")), ("mine", _("Mine")), ("shared", _("Shared with me"))]
    return [*fixed, *((str(each.id), each.name) for each in sellers())]


def _kept(method: SalesMethod | None, owner: str) -> dict[str, Any]:
    return {"method": method.id if method else None, "owner": owner or None}


def _columns(method: SalesMethod, owner: str, refusals: Mapping[int, str]) -> list[Column]:
    narrow = partial(by_owner, value=owner) if owner else None
    return [
        Column(
            stage=each.stage,
            name=name_of(each.stage),
            cards=[_card(row, refusals.get(row.id)) for row in each.cards],
            count=each.count,
            sums=sorted(each.sums.items()),
            more_url=url_for("desk_opportunities.index", stage=each.stage.id, owner=owner or None),
        )
        for each in board.board(method.id, g.viewer, narrow)
    ]


def _card(row: Opportunity, refused: str | None) -> Card:
    now = clock.now()
    return Card(row, is_overdue(row, clock.today()), is_stuck(row, now), refused)
