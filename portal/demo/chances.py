"""The demo's opportunities as they went: opened, moved, worked on, won, lost, and what papers wrote back to them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.customers.models import Contact
from portal.db.base import db
from portal.demo.chance_stories import COMPETITORS, STORIES, Chance
from portal.demo.proposing import tell_proposal
from portal.demo.stage import Stage
from portal.opportunities.actions import (
    competing,
    course,
    editing,
    notes,
    opening,
    parties,
    sharing,
    tasks,
    words,
)
from portal.opportunities.actions.competing import Rival
from portal.opportunities.actions.opening import NewLine, NewOpportunity
from portal.opportunities.actions.parties import Party
from portal.opportunities.actions.sharing import Share
from portal.opportunities.actions.tasks import Plan
from portal.opportunities.actions.words import CompetitorFacts
from portal.opportunities.models import (
    Competitor,
    Opportunity,
    OpportunityCategory,
    OpportunityTask,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from portal.quotations.actions import for_opportunity
from portal.quotations.models import Quotation

D = Decimal
MANAGER = "wu.mei"


@dataclass(slots=True)
class _Told:
    """An opportunity with the stage it is played on."""

    stage: Stage
    story: Chance

    @property
    def row(self) -> Opportunity:
        """The opportunity as it stands now."""
        wanted = select(Opportunity).where(Opportunity.title == self.story.title)
        return db.session.scalars(wanted.order_by(Opportunity.id)).all()[-1]

    def day(self, days: str) -> Any:
        """A day that a step names, counted from today."""
        return self.stage.timeline.day(int(days))


def tell_opportunities(stage: Stage) -> None:
    """The competitors, then every opportunity step by step; the proposal for the project beside them."""
    days = stage.timeline
    days.add(days.day(-400), "10:00", partial(_competitors, stage))
    for story in STORIES:
        told = _Told(stage, story)
        if story.values is not None:
            days.add(days.day(story.days), "10:15", partial(_open, told))
        for later, hour, verb, who, *rest in story.steps:
            act = partial(_step, told, verb, who or story.owner, tuple(rest))
            days.add(days.day(later), hour, act)
    tell_proposal(stage)


def _competitors(stage: Stage, at: datetime) -> None:
    for zh, en, strengths, weaknesses in COMPETITORS:
        facts = CompetitorFacts(zh, en, strengths=strengths, weaknesses=weaknesses)
        words.save_competitor(None, facts, None, stage.people[MANAGER], at)


def _open(told: _Told, at: datetime) -> None:
    story, stage = told.story, told.stage
    customer, values = stage.customer(story.customer), dict(story.values or {})
    contact = select(Contact.id).where(Contact.customer_id == customer.id)
    named = values.pop("contact", None)
    contact = contact.where(Contact.name == named if named else Contact.is_main.is_(True))
    lines = [
        NewLine(name=name, quantity=D(quantity), unit=unit, rate=D(rate))
        for name, quantity, unit, rate in values.pop("lines", ())
    ]
    new = NewOpportunity(
        customer.id, story.title, method_id=_method(values.pop("method", "lane")),
        contact_id=db.session.scalar(contact), close_on=stage.timeline.day(values.pop("close")),
        site_id=customer.sites[0].id if customer.sites else None, lines=lines,
        category_id=_category(values.pop("category")), owner_id=stage.people[story.owner].user_id, **values,
    )  # fmt: skip
    opening.open_(new, stage.people[story.owner], at)


def _method(code: str) -> int:
    return db.session.scalars(select(SalesMethod.id).where(SalesMethod.code == code)).one()


def _category(name: str) -> int:
    wanted = select(OpportunityCategory.id).where(OpportunityCategory.name_zh == name)
    return db.session.scalars(wanted).one()


def _step(told: _Told, verb: str, who: str, rest: tuple[str, ...], at: datetime) -> None:
    VERBS[verb](told, who, rest, at)
    db.session.flush()


def _move(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    """What its stage asked to be done is done by then."""
    row = told.row
    if len(rest) > 1:
        _did(told, who, (rest[1],), at)
    wanted = select(SalesStage).where(
        SalesStage.code == rest[0], SalesStage.method_id == row.method_id
    )
    course.move(row, db.session.scalars(wanted).one(), None, told.stage.people[who], at)


def _did(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    wanted = select(OpportunityTask).where(
        OpportunityTask.opportunity_id == told.row.id, OpportunityTask.state == "open"
    )
    for task in db.session.scalars(wanted.order_by(OpportunityTask.id)).all():
        tasks.complete(task, rest[0], told.stage.people[who], at)


def _rival(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    name, threat, price, effect = rest
    rival = Rival(_competitor(name), threat, D(price) if price else None, effect)
    competing.put(told.row, rival, told.stage.people[who], at)


def _competitor(name: str) -> int:
    return db.session.scalars(select(Competitor.id).where(Competitor.name_zh == name)).one()


def _share(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    with_whom, part = rest
    share = Share(told.stage.people[with_whom].user_id or 0, part, currency=told.row.currency)
    sharing.share(told.row, share, told.stage.people[who], at)


def _party(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    role, name, contact, phone = rest
    parties.add(told.row, Party(role, name, contact, phone), told.stage.people[who], at)


def _task(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    title, due = rest
    tasks.make(told.row, Plan(title, told.day(due)), told.stage.people[who], at)


def _note(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    notes.write(told.row, rest[0], False, told.stage.people[who], at)


def _next(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    row, (words_, on) = told.row, rest
    kept = {name: getattr(editing.described(row), name) for name in editing.Description.__slots__}
    new = editing.Description(**{**kept, "next_step": words_, "next_on": told.day(on)})
    editing.change(row, new, None, told.stage.people[who], at)


def _link(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    """The quotation of this title is written for it."""
    quotation = db.session.scalars(select(Quotation).where(Quotation.title == rest[0])).one()
    for_opportunity.link(quotation, told.row.id, told.stage.people[who], at)


def _win(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    reason, text = rest
    course.win(told.row, _reason("won", reason), text, None, told.stage.people[who], at)


def _lose(told: _Told, who: str, rest: tuple[str, ...], at: datetime) -> None:
    reason, rival, text = rest
    lost_to = _competitor(rival) if rival else None
    why = _reason("lost", reason)
    course.lose(told.row, why, lost_to, text, None, told.stage.people[who], at)


def _reason(outcome: str, name: str) -> int:
    wanted = select(OutcomeReason.id).where(
        OutcomeReason.outcome == outcome, OutcomeReason.name_zh == name
    )
    return db.session.scalars(wanted).one()


Verb = Callable[[_Told, str, tuple[str, ...], datetime], None]
VERBS: Mapping[str, Verb] = {
    "move": _move, "did": _did, "rival": _rival, "share": _share, "party": _party, "task": _task,
    "note": _note, "next": _next, "link": _link, "win": _win, "lose": _lose,
}  # fmt: skip
