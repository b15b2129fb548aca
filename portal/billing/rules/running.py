"""The running charges of an open month, and what it may come to by its end; what is certain and what is not.

Usage goes on at its pace so far, stock stays as it is, fees are whole. Late usage, credits, reversals and settlements
are what they are: nothing is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.billing.rules.kinds import LineKind
from portal.billing.rules.line_draft import LineDraft
from portal.billing.rules.months import end_of, length_of
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


BASIS_WORDS: Mapping[Basis, Text] = {
    Basis.CERTAIN: t("certain"),
    Basis.PACE: t("projected: at the pace so far"),
    Basis.TOO_EARLY: t("too early to project: as it is today"),
    Basis.STOCK: t("projected: if the stock stays as it is"),
    Basis.FEE: t("fixed fee of the whole month"),
}
_STORED = frozenset({LineKind.STORAGE.value, LineKind.STORAGE_MINIMUM.value})
_PROJECTED = frozenset({Basis.PACE, Basis.STOCK})


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
            (
                min(row.so_far, row.by_end) if row.basis in _PROJECTED else row.by_end
                for row in self.rows
            ),
            ZERO,
        )

    @property
    def is_projected(self) -> bool:
        """Whether anything at all is a projection."""
        return any(row.basis in _PROJECTED for row in self.rows)


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
    now, then = _by_service(so_far, period), _by_service(by_end, period)
    rows = []
    for key in dict.fromkeys((*then, *now)):
        today, later = now.get(key, ()), then.get(key, ())
        first = (*later, *today)[0]
        basis = _basis(first, period, passed, length)
        gross = sum((line.gross_amount for line in today), ZERO)
        end = sum((line.gross_amount for line in later), ZERO)
        if basis is Basis.PACE:
            end = max(end, round_money(gross * length / passed, currency))
        row = RunningRow(first.kind, first.item_id, first.name_zh, first.name_en, basis, gross, end)
        rows.append(row)
    return Running(currency, passed, length, tuple(rows))


_Key = tuple[str, int | None, str, bool]


def _by_service(lines: Iterable[LineDraft], period: Period) -> dict[_Key, Sequence[LineDraft]]:
    found: dict[_Key, list[LineDraft]] = {}
    for line in lines:
        is_own = period.contains(line.starts_on) and line.ends_on <= end_of(period)
        key = line.kind, line.item_id, line.name_zh, is_own
        found.setdefault(key, []).append(line)
    return dict(found)


def _basis(line: LineDraft, period: Period, passed: int, length: int) -> Basis:
    if line.kind == LineKind.FEE:
        return Basis.FEE
    if passed == length or line.is_late or line.starts_on < period.start_on:
        return Basis.CERTAIN
    if line.kind in _STORED:
        return Basis.STOCK
    if line.kind == LineKind.USAGE:
        return Basis.PACE if passed >= ENOUGH_DAYS else Basis.TOO_EARLY
    return Basis.CERTAIN
