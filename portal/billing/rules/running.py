"""The running charges of an open month, and what it may come to by its end; what is certain and what is not.

Usage goes on at its pace so far, stock stays as it is, fees are whole. What is committed and not used yet is charged
only if it stays so: usage that goes on takes it away. Late usage, credits and reversals are what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.billing.rules.kinds import LineKind
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.months import ONE_DAY, end_of, length_of
from portal.kernel.money import round_money
from portal.kernel.period import Period
from portal.kernel.text import Text, t

ZERO = Decimal(0)
ENOUGH_DAYS = 3
"""With fewer days behind it a pace says nothing."""


class Basis(StrEnum):
    """What the figure at the end of the month rests on."""

    CERTAIN = "certain"
    PACE = "pace"
    TOO_EARLY = "too_early"
    STOCK = "stock"
    FEE = "fee"
    COMMITTED = "committed"


BASIS_WORDS: Mapping[Basis, Text] = {
    Basis.CERTAIN: t("certain"),
    Basis.PACE: t("projected: at the pace so far"),
    Basis.TOO_EARLY: t("too early to project: as it is today"),
    Basis.STOCK: t("projected: if the stock stays as it is"),
    Basis.FEE: t("fixed fee of the whole month"),
    Basis.COMMITTED: t("projected: what will not have been used of the commitment"),
}
_STORED = frozenset({LineKind.STORAGE.value, LineKind.STORAGE_MINIMUM.value})
_SETTLED_AT_THE_END = frozenset({LineKind.SHORTFALL.value, LineKind.TRUE_UP.value})
_PROJECTED = frozenset({Basis.PACE, Basis.STOCK, Basis.COMMITTED})


@dataclass(frozen=True, slots=True)
class RunningRow:
    """One service (or kind of line without one): gross so far and by the end of the month."""

    kind: str
    item_id: int | None
    name_zh: str
    name_en: str
    basis: Basis
    so_far: Decimal
    by_end: Decimal

    @property
    def is_projected(self) -> bool:
        """Whether the figure at the end of the month is a projection."""
        return self.basis in _PROJECTED


@dataclass(frozen=True, slots=True)
class Running:
    """The month of one party in one currency; `days` of its `length` days have passed, today included.

    `certain` is the part of `by_end` that will be billed as it stands; the rest is projected.
    """

    currency: str
    days: int
    length: int
    rows: tuple[RunningRow, ...]

    @property
    def so_far(self) -> Decimal:
        """Gross as of today."""
        return sum((row.so_far for row in self.rows), ZERO)

    @property
    def by_end(self) -> Decimal:
        """Gross by the end of the month, projected."""
        return sum((row.by_end for row in self.rows), ZERO)

    @property
    def certain(self) -> Decimal:
        """What of it is certain: fees, and what is so far, unless it may still shrink (a minimum's difference)."""
        return sum(
            (min(row.so_far, row.by_end) if row.is_projected else row.by_end for row in self.rows),
            ZERO,
        )

    @property
    def is_projected(self) -> bool:
        """Whether anything at all is a projection."""
        return any(row.is_projected for row in self.rows)


def project(
    so_far: Iterable[LineDraft],
    by_end: Iterable[LineDraft],
    period: Period,
    days: int,
    currency: str,
) -> Running:
    """The running charges of a closed `period` of which `days` have passed (1 on its first day).

    `so_far`: the lines as of today; `by_end`: the lines as of the period's last day if nothing more is drawn or moved,
    both in `currency`.
    """
    length = length_of(period)
    passed = min(max(days, 1), length)
    today = period.start_on + (passed - 1) * ONE_DAY
    now, then = _by_service(so_far, period, today), _by_service(by_end, period, today)
    rows = []
    for key in dict.fromkeys((*then, *now)):
        own, later = now.get(key, ()), then.get(key, ())
        first, basis = (*later, *own)[0], key[-1]
        gross, end = _gross(own), _gross(later)
        if basis is Basis.PACE:
            end = max(end, round_money(gross * length / passed, currency))
        elif basis is Basis.COMMITTED:
            gross = ZERO
        names = first.kind, first.item_id, first.name_zh, first.name_en
        rows.append(RunningRow(*names, basis, gross, end))
    return Running(currency, passed, length, tuple(_used_up(rows)))


def _used_up(rows: Sequence[RunningRow]) -> Iterator[RunningRow]:
    """The rows with what usage still to come takes away from the commitment of its service."""
    growth: dict[int | None, Decimal] = {}
    for row in rows:
        if row.basis is Basis.PACE:
            growth[row.item_id] = growth.get(row.item_id, ZERO) + row.by_end - row.so_far
    for row in rows:
        if row.basis is Basis.COMMITTED and row.by_end > 0:
            taken = min(growth.get(row.item_id, ZERO), row.by_end)
            growth[row.item_id] = growth.get(row.item_id, ZERO) - taken
            yield replace(row, by_end=row.by_end - taken)
        else:
            yield row


def _gross(lines: Iterable[LineDraft]) -> Decimal:
    return sum((line.gross_amount for line in lines), ZERO)


_Key = tuple[str, int | None, str, Basis]


def _by_service(
    lines: Iterable[LineDraft], period: Period, today: date
) -> dict[_Key, list[LineDraft]]:
    found: dict[_Key, list[LineDraft]] = {}
    for line in lines:
        key = line.kind, line.item_id, line.name_zh, _basis(line, period, today)
        found.setdefault(key, []).append(line)
    return found


def _basis(line: LineDraft, period: Period, today: date) -> Basis:
    if line.kind == LineKind.FEE:
        return Basis.FEE
    if line.kind in _SETTLED_AT_THE_END and line.ends_on > today:
        return Basis.COMMITTED
    if today == end_of(period) or line.is_late or line.starts_on < period.start_on:
        return Basis.CERTAIN
    if line.kind in _STORED:
        return Basis.STOCK
    if line.kind == LineKind.USAGE:
        early = (today - period.start_on).days + 1 < ENOUGH_DAYS
        return Basis.TOO_EARLY if early else Basis.PACE
    return Basis.CERTAIN
