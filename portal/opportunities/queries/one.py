"""One opportunity and everything that belongs to it, as far as the viewer may see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from portal.access.permissions import Permission
from portal.access.scope import past_the_walls, visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.db.base import db
from portal.kernel.errors import Forbidden, NotFound
from portal.kernel.text import Text
from portal.opportunities.models import (
    Collaborator,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityNote,
    SalesStage,
)
from portal.opportunities.queries import words
from portal.opportunities.queries.evidence import there
from portal.opportunities.queries.words import facts_of
from portal.opportunities.rules.entry import asked_on_the_way, at_fields, missing
from portal.opportunities.rules.states import OpportunityState

Opp = Opportunity


def one(
    opportunity_id: int, viewer: Viewer, permission: Permission = Permission.OPPORTUNITY_SEE
) -> Opportunity:
    """One opportunity with its customer, people and words, whoever looks after the customer.

    Raises NotFound when it is absent or not to be seen, Forbidden when the permission is missing.
    """
    seen = visible(select(Opp.id), Opp, viewer).where(Opp.id == opportunity_id)
    if db.session.scalar(seen) is None:
        raise NotFound()
    if not viewer.may(permission):
        raise Forbidden()
    shown = (
        joinedload(Opp.customer), joinedload(Opp.method), joinedload(Opp.stage),
        joinedload(Opp.owner).load_only(User.name, User.email).lazyload(User.roles),
        joinedload(Opp.contact), joinedload(Opp.site), joinedload(Opp.category_row), joinedload(Opp.outcome_reason),
        joinedload(Opp.lost_to),
    )  # fmt: skip
    with past_the_walls():
        wanted = select(Opp).where(Opp.id == opportunity_id).options(*shown)
        return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def lines(row: Opportunity, viewer: Viewer) -> list[OpportunityLine]:
    """Its service items in order."""
    wanted = _of(OpportunityLine, row, viewer).options(joinedload(OpportunityLine.item))
    return list(db.session.scalars(wanted.order_by(OpportunityLine.position)))


def collaborators(row: Opportunity, viewer: Viewer) -> list[Collaborator]:
    """Who works on it beside its owner, by name."""
    wanted = _of(Collaborator, row, viewer).join(User, User.id == Collaborator.user_id)
    wanted = wanted.options(joinedload(Collaborator.user).lazyload(User.roles)).order_by(
        User.name, User.id
    )
    return list(db.session.scalars(wanted))


@dataclass(slots=True)
class Forecasts:
    """What collaborators forecast together, by currency, beside the opportunity's own figures (O2)."""

    amounts: dict[str, Decimal] = field(default_factory=dict)
    weighted: dict[str, Decimal] = field(default_factory=dict)
    own: Decimal | None = None
    currency: str = ""
    difference: Decimal | None = None
    """Theirs in the opportunity's currency less its own amount; None where either is missing."""


class Forecasting(Protocol):
    """A colleague's own figures."""

    @property
    def amount(self) -> Decimal | None: ...

    @property
    def currency(self) -> str: ...

    @property
    def likelihood(self) -> int | None: ...


def forecasts(row: Opportunity, parts: Iterable[Forecasting]) -> Forecasts:
    """The collaborators' figures added up; who gives no likelihood is counted with the opportunity's."""
    found = Forecasts(own=row.amount, currency=row.currency)
    for part in parts:
        if part.amount is None:
            continue
        percent = row.likelihood if part.likelihood is None else part.likelihood
        code = part.currency
        found.amounts[code] = found.amounts.get(code, Decimal(0)) + part.amount
        found.weighted[code] = found.weighted.get(code, Decimal(0)) + part.amount * percent / 100
    theirs = found.amounts.get(row.currency)
    if theirs is not None and row.amount is not None:
        found.difference = theirs - row.amount
    return found


def competitors(row: Opportunity, viewer: Viewer) -> list[OpportunityCompetitor]:
    """The competitors in it, with what they are."""
    wanted = _of(OpportunityCompetitor, row, viewer)
    wanted = wanted.options(joinedload(OpportunityCompetitor.competitor))
    return list(db.session.scalars(wanted.order_by(OpportunityCompetitor.id)))


def notes(row: Opportunity, viewer: Viewer, *, limit: int = 200) -> list[OpportunityNote]:
    """The notes, newest first: the shared ones, and of the private ones the viewer's own alone (O17)."""
    wanted = _of(OpportunityNote, row, viewer).options(
        joinedload(OpportunityNote.writer).load_only(User.name).lazyload(User.roles)
    )
    wanted = wanted.where(readable_by(viewer)).order_by(OpportunityNote.id.desc())
    return list(db.session.scalars(wanted.limit(limit)))


def readable_by(viewer: Viewer) -> Any:
    """The criterion of notes that somebody may read; a private one nobody but its author, administrators neither."""
    own = OpportunityNote.written_by == viewer.user_id
    return or_(OpportunityNote.is_private.is_(False), own)


@dataclass(frozen=True, slots=True)
class Way:
    """A stage of the method and what is missing for a move there, by field; {}: it may go."""

    stage: SalesStage
    missing: dict[str, Text]
    is_here: bool
    is_past: bool


def ways(row: Opportunity, viewer: Viewer) -> list[Way]:
    """The stages of its method in order, for the path that is drawn and the buttons."""
    stages = words.stages(row.method_id, all_=True)
    shown = [each for each in stages if each.active or each.id == row.stage_id]
    is_open = row.state == OpportunityState.OPEN.value
    known = there(row) if is_open else frozenset()
    facts, here = (
        [facts_of(each, viewer.locale) for each in stages],
        facts_of(row.stage, viewer.locale),
    )
    found = []
    for stage in shown:
        ahead = stage.position > row.stage.position
        asked = asked_on_the_way(facts, here, facts_of(stage, viewer.locale)) if ahead else {}
        wanting = at_fields(missing(asked, known)) if is_open else {}
        is_past = stage.position < row.stage.position
        found.append(Way(stage, wanting, stage.id == row.stage_id, is_past))
    return found


def _of(model: Any, row: Opportunity, viewer: Viewer) -> Select[Any]:
    statement: Select[Any] = select(model).where(model.opportunity_id == row.id)
    return visible(statement, model, viewer)
