"""A claim from the portal's notice to the line of a published statement; once, whatever happens at the same moment."""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.actions import publishing, reviewing
from portal.billing.models import BilledOnce, Credit, StatementLine
from portal.claims.actions import answering, settling
from portal.claims.models import Claim, ClaimEvidence
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.service_requests.rules.states import RequestState
from portal.web.flask_app import PortalApp
from tests.billing_worlds import lines, run, statements, told, used
from tests.cast import Cast
from tests.chain import entitled
from tests.claims import a_claim
from tests.client import CheckingClient
from tests.offers import keep, quick_press
from tests.stories.test_answers_at_once import Verb, at_once

__all__ = ["quick_press"]
pytestmark = [pytest.mark.usefixtures("quick_press"), pytest.mark.both_databases]
D = Decimal
NOTICE = {
    "loss": "damaged", "text": "三箱外包装破损，内货受潮", "claimed_amount": "9,600.00", "currency": "CNY",
    "mode": "road", "goods_value": "24000", "packages": "3", "gross_kg": "30", "delivered_on": "2026-02-27",
}  # fmt: skip


def the(claim_id: int) -> Claim:
    return db.session.get_one(Claim, claim_id, populate_existing=True)


def version(claim_id: int) -> int:
    db.session.rollback()
    return the(claim_id).version


def photo() -> dict[str, Any]:
    return {"files": [(io.BytesIO(b"\xff\xd8\xff\xe0 photo"), "签收单.jpg")]}


def told_by_the_customer(client: CheckingClient, cast: Cast) -> int:
    """Notified in the portal, its proof sent from the phone, filed."""
    client.sign_in(cast.lin)
    data = {**NOTICE, "customer_id": cast.harbour.id, "photos": photo()["files"]}
    claim_id = int(client.post("/my/claims/new", data=data).headers["Location"].rsplit("/", 1)[1])
    waiting = select(ClaimEvidence.id).where(ClaimEvidence.state == "asked")
    for piece in db.session.scalars(waiting).all():
        client.post(f"/my/claims/{claim_id}/evidence/{piece}", data=photo())
    client.post(f"/my/claims/{claim_id}/file")
    return claim_id


def judged_by_the_desk(client: CheckingClient, cast: Cast, claim_id: int) -> None:
    """Survey, liability, an offer above the limit that a second person lets go out."""
    client.sign_in(cast.customer_service)
    url = f"/desk/claims/{claim_id}"
    client.post(f"{url}/survey", data={"reason": "公估行到仓查勘"})
    verdict = {
        "version": version(claim_id),
        "liability": "us",
        "assessed_amount": "9000",
        "text": "叉车碰撞",
    }
    client.post(f"{url}/decide", data=verdict)
    offer = {
        "offer-version": version(claim_id),
        "offer-offered_amount": "8800",
        "offer-settlement": "credit",
    }
    client.post(f"{url}/offer", data=offer)
    assert client.sign_in(cast.lin).get(f"/my/claims/{claim_id}/offer").status_code == 302
    client.sign_in(cast.finance_manager).post(f"{url}/approve")


def test_from_a_notice_in_the_portal_to_the_line_of_a_published_statement(
    app: PortalApp, client: CheckingClient, cast: Cast, now: datetime
) -> None:
    used(entitled(cast, now, quantity=D(100)), "400", now, reference="A-1")
    keep(cast)
    claim_id = told_by_the_customer(client, cast)
    judged_by_the_desk(client, cast, claim_id)
    accepted = {"amount": "8800", "understood": "y"}
    client.sign_in(cast.lin).post(f"/my/claims/{claim_id}/accept", data=accepted)
    assert at_once(app, [settle] * 6, claim_id) == {"done": 6}
    credit = db.session.scalars(select(Credit)).one()
    assert (credit.source_type, credit.source_id, credit.gross_amount) == (
        "claim",
        claim_id,
        D(8800),
    )
    for _twice in range(2):
        run(now=now)
    (statement,) = statements(cast.harbour)
    assert told(lines(statement))[-1] == ("credit", credit.number, "-8800.00")
    reviewing.review(statement, SYSTEM, now)
    publishing.publish(statement, SYSTEM, now)
    numbers = statement.number, credit.number
    db.session.commit()
    placed = select(func.count(StatementLine.id)).where(StatementLine.credit_id == credit.id)
    once = select(func.count(BilledOnce.id)).where(BilledOnce.kind == "credit")
    assert (db.session.scalar(placed), db.session.scalar(once)) == (1, 1)
    claim = the(claim_id)
    assert (claim.state, claim.request.state) == ("credited", RequestState.RESOLVED)
    page = client.sign_in(cast.lin).get(f"/my/claims/{claim_id}").text
    assert all(number in page for number in numbers)
    closed = client.sign_in(cast.customer_service).post(f"/desk/claims/{claim_id}/close")
    assert closed.status_code == 303 and the(claim_id).state == "closed"
    assert audit.first_broken_link() is None


def settle(claim_id: int) -> object:
    return settling.credit(the(claim_id), SYSTEM, clock.now())


def agree(claim_id: int) -> object:
    return answering.agree(the(claim_id), D(4500), SYSTEM, clock.now())


def withdraw(claim_id: int) -> object:
    return answering.withdraw(the(claim_id), "货物已找到", SYSTEM, clock.now())


def decline(claim_id: int) -> object:
    return answering.decline(the(claim_id), "太少", SYSTEM, clock.now())


def waiting_for_an_answer(cast: Cast, now: datetime) -> int:
    return a_claim(cast, now, "offer_made").id


def events(*names: str) -> int:
    wanted = select(func.count(audit.AuditEntry.id)).where(audit.AuditEntry.event.in_(names))
    return db.session.scalar(wanted) or 0


def test_an_offer_accepted_by_eight_people_at_once_is_accepted_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    claim_id = waiting_for_an_answer(cast, now)
    answers = at_once(app, [agree] * 8, claim_id)
    assert answers["done"] == 1 and {each[:3] for each in answers if each != "done"} == {"409"}
    assert (the(claim_id).agreed_amount, events("claim.agreed")) == (D(4500), 1)


@pytest.mark.parametrize("other", [withdraw, decline])
def test_accepted_while_it_is_withdrawn_or_declined_one_of_both_counts(
    app: PortalApp, cast: Cast, now: datetime, other: Verb
) -> None:
    claim_id = waiting_for_an_answer(cast, now)
    answers = at_once(app, [agree, other] * 3, claim_id)
    claim = the(claim_id)
    happened = events("claim.agreed", "claim.withdrawn", "claim.declined")
    assert answers["done"] == happened == 1 and (claim.agreed_amount is None) == (
        claim.state != "agreed"
    )
    assert claim.state in ("agreed", "withdrawn", "declined")


def test_credited_and_paid_at_once_gives_it_one_way_only(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    claim_id = a_claim(cast, now, "agreed").id

    def pay(row_id: int) -> object:
        return settling.pay(the(row_id), now.date(), "BOC-1", SYSTEM, clock.now())

    answers = at_once(app, [settle, pay] * 3, claim_id)
    assert answers["done"] == 3 and sum(answers.values()) == 6
    assert (the(claim_id).paid_on, db.session.scalar(select(func.count(Credit.id)))) == (None, 1)
