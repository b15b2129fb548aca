"""Storage that is not billed yet: each line with a storage policy, for the days that no statement has (DOMAIN W)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from portal.access.scope import past_the_walls
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions.gather_usage import Lines
from portal.billing.actions.pricing import Pricing
from portal.billing.queries.party_books import Books, LineRow, books_of
from portal.billing.queries.unbilled import billed_days
from portal.billing.queries.unbilled_stock import covered, stored
from portal.billing.rules.fixed import spans
from portal.billing.rules.kinds import LineKind, Once
from portal.billing.rules.months import ONE_DAY, end_of
from portal.billing.rules.statement_lines import LineDraft, Settling, Subject, storage_lines
from portal.billing.rules.storage import StorageCharge, storage_charges
from portal.catalogue.rules.storage import StoragePolicy
from portal.kernel.errors import Invalid
from portal.kernel.period import Period


@dataclass(frozen=True, slots=True)
class StorageChain:
    """One chain of storage lines: whose stock it charges, and the days on which each line does."""

    root_id: int
    owner_id: int
    customer_ids: tuple[int, ...]
    contract: Period
    windows: tuple[tuple[LineRow, date, date], ...]


def gather_storage(pricing: Pricing, drafts: Iterable[int], today: date, viewer: Viewer) -> Lines:
    """The storage lines of the days up to the period's end, or up to today while it lasts."""
    until = min(end_of(pricing.period), today)
    found: Lines = {}
    chains = storage_chains(pricing.books, until, viewer)
    if not chains:
        return found
    done = billed_days((Once.STORAGE_DAY,), (each.root_id for each in chains), drafts, viewer)
    for chain in chains:
        billed = done.get((Once.STORAGE_DAY, chain.root_id), set())
        for line, first, last in chain.windows:
            for window in open_windows(first, last, billed, pricing.period.start_on):
                for currency, lines in lines_of_window(pricing, chain, line, window, viewer):
                    found.setdefault(currency, []).extend(lines)
    return found


def lines_of_window(
    pricing: Pricing, chain: StorageChain, line: LineRow, window: Period, viewer: Viewer
) -> Iterator[tuple[str, list[LineDraft]]]:
    """(statement's currency, lines) of the days of a window that one contract line charges.

    Invalid, naming the contract, where a price, a tax or a rate of exchange is missing.
    """
    try:
        charges = _charges(chain, line, window, viewer)
        for period, of_month in groupby(charges, key=lambda each: each.period):
            yield _settled(pricing, chain, line, period, list(of_month))
    except Invalid as why:
        days = f"{window.start_on} – {window.end_on}"
        raise pricing.named(line, days, why) from why


def storage_chains(books: Books, until: date, viewer: Viewer) -> list[StorageChain]:
    """The party's chains that charge stock, with their days up to `until`, by root."""
    mine = [
        root_id
        for root_id, chain in storage_roots(books).items()
        if books.settles(books.owner_of(chain[0]), chain[0].contract_id)
    ]
    return chains_of(books, mine, until, viewer)


def charged_stock(party_id: int, period: Period) -> list[int]:
    """The customers whose stock the party's storage lines charge; branches without a line of their own among them."""
    with past_the_walls():
        found = storage_chains(books_of(party_id, SYSTEM), end_of(period), SYSTEM)
    return sorted({each for chain in found for each in chain.customer_ids})


def storage_roots(books: Books) -> dict[int, list[LineRow]]:
    """The chains of the books that have a storage policy at some time, by root."""
    return {
        root_id: chain
        for root_id, chain in books.lines.items()
        if any(line.storage_policy for line in chain)
    }


def chains_of(
    books: Books, root_ids: Iterable[int], until: date, viewer: Viewer
) -> list[StorageChain]:
    """These chains with whose stock they charge and on which days up to `until`, by root."""
    roots, wanted = storage_roots(books), sorted(root_ids)
    if not wanted:
        return []
    whose = covered((books.owner_of(roots[each][0]) for each in wanted), viewer)
    return [_chain(books, root_id, roots, whose, until) for root_id in wanted]


def _chain(
    books: Books,
    root_id: int,
    roots: dict[int, list[LineRow]],
    whose: Mapping[int, tuple[int, ...]],
    until: date,
) -> StorageChain:
    lines = roots[root_id]
    contract = books.contracts[lines[0].contract_id]
    owner = books.owner_of(lines[0])
    people = (owner,) if lines[0].branch_id else whose[owner]
    days = spans(lines, contract.last_on)
    if not days:
        return StorageChain(root_id, owner, people, Period(contract.starts_on), ())
    last_on = days[-1][2]
    windows = [(line, first, min(last, until)) for line, first, last in days if first <= until]
    if last_on < until:
        windows += [
            (days[-1][0], first, last)
            for first, last in _left_over(books, root_id, roots, owner, last_on + ONE_DAY, until)
        ]
    return StorageChain(root_id, owner, people, Period(days[0][1], last_on), tuple(windows))


def _left_over(
    books: Books,
    root_id: int,
    roots: dict[int, list[LineRow]],
    owner: int,
    first: date,
    until: date,
) -> list[tuple[date, date]]:
    """The days after the end on which stock still lies and no other line of the same owner charges it (W10)."""
    taken: set[date] = set()
    for other_id, lines in roots.items():
        if other_id != root_id and books.owner_of(lines[0]) == owner:
            last_on = books.contracts[lines[0].contract_id].last_on
            for _, begin, end in spans(lines, last_on):
                taken.update(_days(max(begin, first), min(end, until)))
    return _runs(day for day in _days(first, until) if day not in taken)


def open_windows(first: date, last: date, billed: set[date], starts_on: date) -> list[Period]:
    """The days that are not billed, in runs; a run never reaches over the first day of the period."""
    runs = _runs(day for day in _days(first, last) if day not in billed)
    cut: list[Period] = []
    for begin, end in runs:
        if begin < starts_on <= end:
            cut += [Period(begin, starts_on - ONE_DAY), Period(starts_on, end)]
        else:
            cut.append(Period(begin, end))
    return cut


def _days(first: date, last: date) -> Iterator[date]:
    return (first + ahead * ONE_DAY for ahead in range((last - first).days + 1))


def _runs(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days in order as (first, last) of those that follow each other."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and runs[-1][1] + ONE_DAY == day:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs


def _charges(
    chain: StorageChain, line: LineRow, window: Period, viewer: Viewer
) -> list[StorageCharge]:
    if not line.storage_policy:
        return []
    policy = StoragePolicy.from_json(line.storage_policy)
    stock = stored(policy, chain.customer_ids, window, viewer)
    return storage_charges(
        policy, stock.flows, window, contract=chain.contract, opening=stock.opening,
        per_pallet=stock.per_pallet, discount_percent=line.discount_percent,
    )  # fmt: skip


def _settled(
    pricing: Pricing,
    chain: StorageChain,
    line: LineRow,
    period: Period,
    charges: list[StorageCharge],
) -> tuple[str, list[LineDraft]]:
    """The lines of one month: taxed and converted as of its last day."""
    last = end_of(period)
    price = pricing.price_of(line, last)
    currency, exchange = pricing.settled(charges[0].currency, last)
    subject = Subject(
        kind=LineKind.STORAGE, served_id=chain.owner_id, name_zh=line.name_zh, name_en=line.name_en,
        starts_on=period.start_on, ends_on=last, item_id=line.item_id, contract_id=line.contract_id,
        contract_line_id=line.id, is_late=period.start_on < pricing.period.start_on, main_unit=line.main_unit,
    )  # fmt: skip
    settling = Settling(currency, price.tax, price.tax_class, exchange)
    return currency, storage_lines(charges, subject, settling, chain.root_id)
