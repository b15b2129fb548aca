"""When a statement is to be paid, and when silence counts as a yes (DOMAIN E9, R4).

A due day on a holiday moves only where the settlement terms say so, by the working days of kernel.workcalendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.customers.rules.settlement import DueFrom, SettlementKind
from portal.kernel.text import Text, t
from portal.kernel.workcalendar import WEEKDAYS, WorkCalendar

PAID_AT_ONCE = frozenset({SettlementKind.PREPAID, SettlementKind.PER_SHIPMENT})
"""Ways to settle that give no days to pay unless somebody wrote some."""


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How many days after which day a statement is to be paid; frozen with the statement."""

    days: int
    due_from: DueFrom = DueFrom.STATEMENT
    next_working_day: bool = False


def payment_terms(
    kind: str,
    own_days: int | None,
    own_from: str,
    contract: Iterable[tuple[int, str]] = (),
    *,
    next_working_day: bool = False,
) -> PaymentTerms:
    """The terms of a statement: the customer's own days, else those of its contracts, else the kind's.

    `contract`: (payment days, from) of the contracts that are billed; of several the longest counts, since the whole
    statement falls due on one day. Without any: 30 days, none where each shipment is paid for.
    """
    if own_days is not None:
        return PaymentTerms(own_days, DueFrom(own_from), next_working_day)
    agreed = max(contract, default=None)
    if agreed is not None:
        return PaymentTerms(agreed[0], DueFrom(agreed[1]), next_working_day)
    days = 0 if kind in PAID_AT_ONCE else 30
    return PaymentTerms(days, DueFrom(own_from), next_working_day)


def due_on(
    period_ends_on: date,
    terms: PaymentTerms,
    *,
    invoice_on: date | None = None,
    last_service_on: date | None = None,
    calendar: WorkCalendar = WEEKDAYS,
) -> date:
    """The day by which a statement is to be paid (E9).

    From the invoice or the sailing where the terms say so; while that day is not known, from the period's last day.
    """
    known = {DueFrom.INVOICE: invoice_on, DueFrom.SAILING: last_service_on}
    begun = known.get(terms.due_from) or period_ends_on
    due = begun + timedelta(days=terms.days)
    return calendar.on_or_after(due) if terms.next_working_day else due


def years_unknown(terms: Mapping[str, Any], calendar: WorkCalendar) -> Text | None:
    """What to say where a due day of frozen terms was moved by weekdays alone; None where its year is known."""
    text = terms.get("due_on", "")
    if not terms.get("next_working_day") or not text or calendar.knows(date.fromisoformat(text)):
        return None
    return t(
        "China's holidays of %(year)s are not known here yet: only Saturdays and Sundays were left out.", year=text[:4]
    )  # fmt: skip


def deemed_on(published_on: date, days: Iterable[int | None]) -> date | None:
    """The last day to answer before silence counts as a yes; None: it never does (R4).

    `days` are those of the contracts on the statement; where one of them does not say so, silence says nothing, and
    of several the longest counts.
    """
    listed = list(days)
    agreed = [each for each in listed if each is not None]
    if not listed or len(agreed) < len(listed):
        return None
    return published_on + timedelta(days=max(agreed))


def is_deemed(deemed: date | None, today: date) -> bool:
    """Whether silence has become a yes by `today`: the day after the last one to answer, or later."""
    return deemed is not None and today > deemed


def answer_by(published_on: date, confirm_days: int) -> date:
    """By when the customer is asked to answer, whatever silence means."""
    return published_on + timedelta(days=confirm_days)


def silence_sentence(deemed: date | None) -> Text:
    """What the statement says about silence; it must be printed."""
    if deemed is None:
        return t("Silence is not taken as a confirmation.")
    return t(
        "As agreed in the contract, lines that are not disputed by %(day)s count as confirmed.",
        day=deemed.isoformat(),
    )


def overdue_days(due: date, as_of: date) -> int:
    """Days past the due date, 0 on it and before (R9)."""
    return max((as_of - due).days, 0)
