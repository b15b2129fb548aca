"""A claim from notice to its credit: who may do what, what follows, what is refused."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.models import Credit
from portal.claims.actions import answering, deciding, evidence, filing, offering, settling
from portal.claims.actions.deciding import Verdict
from portal.claims.actions.offering import Offer
from portal.claims.queries.claims import evidence_of
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, PortalError
from portal.service_requests.actions import targets
from portal.service_requests.rules.states import RequestState
from tests.cast import Cast, viewer
from tests.claims import FAULT, PHOTO, a_claim, desk, new_claim
from tests.service import a_request

D = Decimal


def told(template: str) -> list[tuple[str, str]]:
    """(step, recipient) of the letters."""
    rows = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == template))
    return sorted((row.facts["step"], row.recipient) for row in rows)


def events() -> list[str]:
    wanted = select(AuditEntry.event).where(AuditEntry.subject_type == "claim")
    return list(db.session.scalars(wanted.order_by(AuditEntry.id)))


def test_a_notice_opens_the_request_and_lists_the_proof(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now)
    assert (claim.number, claim.state, claim.request.kind) == (
        "CL-2026-000001",
        "notified",
        "claim",
    )
    assert claim.request.severity == 2 and claim.request.customer_id == cast.harbour.id
    assert [each.kind for each in evidence_of(claim)] == [
        "photos",
        "delivery_sheet",
        "goods_invoice",
    ]
    assert ("notified", cast.customer_service.email) in told("claim_staff")


def test_notice_at_sea_is_due_in_seven_days_and_late_is_kept_not_refused(
    cast: Cast, now: datetime
) -> None:
    targets.seed(SYSTEM, now)
    claim = a_claim(cast, now, mode="sea", delivered_on=date(2026, 2, 20))
    assert claim.notice_due_on == date(2026, 2, 27) < claim.noticed_on
    boxed = a_claim(cast, now, mode="sea", delivered_on=date(2026, 2, 20), in_container=True)
    assert boxed.notice_due_on == date(2026, 3, 7) and claim.state == "notified"


def test_a_claim_joins_a_request_that_is_there_already(cast: Cast, now: datetime) -> None:
    request = a_request(cast, now, kind="claim")
    claim = filing.notify(new_claim(cast.harbour, request_id=request.id), viewer(cast.lin), now)
    assert claim.request_id == request.id
    with pytest.raises(NotAllowedNow, match="its claim already"):
        filing.notify(new_claim(cast.harbour, request_id=request.id), viewer(cast.lin), now)


@pytest.mark.parametrize(("changes", "field"), [
    ({"claimed_amount": D(0)}, "claimed_amount"), ({"claimed_amount": D("1.234")}, "claimed_amount"),
    ({"loss": "x"}, "loss"), ({"mode": "x"}, "mode"), ({"text": " "}, "text"), ({"text": "x" * 2001}, "text"),
    ({"currency": "XXX"}, "currency"), ({"goods_value": D(-1)}, "goods_value"),
    ({"declared_value": D(0)}, "declared_value"), ({"packages": 0}, "packages"), ({"gross_kg": D(0)}, "gross_kg"),
    ({"noticed_on": date(2026, 3, 3)}, "noticed_on"), ({"delivered_on": date(2026, 3, 3)}, "delivered_on"),
])  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(
    cast: Cast, now: datetime, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidMany) as refused:
        filing.notify(new_claim(cast.harbour, **changes), viewer(cast.lin), now)
    assert set(refused.value.errors) == {field}


def test_a_claim_is_filed_only_with_something_to_look_at(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now)
    with pytest.raises(Invalid, match="at least one piece"):
        filing.file_(claim, viewer(cast.lin), now)
    evidence.judge(evidence_of(claim)[0], "waived", "", desk(cast), now)
    assert filing.file_(claim, viewer(cast.lin), now).state == "filed"


def test_evidence_asked_for_waits_for_the_customer_and_comes_back(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "filed")
    for piece in evidence_of(claim)[1:]:
        evidence.give(piece, "", [PHOTO], viewer(cast.lin), now)
    piece = evidence.ask(claim, "weight", "请补充过磅单", now.date(), desk(cast), now)
    assert claim.state == "evidence_needed" and claim.request.state == RequestState.WAITING_CUSTOMER
    evidence.give(piece, "过磅单", [PHOTO], viewer(cast.lin), now)
    assert piece.state == "given" and claim.request.state == RequestState.IN_PROGRESS
    assert ("evidence_asked", cast.lin.email) in told("claim_customer")


def test_a_piece_that_does_not_suffice_can_be_sent_again(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "filed")
    piece = evidence_of(claim)[0]
    with pytest.raises(Invalid, match="what is missing"):
        evidence.judge(piece, "refused", "", desk(cast), now)
    evidence.judge(piece, "refused", "看不清箱号", desk(cast), now)
    evidence.give(piece, "", [PHOTO], viewer(cast.lin), now)
    evidence.judge(piece, "accepted", "", desk(cast), now)
    with pytest.raises(NotAllowedNow, match="looked at already"):
        evidence.give(piece, "", [PHOTO], viewer(cast.lin), now)


def test_what_was_not_sent_cannot_suffice(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now)
    with pytest.raises(NotAllowedNow, match="Nothing was sent"):
        evidence.judge(evidence_of(claim)[0], "accepted", "", desk(cast), now)


def test_liability_keeps_the_limit_with_its_working(cast: Cast, now: datetime) -> None:
    claim = a_claim(
        cast,
        now,
        "under_survey",
        mode="sea",
        claimed_amount=D(90_000),
        packages=10,
        gross_kg=D(500),
    )
    deciding.decide(claim, Verdict("us", FAULT, D("64000.32"), D("9.6")), desk(cast), now)
    assert (claim.state, claim.limit_amount, claim.sdr_rate) == (
        "liability_decided",
        D("64000.32"),
        D("9.6"),
    )
    assert any("6,666.7" in str(each) for each in claim.limit_working)
    with pytest.raises(InvalidMany, match="correct") as refused:
        deciding.decide(claim, Verdict("us", FAULT, D("64000.33"), D("9.6")), desk(cast), now)
    assert "64,000.32" in str(refused.value.errors["assessed_amount"])


def test_intent_or_gross_negligence_lifts_the_limit(cast: Cast, now: datetime) -> None:
    claim = a_claim(
        cast, now, "filed", mode="sea", claimed_amount=D(90_000), packages=10, gross_kg=D(500)
    )
    deciding.decide(
        claim, Verdict("us", FAULT, D(90_000), D("9.6"), is_lifted=True), desk(cast), now
    )
    assert (
        claim.assessed_amount == D(90_000)
        and claim.limit_lifted
        and claim.limit_amount == D("64000.32")
    )


def test_without_the_rate_of_the_sdr_a_sea_claim_is_not_decided(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "filed", mode="sea")
    with pytest.raises(InvalidMany) as refused:
        deciding.decide(claim, Verdict("us", FAULT, D(100)), desk(cast), now)
    assert "sdr_rate" in refused.value.errors


def test_who_is_not_liable_pays_nothing_and_the_case_is_closed_with_the_reason(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "under_survey")
    deciding.decide(claim, Verdict("force_majeure", "台风，承运人免责。", None), desk(cast), now)
    assert claim.assessed_amount == 0
    deciding.refuse(claim, "不可抗力，依民法典第八百三十二条免责。", desk(cast), now)
    assert (claim.state, claim.request.state) == ("closed", RequestState.RESOLVED)
    assert "不可抗力" in claim.request.solution and ("refused", cast.lin.email) in told(
        "claim_customer"
    )


def test_an_offer_up_to_the_limit_goes_out_at_once(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "liability_decided", offer=5000, claimed_amount=D(6000))
    offering.offer(claim, Offer(D(5000), ""), desk(cast), now)
    assert (claim.state, claim.approved_by) == ("offer_made", None)
    assert ("offered", cast.lin.email) in told("claim_customer")


def test_above_the_limit_somebody_else_approves(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "liability_decided", offer="5000.01", claimed_amount=D(6000))
    offering.offer(claim, Offer(D("5000.01"), ""), desk(cast), now)
    assert claim.state == "pending_approval" and told("claim_customer") == []
    with pytest.raises(Forbidden):
        offering.approve(claim, desk(cast), now)
    offering.approve(claim, viewer(cast.finance_manager), now)
    assert (claim.state, claim.approved_by) == ("offer_made", cast.finance_manager.id)
    assert ("to_approve", cast.finance_manager.email) in told("claim_staff")


def test_nobody_approves_their_own_offer(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "liability_decided", offer=6000, claimed_amount=D(6000))
    offering.offer(claim, Offer(D(6000), ""), viewer(cast.administrator), now)
    with pytest.raises(Forbidden, match="Somebody else"):
        offering.approve(claim, viewer(cast.administrator), now)


def test_a_returned_offer_is_made_anew(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "liability_decided", offer=6000, claimed_amount=D(6000))
    offering.offer(claim, Offer(D(6000), ""), desk(cast), now)
    offering.return_(claim, "请先核对发票", viewer(cast.finance_manager), now)
    assert (claim.state, claim.offered_amount) == ("liability_decided", None)
    assert ("returned", cast.customer_service.email) in told("claim_staff")


@pytest.mark.parametrize(("made", "field"), [
    (Offer(D("4500.01"), ""), "offered_amount"), (Offer(None, ""), "offered_amount"),
    (Offer(D(1), "", date(2026, 3, 1)), "until"), (Offer(D(1), "", None, "cash"), "settlement"),
])  # fmt: skip
def test_an_offer_that_cannot_be_is_told_at_its_field(
    cast: Cast, now: datetime, made: Offer, field: str
) -> None:
    claim = a_claim(cast, now, "liability_decided")
    with pytest.raises(InvalidMany) as refused:
        offering.offer(claim, made, desk(cast), now)
    assert set(refused.value.errors) == {field}


def test_only_the_offer_that_was_read_is_accepted_and_only_in_time(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "offer_made")
    with pytest.raises(NotAllowedNow, match="has changed"):
        answering.agree(claim, D(4400), viewer(cast.lin), now)
    with pytest.raises(NotAllowedNow, match="last day is over"):
        answering.agree(claim, D(4500), viewer(cast.lin), now + timedelta(days=15))
    offering.extend(claim, now.date() + timedelta(days=20), desk(cast), now)
    row = answering.agree(claim, D(4500), viewer(cast.lin), now + timedelta(days=15))
    assert (row.state, row.agreed_amount, row.agreed_by) == ("agreed", D(4500), cast.lin.id)


def test_staff_cannot_accept_for_the_customer_without_the_signed_paper(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "offer_made")
    with pytest.raises(Forbidden):
        answering.agree(claim, D(4500), desk(cast), now)
    with pytest.raises(Invalid, match="who signed"):
        answering.agree_for(claim, D(4500), " ", PHOTO, desk(cast), now)
    assert answering.agree_for(claim, D(4500), "林晓雯", PHOTO, desk(cast), now).state == "agreed"


def test_a_declined_offer_is_looked_at_again_by_a_manager(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "offer_made")
    answering.decline(claim, "应按发票全额赔付", viewer(cast.lin), now)
    deciding.escalate(claim, "客户补充了发票", desk(cast), now)
    assert (claim.state, claim.level, claim.offered_amount) == ("liability_decided", 2, None)
    with pytest.raises(Forbidden, match="judged by a manager"):
        deciding.decide(claim, Verdict("us", FAULT, D(4800)), desk(cast), now)
    deciding.decide(claim, Verdict("us", FAULT, D(4800)), viewer(cast.administrator), now)
    offering.offer(claim, Offer(D(4600), ""), desk(cast), now)
    assert claim.state == "pending_approval"


def test_agreed_it_becomes_one_credit_outside_vat_and_the_request_is_resolved(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "credited")
    credit = claim.credit
    assert credit is not None and (credit.state, credit.gross_amount, credit.tax_amount) == (
        "granted",
        D(4500),
        D(0),
    )
    assert (credit.source_type, credit.source_id, credit.customer_id) == (
        "claim",
        claim.id,
        cast.harbour.id,
    )
    assert claim.request.state == RequestState.RESOLVED and credit.number in claim.request.solution
    assert settling.credit(claim, desk(cast), now).id == credit.id
    assert db.session.scalar(select(func.count(Credit.id))) == 1


def test_a_branch_billed_with_its_group_is_credited_on_the_groups_statement(
    cast: Cast, now: datetime
) -> None:
    branch = cast.nordwind
    branch.kind, branch.parent_id, branch.billing = "branch", cast.harbour.id, "group"
    claim = a_claim(cast, now, "offer_made", by=viewer(cast.erik), customer=branch)
    answering.agree(claim, D(4500), viewer(cast.erik), now)
    credit = settling.credit(claim, desk(cast), now)
    assert (credit.customer_id, credit.served_id) == (cast.harbour.id, branch.id)


def test_a_payment_is_recorded_once_by_finance_and_closes_the_case(
    cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "liability_decided")
    offering.offer(claim, Offer(D(4500), "", None, "payment"), desk(cast), now)
    answering.agree(claim, D(4500), viewer(cast.lin), now)
    with pytest.raises(NotAllowedNow, match="settled by a payment"):
        settling.credit(claim, desk(cast), now)
    with pytest.raises(Forbidden):
        settling.pay(claim, now.date(), "BOC-1", desk(cast), now)
    with pytest.raises(InvalidMany):
        settling.pay(claim, date(2026, 3, 1), "", viewer(cast.finance), now)
    settling.pay(claim, now.date(), "BOC-1", viewer(cast.finance), now)
    assert (claim.state, claim.payment_reference, claim.request.state) == (
        "closed",
        "BOC-1",
        RequestState.RESOLVED,
    )
    with pytest.raises(NotAllowedNow):
        settling.pay(claim, now.date(), "BOC-2", viewer(cast.finance), now)


def test_withdrawn_before_it_is_agreed_the_request_goes_with_it(cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "offer_made")
    answering.withdraw(claim, "货物已找到", viewer(cast.lin), now)
    assert (claim.state, claim.request.state) == ("withdrawn", RequestState.WITHDRAWN)
    agreed = a_claim(cast, now, "agreed")
    with pytest.raises(NotAllowedNow):
        answering.withdraw(agreed, "反悔", viewer(cast.lin), now)


@pytest.mark.parametrize("verb", [
    lambda c, v, n: filing.take(c, v, n), lambda c, v, n: deciding.survey(c, "查勘", v, n),
    lambda c, v, n: deciding.decide(c, Verdict("us", FAULT, D(1)), v, n),
    lambda c, v, n: offering.offer(c, Offer(D(1), ""), v, n), lambda c, v, n: deciding.refuse(c, "不赔", v, n),
    lambda c, v, n: settling.credit(c, v, n), lambda c, v, n: evidence.ask(c, "photos", "照片", None, v, n),
])  # fmt: skip
def test_no_customer_and_no_salesperson_judges_a_claim(cast: Cast, now: datetime, verb) -> None:  # type: ignore[no-untyped-def]
    claim = a_claim(cast, now, "filed")
    for who in (cast.lin, cast.sales):
        with pytest.raises(Forbidden):
            verb(claim, viewer(who), now)


def test_each_step_writes_its_line_of_history(cast: Cast, now: datetime) -> None:
    a_claim(cast, now, "credited")
    assert events() == [
        "claim.notified", "claim.evidence_given", "claim.filed", "claim.survey", "claim.decided", "claim.offered",
        "claim.agreed", "claim.credited",
    ]  # fmt: skip


def test_facts_put_right_move_the_last_day_of_notice(cast: Cast, now: datetime) -> None:
    targets.seed(SYSTEM, now)
    claim = a_claim(cast, now, "filed", mode="sea", delivered_on=date(2026, 2, 20))
    changed = new_claim(
        cast.harbour, mode="air", delivered_on=date(2026, 2, 20), freight_amount=D(80)
    )
    filing.change(claim, changed, desk(cast), now)
    assert (claim.mode, claim.notice_due_on, claim.freight_amount) == (
        "air",
        date(2026, 3, 6),
        D(80),
    )
    done = a_claim(cast, now, "liability_decided")
    with pytest.raises(PortalError, match="decided already"):
        filing.change(done, changed, desk(cast), now)
