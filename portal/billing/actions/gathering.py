"""All there is to bill for one settlement party in one period: worked out, nothing saved (DESIGN section 4).

Drafts, previews and the running charges of an open month come by this same path. What one run bills once is marked on
its lines; whatever was billed before is left out, so that gathering again after drafting gives the same content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions.gather_fixed import gather_fixed
from portal.billing.actions.gather_storage import gather_storage
from portal.billing.actions.gather_usage import gather_usage
from portal.billing.actions.pricing import Pricing
from portal.billing.queries.party_books import books_of
from portal.billing.queries.tables import Tables
from portal.billing.queries.unbilled import Live, live_statements
from portal.billing.rules.months import end_of
from portal.billing.rules.statement_lines import LineDraft, in_order
from portal.kernel.period import Period

Lines = dict[str, list[LineDraft]]


@dataclass(frozen=True, slots=True)
class StatementContent:
    """What one statement says, or would say: the party, the period, the currency, the lines in their order.

    `live` is the statement that the party has for this period and currency. A draft is written anew; where it is under
    review or published already, the lines are what came since and wait for the next period (`waits`).
    """

    party_id: int
    period: Period
    currency: str
    language: str
    lines: list[LineDraft]
    live: Live | None = None

    @property
    def waits(self) -> bool:
        """Whether the period's statement is closed to these lines."""
        return self.live is not None and not self.live.is_draft

    def header(self) -> Mapping[str, Any]:
        """The header as the content hash takes it; a draft's says the same before it has a number."""
        return {
            "customer_id": self.party_id, "currency": self.currency, "starts_on": self.period.start_on,
            "ends_on": end_of(self.period),
        }  # fmt: skip


def gather(
    party_id: int, period: Period, viewer: Viewer, today: date, tables: Tables | None = None
) -> list[StatementContent]:
    """What there is to bill to a party up to the end of a closed period, one content for each currency; by currency.

    While the period lasts (`today` inside it), storage and interest go up to today, and fees are those of whole months.
    The caller has asked the gate for the party; branches that its bill covers are read whoever may see them. Invalid,
    naming the contract and the charge, where a price, a tax or a rate of exchange is missing: then nothing is billed.
    """
    with past_the_walls():
        live = live_statements(party_id, period, SYSTEM)
        drafts = sorted(each.id for each in live.values() if each.is_draft)
        books = books_of(party_id, SYSTEM)
        pricing = Pricing(books, tables or Tables(), period)
        found = gather_usage(pricing, drafts, SYSTEM)
        _add(found, gather_storage(pricing, drafts, today, SYSTEM))
        _add(found, gather_fixed(pricing, drafts, today, SYSTEM))
    return [
        StatementContent(
            party_id, period, currency, books.language, in_order(found.get(currency, ())), live.get(currency)
        )
        for currency in sorted({*found, *(code for code, each in live.items() if each.is_draft)})
    ]  # fmt: skip


def gather_running(
    party_id: int, period: Period, today: date, tables: Tables | None = None
) -> list[tuple[str, list[LineDraft], list[LineDraft]]]:
    """(currency, lines as of `today`, lines as of the period's end if nothing more is drawn or moved), by currency.

    The same path as `gather` while the period lasts; what only storage adds by then is worked out beside it, so that
    nothing is read twice.
    """
    last = end_of(period)
    with past_the_walls():
        drafts = [
            each.id for each in live_statements(party_id, period, SYSTEM).values() if each.is_draft
        ]
        pricing = Pricing(books_of(party_id, SYSTEM), tables or Tables(), period)
        both = gather_usage(pricing, drafts, SYSTEM)
        _add(both, gather_fixed(pricing, drafts, today, SYSTEM))
        stored = gather_storage(pricing, drafts, today, SYSTEM)
        by_end = gather_storage(pricing, drafts, last, SYSTEM) if today < last else stored
    return [
        (
            currency,
            in_order([*both.get(currency, ()), *stored.get(currency, ())]),
            in_order([*both.get(currency, ()), *by_end.get(currency, ())]),
        )
        for currency in sorted({*both, *stored, *by_end})
    ]


def _add(found: Lines, more: Lines) -> None:
    for currency, lines in more.items():
        found.setdefault(currency, []).extend(lines)
