"""A customer tells a loss from the phone, sends proof, reads the offer and answers it."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.permissions import Power
from portal.billing.rules.states import StatementState
from portal.claims.actions import answering, deciding, evidence, offering
from portal.claims.actions.offering import Offer
from portal.claims.models import Claim, ClaimEvidence
from portal.claims.queries.claims import evidence_of
from portal.db.base import db
from portal.documents.models import Document
from portal.shipments.models import Shipment
from tests.cast import Cast, member, viewer
from tests.claims import a_claim, desk
from tests.client import CheckingClient
from tests.factories import add
from tests.offers import keep, quick_press
from tests.service import a_request
from tests.statements import a_statement, lines

__all__ = ["quick_press"]
D = Decimal
PICTURE = b"\xff\xd8\xff\xe0 a photograph"
TYPED = {
    "loss": "damaged", "text": "三箱受潮", "claimed_amount": "4,800.00", "currency": "CNY", "mode": "road",
    "packages": "3", "gross_kg": "30", "goods_value": "12000", "delivered_on": "2026-02-27",
}  # fmt: skip


def photo(name: str = "外箱.jpg", body: bytes = PICTURE) -> Any:
    return io.BytesIO(body), name


def claims() -> list[Claim]:
    db.session.rollback()
    return list(db.session.scalars(select(Claim).order_by(Claim.id)))


def pieces() -> list[ClaimEvidence]:
    db.session.rollback()
    return list(db.session.scalars(select(ClaimEvidence).order_by(ClaimEvidence.id)))


@pytest.fixture
def here(client: CheckingClient, cast: Cast) -> CheckingClient:
    return client.sign_in(cast.lin)


def kept(cast: Cast, now: datetime, state: str, **changes: Any) -> int:
    """The id of a claim in a state, saved."""
    claim_id = a_claim(cast, now, state, **changes).id
    keep(cast)
    return claim_id


def test_a_loss_is_told_on_one_page_with_its_photographs(here: CheckingClient, cast: Cast) -> None:
    data = {**TYPED, "customer_id": cast.harbour.id, "photos": [photo()]}
    answer = here.post("/my/claims/new", data=data)
    (claim,) = claims()
    assert answer.headers["Location"] == f"/my/claims/{claim.id}"
    assert (claim.claimed_amount, claim.packages, claim.state) == (D(4800), 3, "notified")
    assert [each.state for each in pieces()] == ["given", "asked", "asked"]
    page = here.get(f"/my/claims/{claim.id}").text
    assert "外箱.jpg" in page and "File the claim" in page and "SR-2026-000001" in page


def test_from_a_shipment_the_goods_are_filled_in(here: CheckingClient, cast: Cast) -> None:
    shipment = add(Shipment(
        customer_id=cast.harbour.id, number="SH-2026-000009", category="sea_fcl", bill_number="OOLU77", pieces=12,
        weight_kg=D("480.5"),
    ))  # fmt: skip
    db.session.commit()
    page = here.get(f"/my/claims/new?shipment={shipment.id}").text
    assert 'value="OOLU77"' in page and 'value="12"' in page and 'value="480.5"' in page
    assert "SH-2026-000009" in page and f"/my/claims/new?shipment={shipment.id}" in page
    here.post(f"/my/claims/new?shipment={shipment.id}", data=TYPED)
    assert claims()[0].shipment_id == shipment.id


def test_from_a_statement_line_the_freight_is_known(here: CheckingClient, cast: Cast) -> None:
    line = lines(a_statement(cast.harbour, state=StatementState.PUBLISHED))[0]
    line_id = line.id
    keep(cast)
    answer = here.post(f"/my/claims/new?statement_line={line_id}", data=TYPED)
    (claim,) = claims()
    assert answer.status_code == 303
    assert (claim.statement_line_id, claim.freight_amount) == (line_id, D(57))


def test_from_a_request_the_claim_joins_it(here: CheckingClient, cast: Cast, now: datetime) -> None:
    request = a_request(cast, now, kind="claim", text="外箱破损")
    request_id = request.id
    keep(cast)
    assert "外箱破损" in here.get(f"/my/claims/new?request={request_id}").text
    here.post(f"/my/claims/new?request={request_id}", data=TYPED)
    assert claims()[0].request_id == request_id


def test_another_customers_shipment_or_request_is_not_there(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    shipment = add(Shipment(customer_id=cast.nordwind.id, number="SH-2026-000008"))
    request = a_request(cast, now, customer=cast.nordwind)
    ids = shipment.id, request.id
    keep(cast)
    assert here.get(f"/my/claims/new?shipment={ids[0]}").status_code == 404
    assert here.get(f"/my/claims/new?request={ids[1]}").status_code == 404
    assert here.get(f"/my/claims/new?customer_id={cast.nordwind.id}").status_code == 404


@pytest.mark.parametrize(("typed", "said"), [
    ({"loss": ""}, "Choose what happened."), ({"mode": ""}, "Choose how the goods travelled."),
    ({"text": " "}, "Say what happened"),
    ({"claimed_amount": ""}, "Write the amount"), ({"claimed_amount": "viel"}, "not a number"),
    ({"claimed_amount": "-1"}, "above zero"), ({"delivered_on": "2026-03-09"}, "before their damage"),
    ({"packages": "0"}, "From 1 to"), ({"claimed_amount": "1.005"}, "no such small unit"),
])  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    here: CheckingClient, cast: Cast, typed: dict[str, str], said: str
) -> None:
    data = {**TYPED, "customer_id": cast.harbour.id, "waybill": "WB-1", **typed}
    answer = here.post("/my/claims/new", data=data)
    assert answer.status_code == 422 and said in answer.text and 'value="WB-1"' in answer.text
    assert claims() == []


def test_how_the_goods_travelled_is_asked_where_no_shipment_says_it(here: CheckingClient) -> None:
    page = here.get("/my/claims/new").text
    assert '<option value="">—</option>' in page and '<option selected value="road">' not in page


def test_the_currencies_used_daily_stand_first_with_their_names(here: CheckingClient) -> None:
    found = here.get("/my/claims/new").text
    at = [
        found.index(f">{name}<")
        for name in ("CNY Yuan Renminbi", "USD US Dollar", "EUR Euro", "AED UAE Dirham")
    ]
    assert at == sorted(at)


def test_a_claim_begins_in_the_currency_that_its_customer_uses(
    client: CheckingClient, cast: Cast
) -> None:
    cast.nordwind.default_currency = "EUR"
    keep(cast)
    found = client.sign_in(cast.erik).get("/my/claims/new").text
    assert '<option selected value="EUR">' in found


def test_pieces_that_are_no_whole_number_are_told(here: CheckingClient, cast: Cast) -> None:
    data = {**TYPED, "packages": "1.5", "customer_id": cast.harbour.id}
    assert "Write a whole number." in here.post("/my/claims/new", data=data).text


def test_a_program_named_as_a_picture_is_refused(here: CheckingClient, cast: Cast) -> None:
    data = {**TYPED, "customer_id": cast.harbour.id, "photos": [photo("x.jpg", b"MZ\x00\x01")]}
    answer = here.post("/my/claims/new", data=data)
    assert answer.status_code == 422 and "not one of" in answer.text and claims() == []


def test_the_form_sent_twice_makes_one_claim(here: CheckingClient, cast: Cast) -> None:
    data = {**TYPED, "customer_id": cast.harbour.id, "csrf_token": here._token()}
    first, second = (here.post("/my/claims/new", data=data).headers["Location"] for _ in range(2))
    assert first == second and len(claims()) == 1


def test_proof_is_sent_piece_by_piece_and_the_claim_filed(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "notified")
    refused = here.post(f"/my/claims/{claim_id}/file", follow_redirects=True).text
    assert "at least one piece" in refused
    second = pieces()[1].id
    here.post(f"/my/claims/{claim_id}/evidence/{second}", data={"files": [photo("签收单.jpg")]})
    here.post(f"/my/claims/{claim_id}/evidence", data={"kind": "opening_video", "files": [photo()]})
    assert [each.state for each in pieces()] == ["asked", "given", "asked", "given"]
    here.post(f"/my/claims/{claim_id}/file")
    assert claims()[0].state == "filed" and "签收单.jpg" in here.get(f"/my/claims/{claim_id}").text


def test_a_piece_without_a_file_is_told(here: CheckingClient, cast: Cast, now: datetime) -> None:
    claim_id = kept(cast, now, "notified")
    url = f"/my/claims/{claim_id}/evidence/{pieces()[0].id}"
    assert "Choose a file." in here.post(url, follow_redirects=True).text
    bad = {"files": [photo("x.jpg", b"<svg></svg>")]}
    assert "not one of" in here.post(url, data=bad, follow_redirects=True).text
    assert pieces()[0].state == "asked"


def test_a_piece_of_another_claim_is_not_there(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    first = kept(cast, now, "notified")
    other = pieces()[0].id
    second = kept(cast, now, "notified")
    assert first != second
    assert (
        here.post(f"/my/claims/{second}/evidence/{other}", data={"files": [photo()]}).status_code
        == 404
    )


def test_the_course_is_drawn_and_the_offer_leads(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "offer_made")
    page = here.get(f"/my/claims/{claim_id}").text
    assert 'class="steps"' in page and 'aria-current="step">Offer made' in page
    assert "Read the offer" in page and "4,500.00" in page
    offer = here.get(f"/my/claims/{claim_id}/offer").text
    assert "装卸时叉车碰撞" in offer and "4,500.00" in offer and "We accept this amount" in offer


def test_what_is_not_offered_yet_is_not_told(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "liability_decided", offer=6000, claimed_amount=D(6000))
    offering.offer(claim, Offer(D(6000), "内部尚未批准的措辞"), desk(cast), now)
    claim_id = claim.id
    keep(cast)
    page = here.get(f"/my/claims/{claim_id}").text
    assert (
        "With us" in page
        and "尚未批准" not in page
        and "叉车" not in page
        and "Offer sent for" not in page
    )
    assert here.get(f"/my/claims/{claim_id}/offer").status_code == 302
    assert here.get(f"/my/claims/{claim_id}/agreement").status_code == 409


@pytest.mark.usefixtures("quick_press")
def test_the_offer_is_accepted_and_the_agreement_printed(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "offer_made")
    preview = here.get(f"/my/claims/{claim_id}/agreement").text
    assert "理赔协议" in preview and "4,500.00" in preview and "一次性了结" in preview
    nothing = here.post(f"/my/claims/{claim_id}/accept", data={"amount": "4500.000"})
    assert nothing.status_code == 422 and "Tick this" in nothing.text
    here.post(f"/my/claims/{claim_id}/accept", data={"amount": "4500.000", "understood": "y"})
    (claim,) = claims()
    assert (claim.state, claim.agreed_amount, claim.agreed_by) == ("agreed", D(4500), cast.lin.id)
    paper = db.session.get_one(Document, claim.document_id)
    assert (paper.kind, paper.state) == (
        "claim_agreement",
        "accepted",
    ) and "理赔协议" in paper.file_name
    assert here.get(f"/my/claims/{claim_id}/agreement").status_code == 200


@pytest.mark.parametrize("amount", ["4400", "", "viel", "4500.01"])
def test_another_amount_than_the_offers_is_not_accepted(
    here: CheckingClient, cast: Cast, now: datetime, amount: str
) -> None:
    claim_id = kept(cast, now, "offer_made")
    answer = here.post(f"/my/claims/{claim_id}/accept", data={"amount": amount, "understood": "y"})
    assert answer.status_code == 409 and "has changed" in answer.text
    assert claims()[0].state == "offer_made"


def test_a_declined_offer_needs_a_reason(here: CheckingClient, cast: Cast, now: datetime) -> None:
    claim_id = kept(cast, now, "offer_made")
    assert here.post(f"/my/claims/{claim_id}/decline", data={"reason": " "}).status_code == 422
    here.post(f"/my/claims/{claim_id}/decline", data={"reason": "应按发票全额"})
    assert (claims()[0].state, claims()[0].decline_reason) == ("declined", "应按发票全额")
    late = here.post(f"/my/claims/{claim_id}/decline", data={"reason": "再说一次"})
    assert late.status_code == 409


def test_who_may_only_raise_requests_reads_the_offer_but_does_not_answer_it(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "offer_made")
    keeper = member("Wang Hao", cast.harbour, frozenset({Power.RAISE_REQUESTS}), now)
    keep(cast)
    db.session.refresh(keeper)
    client.sign_in(keeper)
    page = client.get(f"/my/claims/{claim_id}/offer").text
    assert "for colleagues who may dispute bills" in page and "We accept this" not in page
    data = {"amount": "4500", "understood": "y"}
    assert client.post(f"/my/claims/{claim_id}/accept", data=data).status_code == 403


def test_who_only_disputes_bills_may_read_and_answer_but_not_add(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim_id = kept(cast, now, "offer_made")
    payer = member("Sun Li", cast.harbour, frozenset({Power.DISPUTE_BILLS}), now)
    keep(cast)
    db.session.refresh(payer)
    client.sign_in(payer)
    assert "We accept this" in client.get(f"/my/claims/{claim_id}/offer").text
    assert (
        client.post(f"/my/claims/{claim_id}/evidence", data={"files": [photo()]}).status_code == 403
    )


def test_an_expired_offer_says_so(here: CheckingClient, cast: Cast, now: datetime) -> None:
    claim = a_claim(cast, now, "offer_made")
    claim.offer_until = date(2026, 3, 1)
    claim_id = claim.id
    keep(cast)
    assert "last day is over" in here.get(f"/my/claims/{claim_id}/offer").text
    answer = here.post(f"/my/claims/{claim_id}/accept", data={"amount": "4500", "understood": "y"})
    assert answer.status_code == 409 and "last day is over" in answer.text


def test_it_is_withdrawn_with_a_reason(here: CheckingClient, cast: Cast, now: datetime) -> None:
    claim_id = kept(cast, now, "filed")
    here.post(f"/my/claims/{claim_id}/withdraw", data={"reason": ""})
    assert claims()[0].state == "filed"
    here.post(f"/my/claims/{claim_id}/withdraw", data={"reason": "货物已找到"})
    assert (
        claims()[0].state == "withdrawn" and "货物已找到" in here.get(f"/my/claims/{claim_id}").text
    )


def test_the_refusal_is_read_with_its_reason(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "under_survey")
    deciding.decide(claim, deciding.Verdict("customer", "包装不足。", None), desk(cast), now)
    deciding.refuse(claim, "包装由发货人负责。", desk(cast), now)
    claim_id = claim.id
    keep(cast)
    page = here.get(f"/my/claims/{claim_id}").text
    assert (
        "包装由发货人负责。" in page
        and "Claim refused" in page
        and "We cannot grant this claim." in page
    )


def test_the_list_shows_ours_and_only_ours(
    client: CheckingClient, cast: Cast, now: datetime
) -> None:
    kept(cast, now, "credited")
    ours = client.sign_in(cast.lin).get("/my/claims").text
    assert "CL-2026-000001" in ours and "4,500.00" in ours
    assert "CL-2026-000001" in client.get("/my/claims?q=wb-7788").text
    assert "CL-2026-000001" not in client.get("/my/claims?state=offer_made").text
    assert "CL-2026-000001" not in client.sign_in(cast.erik).get("/my/claims").text
    assert client.sign_in(cast.clerk).get("/my/claims").status_code == 403


def test_what_was_judged_insufficient_asks_for_a_better_one(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "filed")
    evidence.judge(evidence_of(claim)[0], "refused", "看不清箱号", desk(cast), now)
    claim_id = claim.id
    keep(cast)
    page = here.get(f"/my/claims/{claim_id}").text
    assert (
        "看不清箱号" in page and "Not sufficient" in page and "We need something from you" in page
    )


def test_an_answer_after_a_withdrawal_finds_the_door_closed(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "offer_made")
    claim_id = claim.id
    answering.withdraw(claim, "货物已找到", viewer(cast.lin), now)
    keep(cast)
    answer = here.post(f"/my/claims/{claim_id}/accept", data={"amount": "4500", "understood": "y"})
    assert answer.status_code == 409 and "Open the claim" in answer.text


def test_a_shipments_page_and_a_lines_page_lead_to_their_claim(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    shipment = add(Shipment(customer_id=cast.harbour.id, number="SH-2026-000009"))
    line = lines(a_statement(cast.harbour, state=StatementState.PUBLISHED))[0]
    about = {"shipment_id": shipment.id, "statement_line_id": line.id}
    claim_id, pages = (
        a_claim(cast, now, **about).id,
        (f"shipments/{shipment.id}", f"statements/lines/{line.id}"),
    )
    keep(cast)
    for door, who in (("my", cast.lin), ("desk", cast.customer_service)):
        here.sign_in(who)
        for page in pages:
            text = here.get(f"/{door}/{page}").text
            assert f"/{door}/claims/{claim_id}" in text and f"/{door}/claims/new?" in text, (
                door,
                page,
            )


def test_the_request_at_the_desk_shows_its_claim(
    here: CheckingClient, cast: Cast, now: datetime
) -> None:
    claim = a_claim(cast, now, "offer_made")
    claim_id, request_id = claim.id, claim.request_id
    keep(cast)
    page = here.sign_in(cast.customer_service).get(f"/desk/requests/{request_id}").text
    assert f"/desk/claims/{claim_id}" in page and "4,500.00" in page
