"""The demo's service requests, calls and answers: opened by customers and desk, worked on, resolved, asked about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import select

from portal.access.viewer import NOBODY, Viewer
from portal.billing.models import StatementLine
from portal.calls.actions import noting, planning
from portal.calls.rules.facts import CallFacts, PlanFacts
from portal.calls.rules.kinds import Direction, Outcome, Purpose
from portal.catalogue.models import ServiceItem
from portal.customers.models import Customer
from portal.db.base import db
from portal.demo.service_stories import DESK, LEAD, STORE, STORIES, Story
from portal.demo.stage import ZONE, Stage
from portal.kernel.clock import business_day
from portal.satisfaction.actions import answering, asking
from portal.satisfaction.models import SurveyInvitation
from portal.satisfaction.rules.kinds import QuestionKind
from portal.service_requests.actions import (
    course,
    defects,
    feedback,
    goods,
    handing,
    opening,
    talking,
    tasks,
    upselling,
)
from portal.service_requests.actions.defects import Finding
from portal.service_requests.actions.feedback import Asked
from portal.service_requests.actions.opening import NewLine, NewRequest
from portal.service_requests.actions.tasks import Plan
from portal.service_requests.actions.upselling import Chance
from portal.service_requests.models import (
    Defect,
    DefectKind,
    FeedbackSheet,
    RequestCategory,
    RequestLine,
    ServiceRequest,
)
from portal.service_requests.rules.kinds import Responsible, TaskKind
from portal.shipments.models import Shipment

D = Decimal
WEEK = timedelta(days=7)


@dataclass(slots=True)
class _Told:
    """A story with the request that was opened for it."""

    stage: Stage
    story: Story
    request: ServiceRequest | None = None

    @property
    def row(self) -> ServiceRequest:
        """The request as it stands now."""
        if self.request is None:
            raise ValueError(f"{self.story.title}: not opened yet")
        return self.request


def tell_service(stage: Stage) -> None:
    """Every story, step by step, and some calls, onto the timeline."""
    days = stage.timeline
    for story in STORIES:
        told, opened = _Told(stage, story), days.day(story.opened)
        days.add(opened, story.hour, partial(_open, told))
        for after, hour, verb, who, words in story.steps:
            days.add(opened + timedelta(days=after), hour, partial(_step, told, verb, who, words))
        if story.stars is not None:
            last = max((step[0] for step in story.steps), default=0)
            days.add(opened + timedelta(days=last + 1), "12:00", partial(_rate, told))
    for ago, hour, call in CALLS:
        days.add(days.day(ago), hour, partial(_call, stage, call))
    days.add(days.day(-1), "16:30", partial(_call_back, stage))


def _open(told: _Told, at: datetime) -> None:
    story, stage = told.story, told.stage
    customer = stage.customer(story.customer)
    lines = story.more.get("lines", ())
    told.request = opening.open_(
        NewRequest(
            customer_id=customer.id, kind=story.kind, title=story.title, text=story.text, severity=story.severity,
            channel=story.channel, category_id=_category(story.category), no_match=story.no_match or None,
            lines=[NewLine(name, unit, D(quantity), reference) for name, unit, quantity, reference in lines],
            **_asked_by(story, customer), **_about(stage, story, customer, at),
        ),
        stage.people[story.by], at,
    )  # fmt: skip


def _asked_by(story: Story, customer: Customer) -> dict[str, Any]:
    """A call or a message is a contact's; in the portal whoever is signed in asks."""
    if story.channel == "portal":
        return {}
    contact = customer.contacts[0]
    return {
        "requester_name": contact.name, "requester_phone": contact.phone, "requester_email": contact.email,
    }  # fmt: skip


def _about(stage: Stage, story: Story, customer: Customer, at: datetime) -> dict[str, Any]:
    """What the story points at, by its id."""
    if not story.about:
        return {}
    what, *names = story.about
    if what == "entitlement":
        return {"entitlement_id": stage.entitlement(names[0], names[1], business_day(at)).id}
    if what == "shipment":
        wanted = select(Shipment).where(
            Shipment.customer_id == customer.id, Shipment.goods == names[0]
        )
        return {"shipment_id": db.session.scalars(wanted.order_by(Shipment.id)).all()[-1].id}
    charge = ServiceItem.charge_code == names[0]
    of_item = select(StatementLine).join(ServiceItem, ServiceItem.id == StatementLine.item_id)
    lines = of_item.where(StatementLine.customer_id == customer.id, charge)
    return {"statement_line_id": db.session.scalars(lines.order_by(StatementLine.id)).all()[-1].id}


def _category(code: str) -> int:
    wanted = select(RequestCategory.id).where(RequestCategory.code == code)
    return db.session.scalars(wanted).one()


def _step(told: _Told, verb: str, who: str, words: str, at: datetime) -> None:
    actor = told.stage.people[who]
    if verb in SPOKEN:
        SPOKEN[verb](told.row, words, actor, at)
    elif verb in SILENT:
        SILENT[verb](told.row, actor, at)
    else:
        MORE[verb](told, words, actor, at)


SILENT: Mapping[str, Callable[[ServiceRequest, Viewer, datetime], object]] = {
    "accept": course.accept,
    "start": course.start,
}
SPOKEN: Mapping[str, Callable[[ServiceRequest, str, Viewer, datetime], object]] = {
    "third": course.wait_for_third_party,
    "wait": course.wait_for_customer,
    "resolve": course.resolve,
    "reopen": course.reopen,
    "reply": lambda row, words, actor, at: talking.reply(row, words, (), actor, at),
    "note": lambda row, words, actor, at: talking.note(row, words, (), actor, at),
    "promise": lambda row, words, actor, at: talking.promise(
        row, business_day(at) + WEEK, words, actor, at
    ),
}


def _feedback(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    to = told.stage.people[STORE].user_id
    feedback.send(told.row, Asked("仓储部", to, words, business_day(at) + WEEK / 2), actor, at)


def _sheet_answer(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    sheet = select(FeedbackSheet).where(FeedbackSheet.request_id == told.row.id)
    feedback.answer(db.session.scalars(sheet).one(), words, actor, at)


def _defect(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    kind = db.session.scalars(select(DefectKind).where(DefectKind.code == "damage")).one()
    finding = Finding(
        kind.id, words, business_day(at), root_cause="设备报修没有责任人，点检表未列月台封闭帘。",
        responsible=Responsible.US.value, responsible_name="外高桥仓库",
        action="更换封闭帘；把月台设备列入每日点检，由当班主管签字。",
        action_owner_id=told.stage.people[STORE].user_id, due_on=business_day(at) + WEEK,
    )  # fmt: skip
    defects.record(told.row, finding, actor, at)


def _defect_of(told: _Told) -> Defect:
    return db.session.scalars(select(Defect).where(Defect.request_id == told.row.id)).one()


def _defect_done(told: _Told, _words: str, actor: Viewer, at: datetime) -> None:
    defects.correct(_defect_of(told), business_day(at), actor, at)


def _defect_good(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    defects.verify(_defect_of(told), words, actor, at)


def _line_of(told: _Told) -> RequestLine:
    lines = select(RequestLine).where(RequestLine.request_id == told.row.id)
    return db.session.scalars(lines.order_by(RequestLine.position)).all()[0]


def _count(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    goods.check(_line_of(told), D(117), words, actor, at)


def _count_again(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    goods.check_again(_line_of(told), D(117), words, actor, at)


def _upsell(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    chance = Chance(words, amount=D(380), owner_id=told.stage.people["chen.li"].user_id)
    upselling.note(chance, told.stage.customer(told.story.customer), actor, at, told.row)


def _visit(told: _Told, words: str, actor: Viewer, at: datetime) -> None:
    """On the third working day of the week from now, half past nine to noon."""
    day = business_day(at) + timedelta(days=3 + (business_day(at).weekday() in (2, 3)) * 2)
    begins = datetime.combine(day, time(9, 30), ZONE)
    plan = Plan(
        TaskKind.VISIT, words, told.stage.people[STORE].user_id or 0, starts_at=begins,
        ends_at=begins + timedelta(hours=2, minutes=30), place="外高桥冷库 3 号库", is_shared=True,
    )  # fmt: skip
    tasks.make(plan, told.stage.customer(told.story.customer), actor, at, told.row)
    handing.share_with(told.row, [told.stage.people[STORE].user_id or 0], actor, at)


MORE: Mapping[str, Callable[[_Told, str, Viewer, datetime], None]] = {
    "feedback": _feedback,
    "sheet_answer": _sheet_answer,
    "defect": _defect,
    "defect_done": _defect_done,
    "defect_good": _defect_good,
    "count": _count,
    "count_again": _count_again,
    "upsell": _upsell,
    "visit": _visit,
}


def _rate(told: _Told, at: datetime) -> None:
    """The customer answers the link, where it was sent: nobody is asked twice in thirty days."""
    if not asking.ask_about(told.row.id, at):
        return
    wanted = select(SurveyInvitation).where(SurveyInvitation.request_id == told.row.id)
    invitation, stars = db.session.scalars(wanted).one(), told.story.stars or 0
    sent = {
        QuestionKind.SCALE: str(stars),
        QuestionKind.NPS: str(stars * 2),
        QuestionKind.YES_NO: "1" if stars > 3 else "0",
        QuestionKind.TEXT: told.story.comment,
    }
    answers = {each.id: sent[QuestionKind(each.kind)] for each in invitation.survey.questions}
    answering.answer(invitation, answers, NOBODY, at)


CALLS: tuple[tuple[int, str, dict[str, Any]], ...] = (
    (-9, "13:25", {"customer": "HARBOUR", "direction": Direction.IN, "seconds": 240, "subject": "FDA 预申报资料"}),
    (-5, "10:05", {"customer": "CHONGHE", "direction": Direction.OUT, "purpose": Purpose.COLLECTION, "seconds": 95,
                   "subject": "九月账单付款时间", "text": "财务说月底前安排。"}),
    (-3, "15:40", {"customer": "JINGHE", "direction": Direction.IN, "seconds": 180, "subject": "冷链车到仓时间"}),
    (-1, "11:15", {"customer": "", "direction": Direction.IN, "number": "021-5555 9981", "caller_name": "不愿留名",
                   "subject": "问到门报价"}),
    (0, "08:40", {"customer": "NORDWIND", "direction": Direction.OUT, "outcome": Outcome.NO_ANSWER,
                  "subject": "箱号核对"}),
)  # fmt: skip


def _call(stage: Stage, call: Mapping[str, Any], at: datetime) -> None:
    values = dict(call)
    code = values.pop("customer")
    if code:
        customer = stage.customer(code)
        contact = customer.contacts[0]
        values |= {
            "customer_id": customer.id, "contact_id": contact.id, "number": contact.phone or customer.phone,
            "caller_name": contact.name,
        }  # fmt: skip
    noting.note(CallFacts(began_at=at, **values), stage.people[DESK], at)


def _call_back(stage: Stage, at: datetime) -> None:
    """Harbour Foods asked to be rung tomorrow."""
    customer = stage.customer("HARBOUR")
    facts = PlanFacts(
        Purpose.CALLBACK, at + timedelta(hours=17), number=customer.phone, name="周倩", customer_id=customer.id,
        assignee_id=stage.people[LEAD].user_id, text="核对预付款余额，请财务一起在线。",
    )  # fmt: skip
    planning.plan(facts, stage.people[DESK], at)
