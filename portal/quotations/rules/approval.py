"""What a salesperson may send alone, and what somebody else must approve first (DOMAIN M3, P17)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.catalogue.rules.margin import (
    Cost,
    CostComponent,
    Floor,
    Margin,
    below_floor,
    cost_of,
)
from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.quotations.rules.pricing import NO_OPTION, PricedLine

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one line's scheme allows: a floor in percent of the sale, a discount limit in percent."""

    scheme: str = ""
    floor_percent: Decimal | None = None
    discount_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class LineCosts:
    """A line's cost components; an empty tuple means that the cost is not known."""

    components: tuple[CostComponent, ...] = ()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class VersionMargin:
    """What one option earns in `currency`, without VAT; incomplete when a line's cost is not known."""

    margin: Margin
    currency: str
    is_complete: bool


def line_margin(
    line: PricedLine, costs: LineCosts, currency: str, rates: Mapping[str, ExchangeRate]
) -> Margin | None:
    """One line's margin in `currency`; None when it has no price or its cost is not known.

    Invalid when a rate of exchange is missing.
    """
    if line.taxed is None or line.charge is None or not costs.components:
        return None
    charge = line.charge.charge
    return Margin(
        _sale(line, currency, rates), cost_of(costs.components, charge.quantity, currency, rates)
    )


def version_margin(
    lines: Iterable[PricedLine],
    costs: Mapping[int, LineCosts],
    option: str,
    currency: str,
    rates: Mapping[str, ExchangeRate],
) -> VersionMargin | None:
    """The margin of an option with the lines that all share; None when a rate of exchange is missing.

    Pass-through lines (U8) carry no margin: they count neither as sale nor as cost. A line without a known cost
    counts neither, since a margin of 100 % would hide a loss elsewhere.
    """
    total, complete = Margin(ZERO, Cost({})), True
    for line in lines:
        if (
            not line.counts
            or line.draft.is_pass_through
            or line.draft.option not in (NO_OPTION, option)
        ):
            continue
        try:
            margin = line_margin(line, costs.get(line.draft.key, LineCosts()), currency, rates)
        except Invalid:
            return None
        complete = complete and margin is not None
        total = total if margin is None else total + margin
    return VersionMargin(total, currency, complete)


def _sale(line: PricedLine, currency: str, rates: Mapping[str, ExchangeRate]) -> Decimal:
    code = line.charge.charge.currency  # type: ignore[union-attr]
    return convert(line.taxed.net, code, currency, rates.get(code)).converted  # type: ignore[union-attr]


def reasons_for_approval(
    lines: Iterable[PricedLine],
    costs: Mapping[int, LineCosts],
    whole: VersionMargin | None,
    document_floor: Decimal | None,
    currency: str,
    rates: Mapping[str, ExchangeRate],
) -> tuple[Text, ...]:
    """Why the version may not leave without somebody's approval; empty when it may.

    Checked: each line against its scheme's floor and discount limit, prices set by hand, the whole document.
    The words name no cost and no margin: they are shown to sales, who may not see either (M5).
    """
    reasons: list[Text] = []
    for line in lines:
        if line.is_left_out or line.draft.is_on_request:
            continue
        reasons += _line_reasons(line, costs.get(line.draft.key, LineCosts()), currency, rates)
    if whole is not None and below_floor(whole.margin, Floor(rate=document_floor)) is not None:
        reasons.append(t("The whole quotation is below the firm's margin floor."))
    return tuple(dict.fromkeys(reasons))


def _line_reasons(
    line: PricedLine, costs: LineCosts, currency: str, rates: Mapping[str, ExchangeRate]
) -> Iterable[Text]:
    code, limits = line.draft.code, costs.limits
    if line.draft.is_manual:
        yield t("%(code)s: the price was set by hand.", code=code)
    limit = limits.discount_percent
    if limit is not None and line.draft.discount > limit:
        yield t(
            "%(code)s: the discount of %(given)s %% is over the limit of %(limit)s %%.",
            code=code,
            given=line.draft.discount.normalize(),
            limit=limit.normalize(),
        )
    if limits.floor_percent is not None:
        try:
            margin = line_margin(line, costs, currency, rates)
        except Invalid:
            return
        if margin is not None and below_floor(margin, Floor(rate=limits.floor_percent)) is not None:
            yield t(
                "%(code)s: below the margin floor of %(scheme)s.", code=code, scheme=limits.scheme
            )
