"""Claims for tests, brought to where they are by the same actions as everybody's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.access.viewer import SYSTEM, Viewer
from portal.claims.actions import answering, deciding, evidence, filing, limits, offering, settling
from portal.claims.actions.deciding import Verdict
from portal.claims.actions.filing_values import NewClaim
from portal.claims.actions.offering import Offer
from portal.claims.models import Claim
from portal.claims.queries.claims import evidence_of
from portal.customers.models import Customer
from portal.db.base import db
from portal.web.uploads import Upload
from tests.cast import Cast, viewer

D = Decimal
PHOTO = Upload(b"\xff\xd8\xff\xe0 a photograph", "破损.jpg", "jpeg")
FAULT = "装卸时叉车碰撞，我方承担责任。"


def new_claim(customer: Customer, **changes: Any) -> NewClaim:
    """Three packages, 30 kg, damaged on the road; CNY 4,800 claimed of goods worth 12,000."""
    values: dict[str, Any] = {
        "customer_id": customer.id, "loss": "damaged", "mode": "road", "claimed_amount": D(4800), "currency": "CNY",
        "text": "三箱货物外包装破损，内货受潮。", "waybill": "WB-7788", "delivered_on": date(2026, 2, 27),
        "goods_value": D(12000), "packages": 3, "gross_kg": D(30),
    }  # fmt: skip
    return NewClaim(**(values | changes))


def a_claim(
    cast: Cast, now: datetime, state: str = "notified", by: Viewer | None = None, **changes: Any
) -> Claim:
    """A claim of Harbour Foods in `state`, from notified to credited; `offer` in `changes`: how much was offered."""
    asked, customer = D(changes.pop("offer", 4500)), changes.pop("customer", cast.harbour)
    limits.seed_limits(SYSTEM, now)
    claim = filing.notify(new_claim(customer, **changes), by or viewer(cast.lin), now)
    way = WAY[: STATES.index(state)]
    for step in way:
        step(claim, cast, asked, now)
    db.session.flush()
    return claim


def desk(cast: Cast) -> Viewer:
    """Who judges claims."""
    return viewer(cast.customer_service)


def _file(claim: Claim, cast: Cast, _offer: Decimal, now: datetime) -> None:
    first = evidence_of(claim)[0]
    evidence.give(first, "外箱", [PHOTO], viewer(cast.lin), now)
    filing.file_(claim, viewer(cast.lin), now)


def _survey(claim: Claim, cast: Cast, _offer: Decimal, now: datetime) -> None:
    deciding.survey(claim, "公估行 3 月 3 日到仓查勘", desk(cast), now)


def _decide(claim: Claim, cast: Cast, offer: Decimal, now: datetime) -> None:
    assessed = max(offer, D(4500)) if claim.claimed_amount >= D(4500) else claim.claimed_amount
    deciding.decide(claim, Verdict("us", FAULT, assessed), desk(cast), now)


def _offer(claim: Claim, cast: Cast, offer: Decimal, now: datetime) -> None:
    until = now.date() + timedelta(days=14)
    offering.offer(claim, Offer(offer, "按发票金额赔付。", until), desk(cast), now)
    if claim.state == "pending_approval":
        offering.approve(claim, viewer(cast.finance_manager), now)


def _agree(claim: Claim, cast: Cast, offer: Decimal, now: datetime) -> None:
    answering.agree(claim, offer, viewer(cast.lin), now)


def _credit(claim: Claim, cast: Cast, _offer: Decimal, now: datetime) -> None:
    settling.credit(claim, desk(cast), now)


WAY = (_file, _survey, _decide, _offer, _agree, _credit)
STATES = ("notified", "filed", "under_survey", "liability_decided", "offer_made", "agreed", "credited")  # fmt: skip


def claim_ids(cast: Cast, now: datetime) -> dict[str, int]:
    """Argument of an address → the id of a claim of Harbour Foods, and of a piece of its evidence."""
    claim = a_claim(cast, now)
    return {"claim_id": claim.id, "evidence_id": evidence_of(claim)[0].id}
