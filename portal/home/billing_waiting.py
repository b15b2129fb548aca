"""What of billing waits for staff: drafts to review, statements to publish, disputes, credits, runs with problems."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from portal.access.permissions import Permission as P
from portal.access.viewer import Viewer
from portal.billing.queries import waiting
from portal.billing.rules.states import DisputeState, RunState, StatementState
from portal.home.links import address
from portal.home.queries import SHOWN
from portal.home.rules import Waiting
from portal.kernel.money import format_money
from portal.kernel.text import t


def at_the_desk(viewer: Viewer, now: datetime) -> list[Waiting]:
    """For a member of staff, by what the person may do about it."""
    found: list[Waiting] = []
    if viewer.may(P.STATEMENT_REVIEW) or viewer.may(P.STATEMENT_PUBLISH):
        found += _statements(viewer)
    if viewer.may(P.DISPUTE_DECIDE) or viewer.may(P.CREDIT_APPROVE):
        found += _disputes(viewer, now)
    if viewer.may(P.CREDIT_APPROVE):
        found += _credits(viewer)
    if viewer.may(P.STATEMENT_RUN):
        found += _runs()
    return found


def _statements(viewer: Viewer) -> Iterator[Waiting]:
    counts = waiting.statement_counts(viewer)
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


def _disputes(viewer: Viewer, now: datetime) -> Iterator[Waiting]:
    for each in waiting.disputes_to_decide(viewer, SHOWN):
        pending = each.state == DisputeState.PENDING_APPROVAL
        title = (
            t("The grant of dispute %(number)s waits for your approval", number=each.number)
            if pending
            else t("Dispute %(number)s waits for your decision", number=each.number)
        )
        note = t(
            "%(customer)s · %(amount)s · %(days)s days old",
            customer=each.customer.label,
            amount=format_money(each.disputed_amount, each.currency),
            days=(now - each.raised_at).days,
        )
        tone = "bad" if each.level > 1 else "warn"
        url = address("desk_disputes.show", dispute_id=each.id)
        yield Waiting("chat-square-dots", tone, title, note, url, t("Decide"))


def _credits(viewer: Viewer) -> Iterator[Waiting]:
    for each in waiting.credits_to_approve(viewer, SHOWN):
        title = t("Credit %(number)s waits for your approval", number=each.number)
        amount = format_money(each.gross_amount, each.currency)
        note = t("%(customer)s · %(amount)s", customer=each.customer.label, amount=amount)
        url = address("desk_credits.show", credit_id=each.id)
        yield Waiting("hourglass-split", "warn", title, note, url, t("Decide"))


def _runs() -> Iterator[Waiting]:
    for each in waiting.runs_with_problems():
        period = f"{each.starts_on} – {each.ends_on}"
        stopped = each.state == RunState.FAILED
        title = (
            t("The billing run of %(period)s stopped", period=period)
            if stopped
            else t(
                "%(count)s customers could not be billed for %(period)s",
                count=len(each.problems),
                period=period,
            )
        )
        note = t("What is done stays done; the others wait.")
        url = address("desk_statements.run", run_id=each.id)
        yield Waiting("exclamation-triangle", "bad", title, note, url, t("Look at it"))
