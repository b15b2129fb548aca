"""What the lines of one statement should say, worked out again from what they are made of.

The same rules as for gathering; only the usage is that which the statement took, the days are those that its lines
bill, and the rate of exchange is the one that the line names, as the table has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from portal.access.viewer import SYSTEM
from portal.billing.actions import gather_fixed as fixed
from portal.billing.actions.gather_storage import chains_of, lines_of_window
from portal.billing.actions.gather_usage import lines_of
from portal.billing.actions.pricing import Pricing
from portal.billing.models import Statement
from portal.billing.queries import proofs
from portal.billing.queries.party_books import Books, LineRow, books_of_contracts
from portal.billing.queries.tables import AGREED, Tables
from portal.billing.queries.unbilled import Draw, UsedRow
from portal.billing.queries.unbilled_fixed import lapsed, over_drawn, overdue
from portal.billing.rules.charging import Charged
from portal.billing.rules.credits import credit_line
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.late_fees import late_fee
from portal.billing.rules.months import ONE_DAY, end_of
from portal.billing.rules.statement_lines import (
    LineDraft,
    Settling,
    Subject,
    billed,
    negative_of,
    sort_key,
)
from portal.catalogue.rules.exchange import ExchangeRate
from portal.catalogue.rules.tax import TaxKind, TaxTerms
from portal.kernel.errors import Invalid, PortalError
from portal.kernel.period import Period
from portal.kernel.text import t
from portal.usage.rules.drawing import in_unit

BY_HAND = "corrected"
"""The first step of a line that a person put right: only its money is worked out again."""
STORED = frozenset({LineKind.STORAGE, LineKind.STORAGE_MINIMUM})
RIGHTS = frozenset({LineKind.SHORTFALL, LineKind.TRUE_UP})


class Pair(NamedTuple):
    """A stored line and what it should say; without `line` it is missing, without `right` it should not be there.

    `why`: what the source is missing, where it could not be worked out. `only`: the fields that can be compared.
    """

    line: Any | None
    right: LineDraft | None
    why: PortalError | str | None = None
    only: frozenset[str] | None = None


MONEY = frozenset({"amount", "converted", "net_amount", "tax_amount", "gross_amount"})


class ProvedPricing(Pricing):
    """Prices as ever; amounts go into the statement's currency at the rate that the stored line names."""

    def __init__(self, books: Books, tables: Tables, period: Period, currency: str) -> None:
        super().__init__(books, tables, period)
        self.currency = currency
        self._named: dict[str, Any] = {}

    def follow(self, lines: Iterable[Any]) -> None:
        """Take the rates that these lines name."""
        self._named = {line.line_currency: line for line in lines}

    def settled(self, currency: str, service_on: date) -> tuple[str, ExchangeRate | None]:
        """Into the statement's currency."""
        return self.currency, self.exchange(currency, self.currency, service_on)

    def exchange(self, currency: str, into: str, service_on: date) -> ExchangeRate | None:
        """The rate that the line names; by the party's rule where it names none."""
        line = self._named.get(currency)
        if currency == into:
            return None
        if line is None or line.rate_on is None:
            return super().exchange(currency, into, service_on)
        if line.rate_source == AGREED:
            return ExchangeRate(currency, into, line.rate_on, line.exchange_rate, AGREED)
        return self.tables.rate(currency, into, line.rate_on, line.rate_source)


class Proof:
    """One statement's live lines beside what they should say."""

    def __init__(self, statement: Statement, live: list[Any], tables: Tables) -> None:
        self.statement, self.live = statement, live
        self.period = Period(statement.starts_on, statement.ends_on)
        self.usage = {row.id: row for row in proofs.taken_usage(statement.id)}
        self.draws = proofs.draws_of(statement.id)
        drawn = {draw.entitlement_id for draws in self.draws.values() for draw in draws}
        contracts = {line.contract_id for line in live if line.contract_id}
        contracts |= {row.contract_id for row in self.usage.values()}
        contracts |= proofs.contracts_of_draws(drawn)
        self.books = books_of_contracts(statement.customer_id, contracts, SYSTEM)
        self.pricing = ProvedPricing(self.books, tables, self.period, statement.currency)
        self.roots = {
            line.id: root_id for root_id, chain in self.books.lines.items() for line in chain
        }

    def pairs(self) -> Iterator[Pair]:
        """Every live line with what it should say, and what is missing among them."""
        by_hand = [line for line in self.live if _is_by_hand(line)]
        rest = [line for line in self.live if not _is_by_hand(line)]
        of_kind: dict[LineKind, list[Any]] = {kind: [] for kind in LineKind}
        for line in rest:
            of_kind[LineKind(line.kind)].append(line)
        yield from map(self._money_only, by_hand)
        yield from self._usage(of_kind[LineKind.USAGE], {line.usage_id for line in by_hand})
        yield from self._reversals(of_kind[LineKind.REVERSAL])
        yield from self._storage([line for kind in sorted(STORED) for line in of_kind[kind]])
        yield from self._fees(of_kind[LineKind.FEE])
        yield from self._rights([line for kind in sorted(RIGHTS) for line in of_kind[kind]])
        yield from self._credits(of_kind[LineKind.CREDIT])
        yield from self._late_fees(of_kind[LineKind.LATE_FEE])

    def _usage(self, lines: list[Any], by_hand: set[int | None]) -> Iterator[Pair]:
        of_usage: dict[int, list[Any]] = {}
        for line in lines:
            of_usage.setdefault(line.usage_id, []).append(line)
        for row in self.usage.values():
            if row.reverses_id is None and row.id not in by_hand:
                stored = of_usage.pop(row.id, [])
                yield from self._one_usage(row, stored)
        for left in of_usage.values():
            yield from (Pair(line, None) for line in left)

    def _one_usage(self, row: UsedRow, stored: list[Any]) -> Iterator[Pair]:
        self.pricing.follow(stored)
        draws = self.draws.get(row.id, ())
        try:
            told = self._told_by_ledger(row, draws)
            _, right = lines_of(row, told, self.pricing, self.statement.currency)
        except (PortalError, KeyError) as why:
            yield from (Pair(line, None, _reason(why)) for line in stored or (None,))
            return
        yield from _matched(stored, right, lambda each: (each.entitlement_id, each.part))

    def _told_by_ledger(self, row: UsedRow, draws: Iterable[Draw]) -> list[Draw] | None:
        """The draws to be billed, as gathering reads them; Invalid where the record says otherwise than the ledger."""
        found = list(draws)
        rights = self.books.rights
        simple = row.draws == 1 and rights[row.entitlement_id].unit == row.unit
        sums = [
            in_unit(draw.used + draw.over, rights[draw.entitlement_id].unit, row.unit)
            for draw in found
        ]
        if abs(sum(sums, Decimal(0)) - row.quantity) > len(found) * Decimal("0.000001"):
            words = {"ledger": sum(sums, Decimal(0)), "record": row.quantity}
            raise Invalid(t("The ledger says %(ledger)s, the record %(record)s.", **words))
        return None if simple else found

    def _reversals(self, lines: list[Any]) -> Iterator[Pair]:
        told_back = {line.usage_id for line in lines}
        for row in self.usage.values():
            if row.reverses_id is not None and row.id not in told_back:
                yield Pair(None, None, f"reversal {row.reference}")
        originals = proofs.lines_by_id(line.reverses_id for line in lines if line.reverses_id)
        for line in lines:
            first = originals.get(line.reverses_id)
            if first is None:
                yield Pair(line, None)
                continue
            told = f"{first.number} / {first.serial}"
            is_late = first.starts_on < self.period.start_on
            right = negative_of(first, first.id, usage_id=line.usage_id, told=told, is_late=is_late)
            yield Pair(line, right, None, MONEY if line.usage_id is None else None)

    def _storage(self, lines: list[Any]) -> Iterator[Pair]:
        by_window: dict[tuple[int, date, date], list[Any]] = {}
        for line in lines:
            key = line.contract_line_id, line.starts_on, line.ends_on
            by_window.setdefault(key, []).append(line)
        roots = {self.roots[key[0]] for key in by_window if key[0] in self.roots}
        chains = {
            each.root_id: each for each in chains_of(self.books, roots, end_of(self.period), SYSTEM)
        }
        for (line_id, first, last), stored in by_window.items():
            self.pricing.follow(stored)
            row = self._line(line_id)
            try:
                chain = chains[self.roots[line_id]]
                window = Period(first, last)
                found = lines_of_window(self.pricing, chain, row, window, SYSTEM)
                right = [draft for _, drafts in found for draft in drafts]
            except (PortalError, KeyError) as why:
                yield from (Pair(line, None, _reason(why)) for line in stored)
                continue
            yield from _in_turn(stored, right)

    def _fees(self, lines: list[Any]) -> Iterator[Pair]:
        by_root: dict[int | None, list[Any]] = {}
        for line in lines:
            by_root.setdefault(self.roots.get(line.contract_line_id), []).append(line)
        for root_id, stored in by_root.items():
            chain = self.books.lines.get(root_id or 0)
            if root_id is None or chain is None:
                yield from (Pair(line, None) for line in stored)
                continue
            self.pricing.follow(stored)
            until = max(line.ends_on for line in stored)
            days = {(line.starts_on, line.ends_on) for line in stored}
            due = fixed.fees_of(self.pricing, root_id, chain, until, ())
            owner = self.books.owner_of(chain[0])
            right = [
                fixed.fixed_line(self.pricing, LineKind.FEE, chain, each, owner)[1]
                for each in due
                if (each.starts_on, each.ends_on) in days
            ]
            yield from _in_turn(stored, right)

    def _rights(self, lines: list[Any]) -> Iterator[Pair]:
        ids = {line.entitlement_id for line in lines}
        if not ids:
            return
        known_at = self.statement.reviewed_at or self.statement.updated_at
        touched = proofs.touched_since(ids, known_at)
        gone, drawn = lapsed(ids, SYSTEM), over_drawn(ids, SYSTEM)
        for line in lines:
            right = self.books.rights.get(line.entitlement_id)
            self.pricing.follow([line])
            if right is None or right.id in touched:
                yield self._money_only(line) if right is not None else Pair(line, None)
                continue
            if line.kind == LineKind.SHORTFALL:
                found = fixed.shortfall_of(self.pricing, right, gone)
            else:
                found = fixed.true_up_of(self.pricing, right, gone, drawn.get(right.id, ()))
            drafts = [each for _, each in fixed.settled(self.pricing, found, right)]
            yield Pair(line, drafts[0] if drafts else None)

    def _credits(self, lines: list[Any]) -> Iterator[Pair]:
        granted = proofs.credits_of(line.credit_id for line in lines if line.credit_id)
        for line in lines:
            credit = granted.get(line.credit_id)
            yield Pair(line, None if credit is None else credit_line(credit, line.starts_on))

    def _late_fees(self, lines: list[Any]) -> Iterator[Pair]:
        if not lines:
            return
        known_at = self.statement.reviewed_at or self.statement.updated_at
        last = max(line.ends_on for line in lines)
        owed = {
            row.id: (row.reference, late)
            for row, late in overdue(self.statement.customer_id, last + ONE_DAY, SYSTEM, known_at)
        }
        for line in lines:
            self.pricing.follow([line])
            reference, late = owed.get(line.receivable_id, ("", None))
            percent = Decimal(dict(line.working[0][1])["percent"])
            found = late and late_fee(late, percent, line.ends_on, line.starts_on - ONE_DAY)
            right = found and fixed.late_line(self.pricing, line.receivable_id, reference, found)
            yield Pair(line, right[1] if right else None)

    def _money_only(self, line: Any) -> Pair:
        """What a person wrote stands; how it was converted and taxed is worked out again."""
        self.pricing.follow([line])
        tax = TaxTerms(TaxKind(line.tax_kind), line.tax_percent, line.tax_inclusive)
        exchange = self.pricing.settled(line.line_currency, line.starts_on)[1]
        charged = Charged(line.amount, line.line_currency, line.quantity, line.unit, line.rate, ())
        subject = Subject(
            LineKind(line.kind), line.served_id, line.name_zh, line.starts_on, line.ends_on
        )
        settling = Settling(self.statement.currency, tax, line.tax_class, exchange)
        return Pair(line, billed(subject, charged, settling), None, MONEY)

    def _line(self, line_id: int) -> LineRow:
        chain = self.books.lines.get(self.roots.get(line_id, 0), ())
        return next((each for each in chain if each.id == line_id), None)


def _is_by_hand(line: Any) -> bool:
    return bool(line.working) and line.working[0][0] == BY_HAND


def _matched(stored: list[Any], right: list[LineDraft], key: Any) -> Iterator[Pair]:
    """Lines and drafts with the same key side by side; those without a counterpart alone."""
    wanted = {key(each): each for each in right}
    for line in stored:
        yield Pair(line, wanted.pop(key(line), None))
    yield from (Pair(None, each) for each in wanted.values())


def _in_turn(stored: list[Any], right: list[LineDraft]) -> Iterator[Pair]:
    """Lines and drafts of the same days and kind in their order side by side."""
    ours, theirs = sorted(stored, key=_place), sorted(right, key=_place)
    for at in range(max(len(ours), len(theirs))):
        line = ours[at] if at < len(ours) else None
        yield Pair(line, theirs[at] if at < len(theirs) else None)


def _place(line: Any) -> tuple[Any, ...]:
    return line.contract_line_id, line.starts_on, line.ends_on, line.kind, *sort_key(line)[-1:]


def _reason(why: Exception) -> PortalError | str:
    return why if isinstance(why, PortalError) else str(why.args[0])
