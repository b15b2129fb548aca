"""The desk judges claims: evidence, liability with its limit, offers above the limit, settlement, recourse."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.viewer import SYSTEM
from portal.billing.models import Credit
from portal.claims.actions import answering, limits, offering
from portal.claims.actions.offering import Offer
from portal.claims.models import Claim, ClaimEvidence, LiabilityLimit
from portal.db.base import db
from portal.documents.models import Document
from tests.cast import Cast, viewer
from tests.claims import a_claim, desk
from tests.client import CheckingClient
from tests.offers import keep, quick_press
from tests.service import a_request

__all__ = ["quick_press"]
D = Decimal
TYPED = {
    "loss": "lost", "claimed_amount": "900", "currency": "CNY", "mode": "express", "freight_amount": "23",
    "channel": "phone", "requester_name": "王先生", "text": "快件丢失", "noticed_on": "2026-03-01",
}  # fmt: skip


@pytest.fixture
def here(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.customer_service)


def kept(cast: Cast, now: datetime, state: str, **changes: Any) -> int:
    """The id of a claim in a state, saved."""
    claim_id = a_claim(cast, now, state, **changes).id
    keep(cast)
    return claim_id


def claim(claim_id: int) -> Claim:
    db.session.rollback()
    return db.session.get_one(Claim, claim_id, populate_existing=True)


def pieces() -> list[ClaimEvidence]:
    db.session.rollback()
    return list(db.session.scalars(select(ClaimEvidence).order_by(ClaimEvidence.id)))


def test_a_claim_told_by_telephone_is_noted_for_its_customer(
    here: CheckingClient, cast: Cast
) -> None:
    assert "of which customer?" in here.get("/desk/claims/new").text
    url = f"/desk/claims/new?customer_id={cast.harbour.id}"
    assert "Harbour Foods" in here.get(url).text
    answer = here.post(url, data=TYPED)
    row = db.session.scalars(select(Claim)).one()
    assert answer.headers["Location"].startswith(f"/desk/claims/{row.id}")
    assert (row.freight_amount, row.request.requester_name, row.request.channel) == (
        D(23),
        "王先生",
        "phone",
    )


def test_from_a_request_its_customer_and_words_come_along(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    request_id = a_request(cast, now, kind="claim", text="外箱破损").id
    keep(cast)
    assert "外箱破损" in here.get(f"/desk/claims/new?request={request_id}").text
    here.post(f"/desk/claims/new?request={request_id}", data=TYPED)
    assert db.session.scalars(select(Claim)).one().request_id == request_id


def test_what_is_wrong_is_told_at_its_field(here: CheckingClient, cast: Cast) -> None:
    url = f"/desk/claims/new?customer_id={cast.harbour.id}"
    answer = here.post(url, data={**TYPED, "claimed_amount": "0", "noticed_on": "2026-03-09"})
    assert (
        answer.status_code == 422 and "above zero" in answer.text and "up to today" in answer.text
    )


def test_the_list_narrows_totals_and_exports(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    kept(cast, now, "offer_made")
    kept(cast, now, "credited", claimed_amount=D(100), offer=100)
    kept(cast, now, "filed", currency="USD", claimed_amount=D(250))
    page = here.get("/desk/claims").text
    assert "Open claims by currency" in page and "4,800.00" in page and "250.00" in page
    offered = here.get("/desk/claims?state=offer_made").text
    assert "CL-2026-000001" in offered and "CL-2026-000003" not in offered
    assert "CL-2026-000003" in here.get("/desk/claims?whose=waiting").text
    told = here.get("/desk/claims?export=csv").get_data(as_text=True)
    assert "WB-7788" in told and "USD" in told


def test_a_late_notice_is_shown_and_found(here: CheckingClient, cast: Cast, now: datetime) -> None:
    row = a_claim(cast, now, "filed")
    row.notice_due_on = date(2026, 2, 28)
    claim_id = row.id
    keep(cast)
    assert "Notified late, the last day was 2026-02-28." in _plain(
        here.get(f"/desk/claims/{claim_id}").text
    )
    assert "CL-2026-000001" in here.get("/desk/claims?notice=late").text
    assert "CL-2026-000001" not in here.get("/desk/claims?notice=in_time").text


def _plain(text: str) -> str:
    return text.replace('<span class="nowrap">', "").replace("</span>", "")


def test_evidence_is_asked_for_added_and_judged(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "filed")
    asked = {"ask-kind": "weight", "ask-text": "过磅单", "ask-due_on": "2026-03-09"}
    here.post(f"/desk/claims/{claim_id}/evidence/ask", data=asked)
    added = {"kind": "survey_report", "files": [(io.BytesIO(b"%PDF-1.7"), "公估报告.pdf")]}
    here.post(f"/desk/claims/{claim_id}/evidence", data=added)
    first = pieces()[0].id
    url = f"/desk/claims/{claim_id}/evidence/{first}/judge"
    assert (
        "what is missing" in here.post(url, data={"verdict": "refused"}, follow_redirects=True).text
    )
    here.post(url, data={"verdict": "accepted"})
    assert claim(claim_id).state == "evidence_needed"
    assert [each.state for each in pieces()] == ["accepted", "asked", "asked", "asked", "given"]
    assert "公估报告.pdf" in here.get(f"/desk/claims/{claim_id}").text


def test_the_limit_is_worked_out_at_the_rate_that_was_typed(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    sea = {"mode": "sea", "claimed_amount": D(90_000), "packages": 10, "gross_kg": D(500)}
    claim_id = kept(cast, now, "under_survey", **sea)
    assert (
        "The rate of the SDR is not typed yet." in here.get(f"/desk/claims/{claim_id}/decide").text
    )
    page = here.get(f"/desk/claims/{claim_id}/decide?sdr_rate=9.6").text
    assert "64,000.32" in page and 'value="64000.32"' in page and "The higher counts" in page
    typed = {"version": claim(claim_id).version, "sdr_rate": "9.6", "liability": "us", "text": "我方承担责任",
             "assessed_amount": "64000.33"}  # fmt: skip
    over = here.post(f"/desk/claims/{claim_id}/decide", data=typed)
    assert over.status_code == 422 and "The limit of liability is CNY 64,000.32" in over.text
    here.post(f"/desk/claims/{claim_id}/decide", data={**typed, "assessed_amount": "64000.32"})
    assert (claim(claim_id).state, claim(claim_id).limit_amount) == (
        "liability_decided",
        D("64000.32"),
    )
    assert "6,666.7 SDR" in here.get(f"/desk/claims/{claim_id}").text


def test_two_people_deciding_at_once_do_not_overwrite_each_other(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "under_survey")
    typed = {
        "version": claim(claim_id).version - 1,
        "liability": "us",
        "text": "x1",
        "assessed_amount": "1",
    }
    answer = here.post(f"/desk/claims/{claim_id}/decide", data=typed)
    assert answer.status_code == 422 and "changed since" in answer.text
    assert claim(claim_id).state == "under_survey"


def test_an_offer_above_the_limit_is_approved_by_somebody_else(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "liability_decided", offer=6000, claimed_amount=D(6000))
    typed = {
        "offer-version": claim(claim_id).version,
        "offer-offered_amount": "6000.01",
        "offer-settlement": "credit",
    }
    over = here.post(f"/desk/claims/{claim_id}/offer", data=typed)
    assert over.status_code == 422 and "At most what was assessed: CNY 6,000.00." in over.text
    here.post(f"/desk/claims/{claim_id}/offer", data={**typed, "offer-offered_amount": "6000"})
    assert claim(claim_id).state == "pending_approval"
    assert here.post(f"/desk/claims/{claim_id}/approve").status_code == 403
    here.sign_in(cast.finance_manager)
    assert "Approve" in here.get(f"/desk/claims/{claim_id}").text
    assert "CL-2026-000001" in here.get("/desk/claims?whose=waiting").text
    here.post(f"/desk/claims/{claim_id}/return", data={"reason": "先核对发票"})
    assert claim(claim_id).state == "liability_decided"


def test_from_agreement_to_credit_once(here: CheckingClient, cast: Cast, now: datetime) -> None:
    claim_id = kept(cast, now, "agreed")
    assert "Credit it" in here.get(f"/desk/claims/{claim_id}").text
    for _each in range(2):
        here.post(f"/desk/claims/{claim_id}/credit")
    assert claim(claim_id).state == "credited"
    assert db.session.scalar(select(func.count(Credit.id))) == 1
    way = f"/desk/credits/{claim(claim_id).credit_id}"
    assert f'href="{way}"' in here.get(f"/desk/claims/{claim_id}").text
    keepers = here.sign_in(cast.keeper).get(f"/desk/claims/{claim_id}").text
    assert "CN-2026-000001" in keepers and way not in keepers
    here.sign_in(cast.customer_service)
    told = here.post(f"/desk/claims/{claim_id}/close", follow_redirects=True).text
    assert "not on a statement yet" in told


@pytest.mark.usefixtures("quick_press")
def test_a_signature_on_paper_is_recorded_with_its_scan(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "offer_made")
    assert "理赔协议" in here.get(f"/desk/claims/{claim_id}/agreement").text
    typed = {"signed-amount": "4500.000", "signed-said_by": "林晓雯"}
    bare = here.post(f"/desk/claims/{claim_id}/signed", data=typed, follow_redirects=True).text
    assert "Attach the signed agreement." in bare and claim(claim_id).state == "offer_made"
    scan = {"signed-files": [(io.BytesIO(b"%PDF-1.7"), "签字.pdf")]}
    here.post(f"/desk/claims/{claim_id}/signed", data={**typed, **scan})
    assert claim(claim_id).state == "agreed"
    assert db.session.scalars(select(Document)).one().kind == "claim_agreement"


def test_finance_records_the_payment(here: CheckingClient, cast: Cast, now: datetime) -> None:
    row = a_claim(cast, now, "liability_decided")
    offering.offer(row, Offer(D(4500), "", None, "payment"), desk(cast), now)
    answering.agree(row, D(4500), viewer(cast.lin), now)
    claim_id = row.id
    keep(cast)
    typed = {"pay-paid_on": "2026-03-02", "pay-reference": "BOC-20260302-1"}
    assert here.post(f"/desk/claims/{claim_id}/pay", data=typed).status_code == 403
    here.sign_in(cast.finance).post(f"/desk/claims/{claim_id}/pay", data=typed)
    assert (claim(claim_id).state, claim(claim_id).payment_reference) == (
        "closed",
        "BOC-20260302-1",
    )


def test_recourse_is_claimed_received_and_corrected(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "credited")
    asked = {
        "recourse-party": "长风运输",
        "recourse-amount": "4000",
        "recourse-due_on": "2026-05-31",
    }
    here.post(f"/desk/claims/{claim_id}/recourse", data=asked)
    came = {"received-on": "2026-03-02", "received-payer": "长风运输"}
    for amount in ("1500", "3000", "2500", "-500"):
        here.post(
            f"/desk/claims/{claim_id}/recourse/received", data={**came, "received-amount": amount}
        )
    row = claim(claim_id)
    assert (row.recovered_amount, row.recourse) == (D(3500), "partly_recovered")
    assert "长风运输" in here.get(f"/desk/claims/{claim_id}").text
    here.post(f"/desk/claims/{claim_id}/recourse/give-up", data={"reason": "余额免除"})
    assert claim(claim_id).recourse == "given_up"


def test_a_refused_and_a_declined_claim_go_their_ways(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    first, second = kept(cast, now, "liability_decided"), kept(cast, now, "offer_made")
    here.post(f"/desk/claims/{first}/refuse", data={"reason": "包装由发货人负责"})
    assert claim(first).state == "closed"
    answering.decline(claim(second), "太少", viewer(cast.lin), now)
    keep(cast)
    assert "太少" in here.get(f"/desk/claims/{second}").text
    here.post(f"/desk/claims/{second}/escalate", data={"reason": "客户补充发票"})
    page = here.get(f"/desk/claims/{second}").text
    assert "Before a manager" in page and "Decide liability" not in page


def test_facts_are_put_right_before_the_decision(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "filed")
    page = here.get(f"/desk/claims/{claim_id}/edit").text
    assert 'value="WB-7788"' in page
    typed = {"version": claim(claim_id).version, "loss": "short", "claimed_amount": "4700", "currency": "CNY",
             "mode": "express", "freight_amount": "88", "waybill": "WB-7788"}  # fmt: skip
    here.post(f"/desk/claims/{claim_id}/edit", data=typed)
    assert (claim(claim_id).loss, claim(claim_id).freight_amount) == ("short", D(88))


def test_sales_and_auditors_read_and_do_not_judge(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "liability_decided")
    for who in (cast.sales, cast.auditor):
        client.sign_in(who)
        page = client.get(f"/desk/claims/{claim_id}").text
        assert "Make an offer" not in page and "Decide liability" not in page and "叉车" in page
        assert client.get(f"/desk/claims/{claim_id}/decide").status_code == 403


def test_a_new_limit_ends_the_old_one_the_day_before(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    limits.seed_limits(SYSTEM, now)
    keep(cast)
    client.sign_in(cast.administrator)
    assert "海商法（1992）第五十六条" in client.get("/desk/claims/limits").text
    typed = {"mode": "air", "code": "air", "rate": "30", "unit": "sdr_per_kg", "only_declared": "no",
             "source": "蒙特利尔公约 2029 复审", "from_on": "2029-12-28"}  # fmt: skip
    client.post("/desk/claims/limits", data=typed)
    rows = db.session.scalars(
        select(LiabilityLimit).where(LiabilityLimit.code == "air").order_by(LiabilityLimit.from_on)
    )
    told = [(row.rate, str(row.until_on)) for row in rows]
    assert told == [(D(22), "2024-12-27"), (D(26), "2029-12-27"), (D(30), "None")]
    again = client.post("/desk/claims/limits", data=typed)
    assert again.status_code == 422 and "later row" in again.text
    mixed = client.post(
        "/desk/claims/limits", data={**typed, "unit": "times_freight", "from_on": "2030-01-01"}
    )
    assert mixed.status_code == 422 and "not in both" in mixed.text


def test_a_limit_taken_out_comes_back_only_where_nothing_took_its_place(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    limits.seed_limits(SYSTEM, now)
    keep(cast)
    row_id = db.session.scalar(select(LiabilityLimit.id).where(LiabilityLimit.code == "post"))
    client.sign_in(cast.administrator)
    client.post(f"/desk/claims/limits/{row_id}/switch")
    assert db.session.get_one(LiabilityLimit, row_id).active is False
    typed = {"mode": "post", "code": "post", "rate": "5", "unit": "times_freight", "only_declared": "no",
             "source": "新规", "from_on": "2016-01-01"}  # fmt: skip
    client.post("/desk/claims/limits", data=typed)
    told = client.post(f"/desk/claims/limits/{row_id}/switch", follow_redirects=True).text
    assert "Another row of the same limit" in told


def test_only_who_sets_service_changes_the_limits(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    limits.seed_limits(SYSTEM, now)
    keep(cast)
    client.sign_in(cast.customer_service)
    page = client.get("/desk/claims/limits").text
    assert "Take out" not in page and "A limit from its day on" not in page
    assert client.post("/desk/claims/limits", data={}).status_code == 422
    full = {"mode": "air", "code": "x", "rate": "1", "unit": "sdr_per_kg", "source": "xx", "from_on": "2026-03-02",
            "only_declared": ""}  # fmt: skip
    assert client.post("/desk/claims/limits", data=full).status_code == 403
