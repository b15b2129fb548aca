"""The demo's claims: one from its notice to the credit on a statement, one that still waits for its proof."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import select

from portal.claims.actions import (
    answering,
    deciding,
    evidence,
    filing,
    offering,
    recourse,
    settling,
)
from portal.claims.actions.deciding import Verdict
from portal.claims.actions.filing_values import NewClaim
from portal.claims.actions.offering import Offer
from portal.claims.models import Claim, ClaimEvidence
from portal.claims.rules.kinds import EvidenceKind, Loss
from portal.claims.rules.states import EvidenceState
from portal.db.base import db
from portal.demo.papers import scan
from portal.demo.stage import Stage
from portal.kernel.clock import business_day
from portal.service_requests.rules.clock_kinds import Mode
from portal.service_requests.rules.kinds import Responsible
from portal.shipments.models import Shipment

D = Decimal
DESK, MANAGER, LEAD = "zhao.min", "sun.jie", "he.jing"
CUSTOMER, CLAIMANT, GOODS = "HARBOUR", "lin", "速冻虾仁"
SETTLED, WAITING = -34, -5
"""Days from today on which the two were notified."""
SDR_RATE = D("9.46")


@dataclass(slots=True)
class _Case:
    """A claim with the stage it is played on."""

    stage: Stage
    claim: Claim | None = None

    @property
    def row(self) -> Claim:
        """The claim as it stands now."""
        if self.claim is None:
            raise ValueError("not notified yet")
        return self.claim


def tell_claims(stage: Stage) -> None:
    """Both claims, step by step, onto the timeline."""
    days, settled, waiting = stage.timeline, _Case(stage), _Case(stage)
    for later, hour, act in (
        (0, "10:20", _notify),
        (1, "14:00", _prove),
        (2, "09:30", _look_into),
        (7, "10:00", _decide),
        (8, "15:00", _approve),
        (9, "11:10", _agree),
        (9, "16:00", _credit),
        (12, "10:00", _take_back),
    ):
        days.add(days.day(SETTLED + later), hour, partial(act, settled))
    days.add(days.day(WAITING), "16:05", partial(_notify_delay, waiting))
    days.add(days.day(WAITING + 1), "09:40", partial(_ask, waiting))


def _notify(case: _Case, at: datetime) -> None:
    customer = case.stage.customer(CUSTOMER)
    shipments = select(Shipment).where(Shipment.customer_id == customer.id, Shipment.goods == GOODS)
    shipment = db.session.scalars(shipments.order_by(Shipment.id)).all()[0]
    new = NewClaim(
        customer.id, Loss.DAMAGED, Mode.SEA, D(28_600), "开箱发现 40 箱虾仁解冻变质，温度记录仪显示途中断电 11 小时。",
        shipment_id=shipment.id, delivered_on=business_day(at) - timedelta(days=2), in_container=True,
        goods_value=D(412_000), packages=40, gross_kg=D(480), title="速冻虾仁途中断电解冻，40 箱变质",
    )  # fmt: skip
    case.claim = filing.notify(new, case.stage.people[CLAIMANT], at)


def _pieces(case: _Case, state: EvidenceState) -> Iterable[ClaimEvidence]:
    wanted = select(ClaimEvidence).where(
        ClaimEvidence.claim_id == case.row.id, ClaimEvidence.state == state.value
    )
    return db.session.scalars(wanted.order_by(ClaimEvidence.id)).all()


def _prove(case: _Case, at: datetime) -> None:
    """The customer gives what was asked for, and the claim is filed."""
    who = case.stage.people[CLAIMANT]
    for piece in _pieces(case, EvidenceState.ASKED):
        paper = scan(
            "理赔证明", "货损证明", ["40 箱 速冻虾仁", "断电 11 小时", "已拍照封存"], sealed=False
        )
        evidence.give(piece, "照片与记录见附件。", [paper], who, at)
    filing.file_(case.row, who, at)


def _look_into(case: _Case, at: datetime) -> None:
    desk = case.stage.people[DESK]
    filing.take(case.row, desk, at)
    for piece in _pieces(case, EvidenceState.GIVEN):
        evidence.judge(piece, EvidenceState.ACCEPTED, "与温度记录一致。", desk, at)
    deciding.survey(case.row, "委托公估行到外高桥冷库查看，并调取冷箱温度记录。", desk, at)


def _decide(case: _Case, at: datetime) -> None:
    desk = case.stage.people[DESK]
    said = "船公司冷箱供电故障，承运期间发生，我司先行赔付后向船公司追偿。残值按合同价的一成扣除。"
    verdict = Verdict(Responsible.SUPPLIER, said, D(25_740), sdr_rate=SDR_RATE)
    deciding.decide(case.row, verdict, desk, at)
    until = business_day(at) + timedelta(days=14)
    words = "按公估结果赔付，计入下一期对账单。接受后本案一次性了结。"
    offering.offer(case.row, Offer(D(25_740), words, until), desk, at)


def _approve(case: _Case, at: datetime) -> None:
    offering.approve(case.row, case.stage.people[MANAGER], at)


def _agree(case: _Case, at: datetime) -> None:
    answering.agree(case.row, D(25_740), case.stage.people[CLAIMANT], at)


def _credit(case: _Case, at: datetime) -> None:
    settling.credit(case.row, case.stage.people[DESK], at)


def _take_back(case: _Case, at: datetime) -> None:
    due = business_day(at) + timedelta(days=300)
    recourse.claim_against(case.row, "COSCO", D(25_740), due, case.stage.people[DESK], at)


def _notify_delay(case: _Case, at: datetime) -> None:
    customer = case.stage.customer("NORDWIND")
    new = NewClaim(
        customer.id, Loss.DELAYED, Mode.SEA, D(1_900), "Two days of a stopped line because of the rolled boxes.",
        currency="USD", title="Line stop after rolled boxes",
    )  # fmt: skip
    erik = case.stage.people["erik"]
    case.claim = filing.notify(new, erik, at)
    proof = scan("Line stop", "Line stop record", ["2 days", "press shop"], sealed=False)
    evidence.add(case.row, EvidenceKind.OTHER, "Record of the press shop.", [proof], erik, at)
    filing.file_(case.row, erik, at)


def _ask(case: _Case, at: datetime) -> None:
    due = business_day(at) + timedelta(days=10)
    desk = case.stage.people[DESK]
    filing.take(case.row, desk, at)
    words = "The plant's record of the stop, with times."
    evidence.ask(case.row, EvidenceKind.OTHER, words, due, desk, at)
