"""What is used and not billed yet, on its page: by customer and age, by reason, by unit; what stands on drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _

from portal.billing.labels import STATEMENTS
from portal.customers.models import CreditStanding
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.receivables.queries import report_unbilled as queries
from portal.receivables.queries.report_lines import By
from portal.receivables.queries.report_unbilled import AGES, Unbilled
from portal.receivables.views import report_priced
from portal.receivables.views.desk_door import customer_of
from portal.receivables.views.report_files import files
from portal.receivables.views.report_question import Question, context
from portal.receivables.views.report_revenue_page import namer
from portal.usage.rules.states import MISMATCH_WORDS, Mismatch
from portal.web.report_tables import Head, Kind, Line, ReportTable
from portal.web.stepping import number_in
from portal.web.words import say

COUNT, AMOUNT = Kind.COUNT, Kind.AMOUNT
CUSTOMER_HEADS = (
    Head(t("Records"), COUNT, total=True),
    Head(t("Not matched"), COUNT, total=True),
    Head(t("Currency")),
    Head(t("Worked out as"), AMOUNT),
    Head(t("Worked out on")),
)
CURRENCY_AT = 2
"""Place of the currency among them."""
CUSTOMER_NOTE = t(
    "Usage records by the days since their use. What they come to is worked out for each customer with its exposure, "
    "storage and fees included; choose a customer to price it now."
)
NOTHING = t("Everything that was used is on a published statement or a draft.")
WAITS = t("Waits for the billing run")
NO_PRICE = t("Could not be billed by the last run")


@dataclass(slots=True)
class Aged:
    """Records by age, what they add up to by age, and how many of them found no entitlement."""

    counts: list[int] = field(default_factory=lambda: [0] * AGES)
    quantities: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * AGES)
    unmatched: int = 0

    def include(self, row: Unbilled) -> None:
        """Some more."""
        self.counts[row.age] += row.records
        self.quantities[row.age] += row.quantity
        self.unmatched += row.records if row.mismatch else 0


def page_context(question: Question) -> dict[str, Any]:
    """The page, or one customer's part of it."""
    chosen = number_in("customer")
    if chosen is not None:
        customer = customer_of(chosen)
        shown = [_units(queries.of_customer(customer.id, clock.today(), g.viewer))]
        priced = report_priced.priced(customer)
        return {
            "customer": customer, "priced": priced, "file_urls": {},
            "tables": [table for table in (*priced.tables, *shown) if table.lines], **context(question, "unbilled"),
        }  # fmt: skip
    rows = queries.by_customer(clock.today(), g.viewer)
    shown = [_customers(rows), _reasons(rows), _units(_by_unit()), _problems(), _drafts()]
    return {
        "customer": None, "tables": [table for table in shown if table.lines or table.empty],
        "file_urls": files(question, shown), **context(question, "unbilled"),
    }  # fmt: skip


def tables(_question: Question) -> dict[str, Callable[[], ReportTable]]:
    """Key → the table, for a file."""
    return {
        "unbilled": lambda: _customers(queries.by_customer(clock.today(), g.viewer)),
        "reasons": lambda: _reasons(queries.by_customer(clock.today(), g.viewer)),
        "units": lambda: _units(_by_unit()),
        "problems": _problems,
        "drafts": _drafts,
    }


def _by_unit() -> list[Unbilled]:
    return queries.by_unit(clock.today(), g.viewer)


def _grouped(rows: Iterable[Unbilled], by: Callable[[Unbilled], Any]) -> dict[Any, Aged]:
    found: dict[Any, Aged] = {}
    for row in rows:
        found.setdefault(by(row), Aged()).include(row)
    return found


def _customers(rows: list[Unbilled]) -> ReportTable:
    found, standings = _grouped(rows, lambda row: row.key), queries.standings(g.viewer)
    names = namer(By.CUSTOMER, map(str, found))
    ranked = sorted(found.items(), key=lambda each: (-sum(each[1].counts), each[0]))
    lines = [
        Line(
            [names(str(key))[1], *aged.counts, sum(aged.counts), aged.unmatched, *_known(standings.get(key))],
            {0: url_for("desk_reports.unbilled", customer=key)},
        )
        for key, aged in ranked
    ]  # fmt: skip
    heads = [Head(t("Customer")), *_ages(COUNT), *CUSTOMER_HEADS]
    title, note = _("By customer and age"), say(CUSTOMER_NOTE)
    at = len(heads) - len(CUSTOMER_HEADS) + CURRENCY_AT
    return ReportTable(
        "unbilled", title, heads, lines, at, sums_apart=False, note=note, empty=say(NOTHING)
    )


def _ages(kind: Kind) -> list[Head]:
    return [Head(words, kind, total=kind is COUNT) for words in queries.age_words()]


def _known(standing: CreditStanding | None) -> tuple[str | None, Decimal | None, date | None]:
    """Currency, amount and day of what the unbilled came to when it was worked out last."""
    if standing is None or standing.worked_out_at is None:
        return None, None, None
    return standing.currency, standing.unbilled_amount, clock.business_day(standing.worked_out_at)


def _reasons(rows: list[Unbilled]) -> ReportTable:
    found = _grouped(rows, lambda row: row.mismatch)
    customers = {each: len({row.key for row in rows if row.mismatch == each}) for each in found}
    lines = [
        Line(
            [say(MISMATCH_WORDS[Mismatch(key)] if key else WAITS), customers[key], *aged.counts, sum(aged.counts)],
            {6: url_for("desk_usage.index", state="unmatched", why=key) if key else None},
        )
        for key, aged in sorted(found.items())
    ]  # fmt: skip
    heads = [
        Head(t("Reason")),
        Head(t("Customers"), COUNT),
        *_ages(COUNT),
        Head(t("Records"), COUNT, total=True),
    ]
    return ReportTable("reasons", _("Why it is not billed"), heads, lines)


def _units(rows: list[Unbilled]) -> ReportTable:
    lines = [
        Line([say(unit_word(unit)), *aged.quantities, sum(aged.quantities, Decimal(0)), sum(aged.counts)])
        for unit, aged in sorted(_grouped(rows, lambda row: row.key).items())
    ]  # fmt: skip
    heads = [
        Head(t("Unit")),
        *_ages(Kind.QUANTITY),
        Head(t("Quantity"), Kind.QUANTITY),
        Head(t("Records"), COUNT, total=True),
    ]
    return ReportTable("units", _("Quantities by unit"), heads, lines)


def _problems() -> ReportTable:
    """Why the last run could bill nothing to whom: no rate, no price; only of those whom the viewer may see."""
    run_id, problems = queries.last_problems()
    seen = queries.seen(problems, g.viewer)
    name = namer(By.PAYER, map(str, seen))
    lines = [
        Line([name(str(party))[1], say(Text.from_json(problems[party]))], {0: _run_url(run_id)})
        for party in seen
    ]
    return ReportTable("problems", say(NO_PRICE), [Head(t("Customer")), Head(t("Reason"))], lines)


def _run_url(run_id: int) -> str:
    return url_for("desk_statements.run", run_id=run_id)


def _drafts() -> ReportTable:
    lines = [
        Line(
            [say(STATEMENTS[row.state].text), row.currency, row.statements, row.lines, row.net, row.gross],
            {2: url_for("desk_statements.index", state=row.state, currency=row.currency)},
        )
        for row in queries.drafts(g.viewer)
    ]  # fmt: skip
    heads = [
        Head(t("State")),
        Head(t("Currency")),
        Head(t("Statements"), COUNT, total=True),
        Head(t("Lines"), COUNT, total=True),
        Head(t("Net"), AMOUNT, total=True),
        Head(t("Amount with tax"), AMOUNT, total=True),
    ]
    return ReportTable("drafts", _("On drafts, not published"), heads, lines, currency_at=1)
