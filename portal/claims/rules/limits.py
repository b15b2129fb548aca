"""The limit of liability 赔偿限额: what a carrier pays at most, by law or house rules, with its working (T7, T8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.claims.rules.kinds import LimitUnit, Loss
from portal.kernel.money import format_money, round_money
from portal.kernel.text import Text, t
from portal.service_requests.rules.clock_kinds import Mode

SDR_UNITS = frozenset({LimitUnit.SDR_PER_PACKAGE, LimitUnit.SDR_PER_KG})
IN_PROPORTION = frozenset({Mode.EXPRESS, Mode.POST})
"""Where an insured part is paid in the proportion of the insured to the full value (邮政法 art. 47)."""


class LimitRow(Protocol):
    """A row of the table of limits: `rate` of `unit`, from `from_on` to `until_on`, both included.

    `only_declared`: counts only where a value was declared (True), only where none was (False), or always (None).
    """

    @property
    def code(self) -> str: ...
    @property
    def mode(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def rate(self) -> Decimal: ...
    @property
    def only_declared(self) -> bool | None: ...
    @property
    def source(self) -> str: ...
    @property
    def from_on(self) -> date: ...
    @property
    def until_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Goods:
    """What a limit is worked out from; amounts in `currency`, `freight` what was paid for the carriage."""

    mode: Mode
    loss: Loss
    currency: str
    claimed: Decimal
    packages: int | None = None
    gross_kg: Decimal | None = None
    freight: Decimal | None = None
    goods_value: Decimal | None = None
    declared: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """`amount` in the claim's currency; None: no limit, or something is missing that `missing` names."""

    amount: Decimal | None
    working: tuple[Text, ...]
    missing: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Part:
    """One row worked out: `figure` in SDR or in the claim's currency, not rounded; None: `words` says what lacks."""

    figure: Decimal | None
    words: Text
    source: str


def in_force(rows: Iterable[LimitRow], mode: str, on: date, *, declared: bool) -> list[LimitRow]:
    """The rows that count for a carriage on `on`, sorted by code; of one code and unit the latest alone."""
    latest: dict[tuple[str, str], LimitRow] = {}
    for row in rows:
        counts = row.mode == mode and row.only_declared in (None, declared)
        if not counts or row.from_on > on or (row.until_on is not None and row.until_on < on):
            continue
        known = latest.get((row.code, row.unit))
        if known is None or known.from_on < row.from_on:
            latest[row.code, row.unit] = row
    return [latest[key] for key in sorted(latest)]


def needs_sdr(rows: Iterable[LimitRow]) -> bool:
    """Whether a rate of the SDR must be known."""
    return any(row.unit in SDR_UNITS for row in rows)


def limit_of(rows: Iterable[LimitRow], goods: Goods, on: date, sdr_rate: Decimal | None) -> Limit:
    """The limit on `on`: of one code the higher row, of several codes the lowest.

    `sdr_rate`: the claim's currency for one SDR, typed by a person from the Fund's table.
    """
    counting = in_force(rows, goods.mode, on, declared=goods.declared is not None)
    if not counting:
        return Limit(None, (t("No limit is known for this carriage: the loss itself counts."),))
    codes = sorted({row.code for row in counting})
    each = [_of_code([r for r in counting if r.code == code], goods, sdr_rate) for code in codes]
    working = tuple(words for limit in each for words in limit.working)
    missing = tuple(words for limit in each for words in limit.missing)
    amounts = [limit.amount for limit in each if limit.amount is not None]
    if len(amounts) < len(each):
        return Limit(None, working, missing)
    if len(amounts) > 1:
        least = format_money(min(amounts), goods.currency)
        working = (*working, t("The lowest counts: %(amount)s.", amount=least))
    return Limit(min(amounts), working, missing)


def _of_code(rows: Sequence[LimitRow], goods: Goods, sdr_rate: Decimal | None) -> Limit:
    """The higher of the rows of one code; what lacks for one of them could only make it higher."""
    parts = [_part(row, goods) for row in rows]
    working = [t("%(words)s (%(source)s)", words=each.words, source=each.source) for each in parts]
    figures = [each.figure for each in parts if each.figure is not None]
    missing = [each.words for each in parts if each.figure is None]
    if not figures:
        return Limit(None, tuple(working), tuple(missing))
    figure = max(figures)
    if not needs_sdr(rows):
        amount = round_money(figure, goods.currency)
        return Limit(amount, (*working, _comes_to(amount, goods)), tuple(missing))
    if len(parts) > 1 and not missing:
        working.append(t("The higher counts: %(sdr)s SDR.", sdr=plain(figure)))
    if sdr_rate is None:
        lacks = t("The rate of the SDR is not typed yet.")
        return Limit(None, (*working, lacks), (*missing, lacks))
    amount = round_money(figure * sdr_rate, goods.currency)
    converted = t(
        "%(sdr)s SDR × %(rate)s = %(amount)s",
        sdr=plain(figure), rate=plain(sdr_rate), amount=format_money(amount, goods.currency),
    )  # fmt: skip
    return Limit(amount, (*working, converted), tuple(missing))


def _comes_to(amount: Decimal, goods: Goods) -> Text:
    return t("Limit of liability: %(amount)s", amount=format_money(amount, goods.currency))


def _part(row: LimitRow, goods: Goods) -> _Part:
    unit = LimitUnit(row.unit)
    if unit is LimitUnit.DECLARED_VALUE:
        return _declared(row, goods)
    measure, lacks, words = _measure(unit, goods)
    if measure is None:
        return _Part(None, lacks, row.source)
    figure = measure * row.rate
    said = Text(words.msgid, (
        ("measure", plain(measure)), ("rate", plain(row.rate)), ("figure", plain(figure)), ("currency", goods.currency),
    ))  # fmt: skip
    return _Part(figure, said, row.source)


def _measure(unit: LimitUnit, goods: Goods) -> tuple[Decimal | None, Text, Text]:
    """What the rate is multiplied by, what to say where it lacks, and how it is written."""
    if unit is LimitUnit.SDR_PER_PACKAGE:
        packages = None if goods.packages is None else Decimal(goods.packages)
        return packages, t("The number of packages is not known."), t(
            "%(measure)s packages × %(rate)s SDR = %(figure)s SDR"
        )  # fmt: skip
    if unit is LimitUnit.SDR_PER_KG:
        return goods.gross_kg, t("The gross weight is not known."), t(
            "%(measure)s kg × %(rate)s SDR = %(figure)s SDR"
        )  # fmt: skip
    if unit is LimitUnit.TIMES_FREIGHT:
        return goods.freight, t("The freight is not known."), t(
            "Freight %(currency)s %(measure)s × %(rate)s = %(currency)s %(figure)s"
        )  # fmt: skip
    return goods.goods_value, t("The value of the goods is not known."), t(
        "Value of the goods %(currency)s %(measure)s × %(rate)s = %(currency)s %(figure)s"
    )  # fmt: skip


def _declared(row: LimitRow, goods: Goods) -> _Part:
    """The declared value; of a partial loss under-insured goods bear their part themselves (邮政法 art. 47)."""
    if goods.declared is None:
        return _Part(None, t("No value was declared."), row.source)
    whole, value = goods.declared * row.rate, goods.goods_value
    is_part = goods.mode in IN_PROPORTION and goods.loss is not Loss.LOST
    if not is_part or value is None or value <= whole:
        return _Part(
            whole,
            t("Declared value %(currency)s %(declared)s", currency=goods.currency, declared=plain(whole)),
            row.source,
        )  # fmt: skip
    figure = min(goods.claimed, value) * whole / value
    said = t(
        "Loss %(loss)s × declared %(declared)s ÷ full value %(value)s = %(currency)s %(figure)s",
        loss=plain(min(goods.claimed, value)), declared=plain(whole), value=plain(value), currency=goods.currency,
        figure=plain(round_money(figure, goods.currency)),
    )  # fmt: skip
    return _Part(figure, said, row.source)


def plain(number: Decimal) -> str:
    """A figure of a working: thousands parted, no idle zeros."""
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
