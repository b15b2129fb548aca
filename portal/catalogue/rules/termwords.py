"""Price terms in words: what a person reads on the tariff page instead of columns (DOMAIN S7, P19)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.catalogue.rules.terms import Basis, Bound, Break, PriceTerms, Rounding
from portal.kernel.money import format_quantity, format_rate
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word


def describe(terms: PriceTerms) -> tuple[Text, ...]:
    """One sentence for the price, one for each band or alternative, then the conditions."""
    return (*_price(terms), *_conditions(terms))


def short(terms: PriceTerms) -> Text:
    """The price in a few words, for one cell of a list."""
    if terms.basis in (Basis.BANDS, Basis.GRADUATED):
        first = next(iter(_bands(terms)), t("no bands"))
        more = len(terms.breaks) - 1
        return t("%(first)s; %(more)s more bands", first=first, more=more) if more > 0 else first
    if terms.basis is Basis.MAX_OF:
        count = len(terms.alternatives)
        return t("the largest of %(count)s prices", count=count)
    return next(iter(_price(terms)))


def _price(terms: PriceTerms) -> Iterator[Text]:
    basis = terms.basis
    if basis is Basis.PER_UNIT:
        each = t(" and %(unit)s", unit=unit_word(terms.each)) if terms.each else ""
        words = {"price": _money(terms, terms.rate), "unit": unit_word(terms.unit), "each": each}
        yield t("%(price)s per %(unit)s%(each)s", **words)
    elif basis is Basis.FLAT:
        yield t("%(price)s for the whole shipment", price=_money(terms, terms.rate))
    elif basis is Basis.AT_COST:
        yield t("At cost, with the receipt")
    elif basis is Basis.PERCENT:
        codes = ", ".join(terms.base_codes) or t("base freight")
        yield t("%(percent)s %% of %(codes)s", percent=_rate(terms.percent), codes=codes)
    elif basis is Basis.FIRST_CONTINUED:
        yield _first_continued(terms)
    elif basis is Basis.MAX_OF:
        yield t("The largest of:")
        for alternative in terms.alternatives:
            yield from describe(alternative)
    else:
        if basis is Basis.GRADUATED:
            yield t("Each part of the quantity at its own band's price:")
        yield from _bands(terms)


def _first_continued(terms: PriceTerms) -> Text:
    return t(
        "First %(first)s %(unit)s: %(price)s; each further %(step)s %(unit)s: %(more)s",
        first=_quantity(terms.first_quantity),
        unit=unit_word(terms.unit),
        price=_money(terms, _with(terms.first_amount, terms.commission_first)),
        step=_quantity(terms.continued_step),
        more=_rate(_with(terms.continued_amount, terms.commission_continued)),
    )


def _bands(terms: PriceTerms) -> Iterator[Text]:
    for band in terms.breaks:
        yield t("%(band)s: %(price)s", band=_span(terms, band), price=_band_price(terms, band))


def _span(terms: PriceTerms, band: Break) -> Text:
    words = {"over": _quantity(band.over), "unit": unit_word(terms.unit)}
    if band.up_to is None:
        if terms.bound is Bound.OVER:
            return t("over %(over)s %(unit)s", **words)
        return t("from %(over)s %(unit)s", **words)
    words["up_to"] = _quantity(band.up_to)
    if terms.bound is Bound.OVER:
        if not band.over:
            return t("up to %(up_to)s %(unit)s", **words)
        return t("over %(over)s up to %(up_to)s %(unit)s", **words)
    if terms.bound is Bound.FROM:
        return t("from %(over)s to under %(up_to)s %(unit)s", **words)
    return t("from %(over)s to %(up_to)s %(unit)s", **words)


def _band_price(terms: PriceTerms, band: Break) -> Text:
    flat = None if band.flat is None else band.flat + band.commission
    if band.rate is None:
        return t("%(price)s in all", price=_money(terms, flat))
    words = {"rate": _rate(band.rate + band.commission_rate), "unit": unit_word(terms.unit)}
    if flat is None:
        per_unit = t("%(price)s per %(unit)s", price=_money(terms, band.rate), unit=words["unit"])
        if band.minimum is None:
            return per_unit
        return t("%(price)s, at least %(least)s", price=per_unit, least=_rate(band.minimum))
    words["flat"] = _money(terms, flat)
    if band.beyond:
        beyond = _quantity(band.beyond)
        return t("%(flat)s + %(rate)s per %(unit)s above %(beyond)s", beyond=beyond, **words)
    return t("%(flat)s + %(rate)s per %(unit)s", **words)


def _conditions(terms: PriceTerms) -> Iterator[Text]:
    if terms.minimum is not None:
        yield t("At least %(amount)s", amount=_money(terms, terms.minimum))
    if terms.maximum is not None:
        yield t("At most %(amount)s", amount=_money(terms, terms.maximum))
    unit = unit_word(terms.unit)
    if terms.minimum_quantity:
        least = _quantity(terms.minimum_quantity)
        yield t("Charged for at least %(quantity)s %(unit)s", quantity=least, unit=unit)
    if terms.free_quantity:
        free = _quantity(terms.free_quantity)
        yield t("The first %(quantity)s %(unit)s are free", quantity=free, unit=unit)
    if terms.volume_divisor is not None:
        yield t("Volume weight at %(divisor)s cm³ per kg", divisor=_quantity(terms.volume_divisor))
    if terms.volume_share != 1:
        share = _quantity(terms.volume_share * 100)
        yield t("%(share)s %% of the volume surplus is charged", share=share)
    if terms.step is not None:
        words = {"step": _quantity(terms.step), "unit": unit}
        yield t(_ROUNDINGS[terms.rounding].msgid, **words)
    if terms.step_up:
        yield t("A higher band is charged when it is cheaper")
    if terms.quantity_of:
        yield t("Quantity as charged for %(code)s", code=terms.quantity_of)


_ROUNDINGS = {
    Rounding.UP: t("Rounded up to %(step)s %(unit)s"),
    Rounding.HALF_UP: t("Rounded to %(step)s %(unit)s"),
    Rounding.DOWN: t("Rounded down to %(step)s %(unit)s"),
}


def _with(amount: Decimal | None, commission: Decimal) -> Decimal | None:
    return None if amount is None else amount + commission


def _money(terms: PriceTerms, amount: Decimal | None) -> str:
    return f"{terms.currency} {_rate(amount)}".strip()


def _rate(amount: Decimal | None) -> str:
    return "—" if amount is None else format_rate(amount)


def _quantity(amount: Decimal | None) -> str:
    return "—" if amount is None else format_quantity(amount)
