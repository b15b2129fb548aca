"""What of billing waits for staff: drafts to review, statements to publish, disputes, credits, runs with problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.billing.models import Credit, Dispute
from portal.billing.queries import waiting
from portal.billing.rules.states import DisputeState, RunState, StatementState
from portal.db.together import Rows
from portal.home.links import address
from portal.home.queries import CALLED, SHOWN, Part, of, part
from portal.home.rules import Waiting
from portal.kernel.money import format_money
from portal.kernel.text import t

C, D = Credit, Dispute
CREDIT = (C.id, C.number, C.gross_amount, C.currency, CALLED)
DISPUTE = (
    D.id, D.number, D.state, D.level, D.disputed_amount, D.currency, D.raised_at, CALLED
)  # fmt: skip


def at_the_desk(viewer: Viewer, now: datetime) -> list[Part]:
    """For a member of staff, by what the person may do about it."""
    found: list[Part] = []
    if viewer.may(P.STATEMENT_REVIEW) or viewer.may(P.STATEMENT_PUBLISH):
        found.append(part(waiting.statement_counts(viewer), _statements))
    if viewer.may(P.DISPUTE_DECIDE) or viewer.may(P.CREDIT_APPROVE):
        open_ones = of(D, viewer, *DISPUTE).where(waiting.disputes_for(viewer))
        oldest = open_ones.order_by(D.level.desc(), D.raised_at, D.id).limit(SHOWN)
        found.append(part(oldest, partial(_disputes, now)))
    if viewer.may(P.CREDIT_APPROVE):
        proposed = of(C, viewer, *CREDIT).where(waiting.credits_for(viewer))
        found.append(part(proposed.order_by(C.id).limit(SHOWN), _credits))
    if viewer.may(P.STATEMENT_RUN):
        found.append(part(waiting.latest_runs(), _runs))
    return found


def _statements(rows: Rows) -> Iterator[Waiting]:
    counts = {row[0]: row[1] for row in rows}
    words = {
        StatementState.DRAFT: (t("Statements to review: %(count)s"), "pencil-square", t("Review")),
        StatementState.UNDER_REVIEW: (t("Statements to publish: %(count)s"), "send", t("Publish")),
    }
    for state, (title, mark, button) in words.items():
        if state.value in counts:
            url = address("desk_statements.index", state=state.value)
            said = t(title.msgid, count=counts[state.value])
            note = t("The customer sees nothing of them before they are published.")
            yield Waiting(mark, "info", said, note, url, button)


def _disputes(now: datetime, rows: Rows) -> Iterator[Waiting]:
    for dispute_id, number, state, level, amount, currency, raised_at, customer in rows:
        title = (
            t("The grant of dispute %(number)s waits for your approval", number=number)
            if state == DisputeState.PENDING_APPROVAL
            else t("Dispute %(number)s waits for your decision", number=number)
        )
        note = t(
            "%(customer)s · %(amount)s · %(days)s days old",
            customer=customer,
            amount=format_money(amount, currency),
            days=(now - raised_at).days,
        )
        url = address("desk_disputes.show", dispute_id=dispute_id)
        yield Waiting("chat-square-dots", "bad" if level > 1 else "warn", title, note, url, t("Decide"))  # fmt: skip


def _credits(rows: Rows) -> Iterator[Waiting]:
    for credit_id, number, gross, currency, customer in rows:
        title = t("Credit %(number)s waits for your approval", number=number)
        amount = format_money(gross, currency)
        note = t("%(customer)s · %(amount)s", customer=customer, amount=amount)
        url = address("desk_credits.show", credit_id=credit_id)
        yield Waiting("hourglass-split", "warn", title, note, url, t("Decide"))


def _runs(rows: Rows) -> Iterator[Waiting]:
    for run_id, first, last, state, problems in rows:
        stopped = state == RunState.FAILED
        if not stopped and not problems:
            continue
        period = f"{first} – {last}"
        title = (
            t("The billing run of %(period)s stopped", period=period)
            if stopped
            else t(
                "%(count)s customers could not be billed for %(period)s",
                count=len(problems),
                period=period,
            )
        )
        note = t("What is done stays done; the others wait.")
        url = address("desk_statements.run", run_id=run_id)
        yield Waiting("exclamation-triangle", "bad", title, note, url, t("Look at it"))
