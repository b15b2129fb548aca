"""One claim at the desk: amounts and their working, evidence, liability, offer, approval, settlement, recourse."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import g

from portal.access.permissions import Permission as P
from portal.claims.forms.desk import (
    AskForm,
    ExtendForm,
    JudgeForm,
    OfferForm,
    PayForm,
    ReceivedForm,
    RecourseForm,
    SignedForm,
)
from portal.claims.forms.my import MorePieceForm, PieceForm
from portal.claims.labels import CLAIMS, RECOURSE
from portal.claims.models import Claim
from portal.claims.queries.claims import evidence_of, receipts_of
from portal.claims.queries.limits import claim_limit, recourse_due
from portal.claims.rules.deadlines import is_late
from portal.claims.rules.kinds import Settlement
from portal.claims.rules.states import CLAIM_STEPS, OPEN, ClaimState, ClaimStep, RecourseState
from portal.claims.views import claim_words
from portal.claims.views.my_page import drawn_pieces
from portal.db import audit
from portal.documents.attached import attached_to
from portal.documents.queries import firm_profile
from portal.kernel import clock
from portal.web import chain
from portal.web.chain import ChainLink, linked
from portal.web.timeline import happenings

HISTORY_SHOWN = 12
OFFER_DAYS = 14
C, A = ClaimState, ClaimStep
GOING = (RecourseState.CLAIMED, RecourseState.PARTLY_RECOVERED)


def context(claim: Claim, offer: OfferForm | None = None) -> dict[str, Any]:
    """The page of a claim."""
    return {
        **_standing(claim),
        "working": claim_words.working_of(claim),
        "pieces": drawn_pieces(evidence_of(claim)),
        "receipts": receipts_of(claim),
        "recourse": RECOURSE[claim.recourse],
        "files": attached_to(claim, g.viewer),
        "may": rights(claim),
        "limit": claim_limit(),
        "firm_currency": firm_profile().currency or "CNY",
        "entries": happenings(audit.timeline(claim, public_only=False)[:HISTORY_SHOWN]),
        "chain": _chain(claim),
        "offer_form": offer or offer_form(claim),
        **_forms(claim),
    }


def _standing(claim: Claim) -> dict[str, Any]:
    """Where it is, in words."""
    return {
        "claim": claim,
        "label": CLAIMS[claim.state],
        "words": claim_words.spoken(claim),
        "steps": claim_words.steps_of(claim),
        "notice": claim_words.notice_words(claim),
        "is_late": is_late(claim.noticed_on, claim.notice_due_on),
        "is_refused": claim_words.is_refused(claim),
        "is_expired": claim_words.is_expired(claim),
    }


def offer_form(claim: Claim) -> OfferForm:
    """The form of an offer, the whole assessed amount proposed."""
    until = clock.today() + timedelta(days=OFFER_DAYS)
    return OfferForm(
        prefix="offer-", data={"version": str(claim.version), "offered_amount": claim.assessed_amount, "until": until}
    )  # fmt: skip


def rights(claim: Claim) -> dict[str, bool]:
    """What this viewer may do about it now."""
    state, decides = C(claim.state), g.viewer.may(P.CLAIM_DECIDE)
    is_open = state in OPEN
    return {
        "take": decides and is_open and claim.owner_id != g.viewer.user_id,
        "edit": decides and is_open and claim.assessed_amount is None,
        "file": decides and CLAIM_STEPS.allows(state, A.FILE),
        "evidence": decides and is_open,
        "ask": decides and CLAIM_STEPS.allows(state, A.ASK_EVIDENCE),
        "withdraw": decides and CLAIM_STEPS.allows(state, A.WITHDRAW),
        **_judging(claim, state),
        **_settling(claim, state),
    }


def _judging(claim: Claim, state: ClaimState) -> dict[str, bool]:
    """Survey, liability, offer; of a claim that was declined a manager alone judges."""
    viewer, assessed = g.viewer, claim.assessed_amount or 0
    decides, approves = viewer.may(P.CLAIM_DECIDE), viewer.may(P.CLAIM_APPROVE)
    judges, waits = decides and (claim.level == 1 or approves), state is C.PENDING_APPROVAL
    return {
        "survey": judges and CLAIM_STEPS.allows(state, A.SURVEY),
        "decide": judges and CLAIM_STEPS.allows(state, A.DECIDE),
        "offer": decides and state is C.LIABILITY_DECIDED and assessed > 0,
        "approve": approves and waits and claim.offered_by != viewer.user_id,
        "return": approves and waits,
        "extend": decides and state is C.OFFER_MADE,
        "signed": decides and state is C.OFFER_MADE,
        "refuse": judges and CLAIM_STEPS.allows(state, A.CLOSE) and state is not C.CREDITED,
        "escalate": decides and CLAIM_STEPS.allows(state, A.ESCALATE),
    }


def _settling(claim: Claim, state: ClaimState) -> dict[str, bool]:
    """Credit, payment, recourse."""
    decides, is_agreed = g.viewer.may(P.CLAIM_DECIDE), state is C.AGREED
    return {
        "credit": decides and is_agreed and claim.settlement == Settlement.CREDIT,
        "pay": g.viewer.may(P.CREDIT_GRANT)
        and is_agreed
        and claim.settlement == Settlement.PAYMENT,
        "close": decides and state is C.CREDITED,
        "recourse": decides and state is not C.WITHDRAWN,
        "receive": decides and claim.recourse_amount is not None,
        "give_up": decides and claim.recourse in GOING,
    }


def _forms(claim: Claim) -> dict[str, Any]:
    """The small forms of the page, each fresh."""
    today = clock.today()
    due = claim.recourse_due_on or recourse_due(claim, today)
    return {
        "ask_form": AskForm(formdata=None, prefix="ask-", data={"due_on": today + timedelta(days=5)}),
        "judge_form": JudgeForm(formdata=None),
        "piece_form": PieceForm(formdata=None),
        "more_form": MorePieceForm(formdata=None),
        "extend_form": ExtendForm(formdata=None, prefix="extend-", data={"until": today + timedelta(days=OFFER_DAYS)}),
        "signed_form": SignedForm(formdata=None, prefix="signed-", data={"amount": str(claim.offered_amount or "")}),
        "pay_form": PayForm(formdata=None, prefix="pay-", data={"paid_on": today}),
        "recourse_form": RecourseForm(
            formdata=None, prefix="recourse-",
            data={"party": claim.recourse_party, "amount": claim.recourse_amount or claim.agreed_amount, "due_on": due},
        ),
        "received_form": ReceivedForm(
            formdata=None, prefix="received-", data={"on": today, "payer": claim.recourse_party}
        ),
    }  # fmt: skip


def _chain(claim: Claim) -> list[ChainLink]:
    links = chain.claimed(claim, "desk", here=True)
    if claim.credit is not None:
        links.append(linked(chain.CREDIT, claim.credit.number, "desk_credits.show", P.STATEMENT_SEE,
                            credit_id=claim.credit_id))  # fmt: skip
    return links
