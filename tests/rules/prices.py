"""Short ways to write price terms in tests: figures as text, so that no binary fraction slips in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.pricing import price
from portal.catalogue.rules.pricing_shipment import Line, PricedShipment, Role
from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms

D = Decimal


def per(unit: str, rate: str, currency: str = "CNY", **more: Any) -> PriceTerms:
    """So much per unit."""
    return PriceTerms(Basis.PER_UNIT, unit, currency, rate=D(rate), **more)


def once(amount: str, currency: str = "CNY") -> PriceTerms:
    """One amount for the shipment."""
    return PriceTerms(Basis.FLAT, "BL", currency, rate=D(amount))


def percent(of: str, *codes: str, **more: Any) -> PriceTerms:
    """A percentage of the named charges."""
    return PriceTerms(Basis.PERCENT, percent=D(of), base_codes=codes, **more)


def band(over: str, up_to: str | None, rate: str | None = None, **more: str) -> Break:
    """One band; `flat`, `step`, `beyond` and so on as text."""
    figures = {name: D(value) for name, value in more.items()}
    upper = None if up_to is None else D(up_to)
    return Break(D(over), upper, None if rate is None else D(rate), **figures)


def bands(unit: str, *breaks: Break, **more: Any) -> PriceTerms:
    """The whole quantity at its band."""
    return PriceTerms(Basis.BANDS, unit, "CNY", breaks=breaks, **more)


def amount(terms: PriceTerms, cargo: Cargo | str, code: str = "X") -> Decimal | None:
    """The amount of one charge; a quantity may be given as text."""
    return price(terms, D(cargo) if isinstance(cargo, str) else cargo, code).amount


def surcharge(code: str, terms: PriceTerms, **more: Any) -> Line:
    """A surcharge line."""
    return Line(code, terms, Role.SURCHARGE, **more)


def by_code(priced: PricedShipment) -> dict[str, Decimal | None]:
    """Code → sum of its charges; None where one is at cost."""
    sums: dict[str, Decimal | None] = {}
    for each in priced.charges:
        so_far = sums.get(each.line.code, D(0))
        known = so_far is not None and each.amount is not None
        sums[each.line.code] = so_far + each.amount if known else None
    return sums


AIR_PVG_FRA = PriceTerms(
    Basis.BANDS,
    "CHW",
    "CNY",
    breaks=(
        band("0", "45", "38.00"),
        band("45", "100", "28.50"),
        band("100", "300", "22.80"),
        band("300", "500", "20.60"),
        band("500", "1000", "18.90"),
        band("1000", None, "17.50"),
    ),
    bound=Bound.FROM,
    minimum=D("550"),
    step=D("0.5"),
    volume_divisor=D("6000"),
    step_up=True,
)
"""Golden case G3: Shanghai to Frankfurt, step up on."""


def hangzhou(step_up: bool) -> PriceTerms:
    """Golden case G6: LTL from Wuxi to Hangzhou."""
    return bands(
        "KGM",
        band("0", "50", flat="30"),
        band("50", "200", "0.70"),
        band("200", "500", "0.50"),
        band("500", "1000", "0.45"),
        band("1000", "3000", "0.35"),
        band("3000", None, "0.30"),
        step_up=step_up,
    )


def sf_zone(first: str, second: str, third: str) -> PriceTerms:
    """Golden case G4: first kg, 1-3 kg and over 3 kg, each part at its own rate, steps of 0.1 kg."""
    return PriceTerms(
        Basis.GRADUATED,
        "CHW",
        "CNY",
        breaks=(band("0", "1", flat=first), band("1", "3", second), band("3", None, third)),
        step=D("0.1"),
        volume_divisor=D("6000"),
    )


SF_ZONES = {
    "Z0": sf_zone("6", "2", "3"),
    "Z1": sf_zone("7", "2", "3"),
    "Z2": sf_zone("7", "3", "4"),
    "Z3": sf_zone("9", "6", "7"),
}


def yunda(*flats: str, base: str = "2.6", per_kg: str) -> PriceTerms:
    """Golden case G5: six flat bands by actual weight, then base + whole kg × rate."""
    uppers = ["0", "0.3", "1", "2.2", "3.3", "4", "5.5"]
    flat_bands = [band(uppers[at], uppers[at + 1], flat=flat) for at, flat in enumerate(flats)]
    above = band("5.5" if flats else "0", None, per_kg, flat=base, step="1")
    return bands("KGM", *flat_bands, above)
