"""The settlement agreement 理赔协议 as a paper: previewed with the offer, printed once it is agreed (section 18)."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.billing.actions.paper_parties import (
    DRAFT,
    LANGUAGES,
    customer_party,
    file_name,
    in_words,
    our_contact,
    proof,
)
from portal.claims.models import Claim
from portal.claims.rules.agreement_paper import AgreementPaper, Settled, articles_of
from portal.claims.rules.kinds import Loss, Settlement
from portal.claims.rules.states import ClaimState
from portal.db.base import db
from portal.documents import page, render
from portal.documents.actions.keeping import PaperName, keep
from portal.documents.labels import LABELS
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words
from portal.kernel.clock import business_day
from portal.kernel.errors import NotAllowedNow
from portal.kernel.text import t
from portal.service_requests.rules.clock_kinds import Mode
from portal.service_requests.rules.work_hours import ZONE

TEMPLATE = "claim_agreement.html"
KIND = "claim_agreement"
AGREED = (ClaimState.AGREED, ClaimState.CREDITED, ClaimState.CLOSED)
OFFERED = (ClaimState.OFFER_MADE, *AGREED)


def print_agreement(claim: Claim, actor: Viewer, now: datetime) -> Document:
    """Print what was agreed, once; printed before: that paper. NotAllowedNow before it is agreed."""
    if claim.document_id is not None:
        return db.session.get_one(Document, claim.document_id)
    if claim.agreed_amount is None or claim.state not in AGREED:
        raise NotAllowedNow(t("The agreement is printed once the offer is accepted."))
    code = new_code()
    paper = agreement_paper(claim, now=now, code=code)
    printed = render.render(TEMPLATE, paper, paper.language)
    customer = claim.customer
    name = PaperName(
        customer_id=claim.customer_id, kind=KIND, number=claim.number,
        file_name=file_name(customer, LABELS[KIND], customer.document_language, claim.number),
        language=customer.document_language, subject_type=Claim.__tablename__, subject_id=claim.id, code=code,
    )  # fmt: skip
    document = keep(printed, name, actor.user_id, now, "accepted")
    claim.document_id = document.id
    return document


def preview(claim: Claim, now: datetime, stylesheets: tuple[str, ...] = ()) -> str:
    """The agreement as a page for the browser, to be read before it is accepted; NotAllowedNow without an offer."""
    if claim.state not in OFFERED or claim.offered_amount is None:
        raise NotAllowedNow(t("There is no offer yet."))
    paper = agreement_paper(claim, now=now)
    return page.preview(TEMPLATE, paper, paper.language, stylesheets)


def agreement_paper(
    claim: Claim, language: PaperLanguage | None = None, *, now: datetime, code: str = ""
) -> AgreementPaper:
    """What the agreement says; the caller was let in to the claim by the gate."""
    firm, said = firm_on_paper(), _settled(claim)
    is_agreed = claim.agreed_at is not None
    ours = our_contact(firm, claim.owner_id, claim.offered_by)
    return AgreementPaper(
        number=claim.number,
        issued_on=business_day(claim.agreed_at or claim.offered_at or now),
        created_at=now,
        currency=claim.currency,
        amount=said.amount,
        firm=firm,
        customer=customer_party(claim.customer),
        supplier=ours,
        articles=articles_of(said),
        request=said.request,
        shipment=said.shipment,
        waybill=said.waybill,
        in_words=said.capitals,
        accepted=_accepted(claim),
        is_sealed=is_agreed,
        verification=proof(code),
        mark=NO_WORDS if is_agreed else DRAFT,
        language=language or LANGUAGES.get(claim.customer.document_language, PaperLanguage.BOTH),
    )


def _settled(claim: Claim) -> Settled:
    amount = claim.agreed_amount or claim.offered_amount or claim.claimed_amount
    customer = claim.customer
    account = " ".join(each for each in (customer.bank_name, customer.bank_account) if each)
    return Settled(
        claim.number, claim.request.number, Loss(claim.loss), Mode(claim.mode), claim.currency, claim.claimed_amount,
        amount, Settlement(claim.settlement), claim.shipment.number if claim.shipment else "", claim.waybill,
        claim.delivered_on, in_words(amount, claim.currency), account,
    )  # fmt: skip


def _accepted(claim: Claim) -> Words:
    """Who accepted it in the portal, and when; nothing where staff hold the signed paper."""
    user = db.session.get(User, claim.agreed_by) if claim.agreed_by else None
    if user is None or claim.agreed_at is None or user.kind != "customer":
        return NO_WORDS
    at = f"{claim.agreed_at.astimezone(ZONE):%Y-%m-%d %H:%M}"
    return Words(
        f"{user.name} 于 {at} 在客户门户确认", f"Accepted in the portal by {user.name}, {at}"
    )
