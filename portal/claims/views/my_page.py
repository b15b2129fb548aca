"""One claim as its customer follows it: the course, the evidence, the offer, what came of it."""

from __future__ import annotations

from typing import Any

from flask import g
from sqlalchemy import select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.models import StatementLine
from portal.claims.forms.my import AcceptForm, DeclineForm, MorePieceForm, PieceForm
from portal.claims.labels import CLAIMS_FOR_CUSTOMERS, EVIDENCE
from portal.claims.models import Claim, ClaimEvidence
from portal.claims.queries.claims import evidence_of
from portal.claims.rules.evidence import TAKES_FILES, can_file, is_missing
from portal.claims.rules.kinds import EVIDENCE_KIND_WORDS, EvidenceKind
from portal.claims.rules.states import CLAIM_STEPS, OPEN, ClaimState, ClaimStep
from portal.claims.views import claim_words
from portal.claims.views.prefill import About
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.documents.attached import attached_to, attached_to_each
from portal.web import chain
from portal.web.chain import ChainLink, reached
from portal.web.timeline import happenings

C = ClaimState
TOLD = (C.OFFER_MADE, C.AGREED, C.DECLINED, C.CREDITED, C.CLOSED)
"""From the offer on the customer reads how it was judged."""


def context(claim: Claim) -> dict[str, Any]:
    """Everything that the page shows."""
    pieces, placed = evidence_of(claim), _placed(claim)
    return {
        **_standing(claim),
        "pieces": drawn_pieces(pieces),
        "missing": sum(1 for each in pieces if is_missing(each.state)),
        "piece_form": PieceForm(formdata=None),
        "more_form": MorePieceForm(formdata=None),
        "files": attached_to(claim, g.viewer),
        "may": _may(claim, pieces),
        "placed": placed,
        "chain": _chain(claim, placed),
        "entries": happenings(audit.timeline(claim, public_only=True)),
    }


def _standing(claim: Claim) -> dict[str, Any]:
    """Where it is, in words."""
    return {
        "claim": claim,
        "label": CLAIMS_FOR_CUSTOMERS[claim.state],
        "steps": claim_words.steps_of(claim),
        "words": claim_words.spoken(claim),
        "is_told": claim.state in TOLD and claim.liability is not None,
        "is_refused": claim_words.is_refused(claim),
        "is_expired": claim_words.is_expired(claim),
    }


def offer_context(claim: Claim, accepting: AcceptForm, declining: DeclineForm) -> dict[str, Any]:
    """The page of an offer that is out."""
    if not accepting.is_submitted():
        accepting.amount.data = str(claim.offered_amount)
    return {
        "claim": claim,
        "working": claim_words.working_of(claim),
        "words": claim_words.spoken(claim),
        "is_expired": claim_words.is_expired(claim),
        "may_answer": g.viewer.may(P.CLAIM_ANSWER),
        "accepting": accepting,
        "declining": declining,
    }


def drawn_pieces(pieces: list[ClaimEvidence]) -> list[dict[str, Any]]:
    """Each piece with its words, its state and its files."""
    files = attached_to_each(pieces, g.viewer)
    return [
        {
            "row": each,
            "name": EVIDENCE_KIND_WORDS[EvidenceKind(each.kind)],
            "label": EVIDENCE[each.state],
            "files": files[each.id],
            "takes_files": each.state in TAKES_FILES,
            "is_missing": is_missing(each.state),
        }
        for each in pieces
    ]


def claimants(told: About) -> list[Customer]:
    """For whom the claim may be: the one that it is about, else each customer that the person acts for."""
    ids = [told.customer_id] if told.customer_id else _own_ids()
    wanted = visible(select(Customer), Customer, g.viewer).where(Customer.id.in_(ids))
    rows = list(db.session.scalars(wanted.order_by(Customer.id)))
    rows.sort(key=lambda row: (row.id != g.viewer.customer_id, row.id))
    return rows


def _own_ids() -> list[int]:
    own = set(g.viewer.customer_ids or ())
    return sorted(own | ({g.viewer.customer_id} if g.viewer.customer_id else set()))


def _may(claim: Claim, pieces: list[ClaimEvidence]) -> dict[str, bool]:
    """What this person may do about it now."""
    state, raises = C(claim.state), g.viewer.may(P.REQUEST_RAISE)
    return {
        "give": raises and state in OPEN,
        "file": raises and CLAIM_STEPS.allows(state, ClaimStep.FILE),
        "can_file": can_file(each.state for each in pieces),
        "withdraw": raises and CLAIM_STEPS.allows(state, ClaimStep.WITHDRAW),
        "answer": g.viewer.may(P.CLAIM_ANSWER) and state is C.OFFER_MADE,
        "read_offer": state is C.OFFER_MADE,
    }


def _placed(claim: Claim) -> StatementLine | None:
    """The line of a published statement that carries the credit, where this person may see it."""
    if claim.credit_id is None or not g.viewer.may(P.STATEMENT_SEE):
        return None
    line = StatementLine
    wanted = visible(select(line), line, g.viewer).where(
        line.credit_id == claim.credit_id, line.until_revision.is_(None)
    )
    found = db.session.scalar(wanted)
    return found if found is not None and found.statement.revision_no else None


def _chain(claim: Claim, placed: StatementLine | None) -> list[ChainLink]:
    links = chain.claimed(claim, "my", here=True)
    if claim.credit is not None:
        url = placed and reached("my_statements.line", P.STATEMENT_SEE, line_id=placed.id)
        links.append(ChainLink(chain.CREDIT, claim.credit.number, url or None))
    return links
