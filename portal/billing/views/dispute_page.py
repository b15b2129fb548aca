"""Everything that the desk's page of one dispute shows: words, files, the line, the terms, the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import g, request
from sqlalchemy import and_, or_, select

from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.billing.actions import crediting, deciding
from portal.billing.forms.desk import AcceptForm, RejectForm
from portal.billing.labels import DISPUTES, SECOND_LEVEL
from portal.billing.models import Credit, Dispute
from portal.billing.queries.limits import within_limit
from portal.billing.queries.waiting import disputes_for
from portal.billing.rules.credits import Portion, portion_of
from portal.billing.rules.kinds import REASON_WORDS, DisputeReason
from portal.billing.rules.states import DISPUTE_STEPS, DisputeState, DisputeStep
from portal.billing.views.evidence import behind, evidence
from portal.billing.views.line_page import line_chain
from portal.billing.views.line_words import drawn_line, steps_of
from portal.billing.views.recorded import told_of
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.db import audit
from portal.db.base import db
from portal.documents.attached import attached_to
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.money import CURRENCIES
from portal.web.fields import read_number
from portal.web.timeline import happenings

HISTORY_SHOWN = 8
D = Dispute


@dataclass(frozen=True, slots=True)
class Decision:
    """The two forms of a decision; empty-handed where it is not this viewer's to decide."""

    accept: AcceptForm
    reject: RejectForm


@dataclass(frozen=True, slots=True)
class Preview:
    """What granting an amount would credit, and whether one person may."""

    credit: Portion
    within_limit: bool


def decision_forms(dispute: Dispute) -> Decision:
    """The forms, the whole amount proposed."""
    counter = str(dispute.version)
    values = {"version": counter, "amount": _asked(dispute)}
    return Decision(
        AcceptForm(prefix="accept-", data=values),
        RejectForm(prefix="reject-", data={"version": counter}),
    )


def context(dispute: Dispute, forms: Decision) -> dict[str, Any]:
    """The page of a dispute."""
    found, credit = evidence(dispute.line), _credit(dispute)
    return {
        **_words(dispute),
        **behind(found, "desk"),
        "line": drawn_line(dispute.line),
        "row": dispute.line,
        "steps": steps_of(dispute.line),
        "may": rights(dispute),
        "forms_of": forms,
        "preview": _preview(dispute, forms),
        "credit": credit,
        "next_id": _next(dispute),
        "chain": line_chain(dispute.line, found, "desk", dispute, credit, here="dispute"),
    }


def _words(dispute: Dispute) -> dict[str, Any]:
    """What was said about it and since when."""
    return {
        "dispute": dispute,
        "statement": dispute.statement,
        "label": DISPUTES[dispute.state],
        "level": SECOND_LEVEL if dispute.level > 1 else None,
        "why": REASON_WORDS[DisputeReason(dispute.reason)],
        "age": (clock.now() - dispute.raised_at).days,
        "source": told_of(dispute),
        "files": attached_to(dispute, g.viewer),
        "entries": happenings(audit.timeline(dispute, public_only=False)[:HISTORY_SHOWN]),
    }


def rights(dispute: Dispute) -> dict[str, bool]:
    """What this viewer may do about it now; at the second level a manager who did not decide it before."""
    viewer, state = g.viewer, DisputeState(dispute.state)
    second = dispute.level > 1
    manager = viewer.may(P.CREDIT_APPROVE)
    fresh = not second or (manager and viewer.user_id != dispute.first_decided_by)
    decides = viewer.may(P.DISPUTE_DECIDE) and fresh
    pending = state is DisputeState.PENDING_APPROVAL
    approves = pending and manager and fresh and viewer.user_id != dispute.decided_by
    return {
        "take": decides and state is DisputeState.OPEN and dispute.owner_id != viewer.user_id,
        "decide": decides and DISPUTE_STEPS.allows(state, DisputeStep.REJECT),
        "approve": approves,
        "return": approves,
    }


def _asked(dispute: Dispute) -> Decimal:
    """The amount to preview: what was just typed, else all that may be granted."""
    try:
        typed = read_number(request.args.get("accept-amount", ""), 3)
    except Invalid:
        typed = None
    most = deciding.grantable(dispute)
    shown = typed if typed is not None and 0 < typed <= most else most
    return shown.quantize(Decimal(1).scaleb(-CURRENCIES[dispute.currency].minor))


def _preview(dispute: Dispute, forms: Decision) -> Preview | None:
    """What the amount in the form comes to as a credit; None for one that cannot be granted."""
    gross = dispute.proposed_amount or forms.accept.amount.data
    if DisputeState(dispute.state) not in (DisputeState.OPEN, DisputeState.PENDING_APPROVAL):
        return None
    if gross is None or not 0 < gross <= deciding.grantable(dispute):
        return None
    line = dispute.line
    terms = TaxTerms(TaxKind(line.tax_kind), line.tax_percent)
    whole = Portion(line.net_amount, line.tax_amount, line.gross_amount)
    before = crediting.credited(line)
    credit = portion_of(whole, before, gross, terms, dispute.currency)
    return Preview(credit, within_limit(gross, dispute.currency, clock.today()))


def _credit(dispute: Dispute) -> Credit | None:
    """The credit that came of it, the latest of two levels; none is there before something was granted."""
    if not dispute.granted_amount:
        return None
    wanted = visible(select(Credit), Credit, g.viewer).where(
        Credit.source_type.in_(tuple(deciding.SOURCES.values())), Credit.source_id == dispute.id
    )
    return db.session.scalar(wanted.order_by(Credit.id.desc()).limit(1))


def _next(dispute: Dispute) -> int | None:
    """The next one that waits for this viewer, by age; after the last one the first."""
    waiting = visible(select(D.id), D, g.viewer).where(disputes_for(g.viewer), D.id != dispute.id)
    later = or_(
        D.raised_at > dispute.raised_at,
        and_(D.raised_at == dispute.raised_at, D.id > dispute.id),
    )
    return db.session.scalar(waiting.order_by((~later), D.raised_at, D.id).limit(1))
