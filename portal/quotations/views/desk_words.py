"""Places, cargo and workings in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from flask_babel import gettext as _

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.places import Gazetteer, Place
from portal.catalogue.rules.placetable import PREFERRED_KINDS
from portal.catalogue.rules.terms import Basis, Break, PriceTerms
from portal.catalogue.rules.working import Working
from portal.kernel.errors import Invalid
from portal.kernel.money import format_rate
from portal.kernel.pinyin import normalise
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.quotations.models import QuotationLine
from portal.quotations.rules.shipment import box_words
from portal.web.fields import plain_number
from portal.web.words import name_of, say

MOST_BREAKS = 8


def place_words(code: str, book: Gazetteer) -> str:
    """The place's name in the reader's language; a free place is its own name."""
    place = book.get(code)
    return name_of(place) if place else code


def place_as_typed(code: str, book: Gazetteer) -> str:
    """What stands in a place's field: `上海 CNSHA`."""
    place = book.get(code)
    return f"{name_of(place)} {code}" if place else code


def place_code(typed: str, category: str, book: Gazetteer, field: str) -> str:
    """The code of what was typed; Invalid with the choices when it means several places of one kind."""
    plain = normalise(typed)
    if not plain:
        return ""
    name, _blank, last = plain.rpartition(" ")
    shown = book.get(last.upper())
    if shown is not None and name in (shown.name_zh, shown.name_en):
        return shown.code
    kinds = PREFERRED_KINDS.get(category, PREFERRED_KINDS["sea"])
    found = book.find(plain, kinds)
    if found is not None:
        return found.code
    several = [match.place for match in book.matches(plain, kinds)] or list(book.search(plain, 5))
    if several:
        raise Invalid(t("Which one: %(choices)s?", choices=_choices(several)), field)
    return plain[:60]


def _choices(places: Iterable[Place]) -> str:
    return " · ".join(f"{name_of(place)} {place.code}" for place in list(places)[:6])


def cargo_words(cargo: Cargo) -> str:
    """`2×20GP 3×40GP · 12,000 kg · 40 m³ · 10 pieces`."""
    parts = [box_words(cargo.boxes)]
    if cargo.gross is not None:
        parts.append(f"{cargo.gross:,f} kg")
    if cargo.volume is not None:
        parts.append(f"{plain_number(round(cargo.volume, 3))} m³")
    if cargo.pieces:
        parts.append(_("%(count)s pieces", count=sum(piece.count for piece in cargo.pieces)))
    parts += [
        f"{plain_number(count)} {say(unit_word(unit))}" for unit, count in cargo.counts.items()
    ]
    return " · ".join(part for part in parts if part)


def working_of(row: QuotationLine) -> tuple[Text, ...]:
    """How a line's figure arose, a sentence each."""
    return Working.from_json(row.working).sentences() if row.working else ()


def problem_of(row: QuotationLine) -> Text | None:
    """Why a line has no amount, or does not apply."""
    return Text.from_json(row.problem) if row.problem else None


def terms_words(terms: PriceTerms) -> str:
    """What a price with bands or a first weight says in one line; "" where the headline says it all."""
    unit = say(unit_word(terms.unit))
    if terms.basis in (Basis.BANDS, Basis.GRADUATED):
        shown = " · ".join(_band(band) for band in terms.breaks[:MOST_BREAKS])
        return f"{shown} …" if len(terms.breaks) > MOST_BREAKS else shown
    if terms.basis is Basis.FIRST_CONTINUED:
        return _(
            "first %(first)s %(unit)s %(amount)s, each further %(step)s %(unit)s %(each)s",
            first=plain_number(terms.first_quantity),
            unit=unit,
            amount=_rate(terms.first_amount),
            step=plain_number(terms.continued_step),
            each=_rate(terms.continued_amount),
        )
    return _limits(terms)


def _limits(terms: PriceTerms) -> str:
    if terms.minimum is not None:
        return _("minimum %(amount)s", amount=_rate(terms.minimum))
    if terms.basis is Basis.MAX_OF:
        return " / ".join(f"{_rate(a.rate)} {say(unit_word(a.unit))}" for a in terms.alternatives)
    return ""


def _band(band: Break) -> str:
    parts = [_rate(part) for part in (band.flat, band.rate) if part is not None]
    shown = " + ".join(parts) if band.rate is not None else _("%(amount)s flat", amount=parts[0])
    return f"{plain_number(band.over)}+ {shown}"


def unit_price_words(terms: PriceTerms) -> str:
    """`38.00`, or `17.50–38.00` where the bands have prices of their own; "" at cost."""
    rates = [band.rate for band in terms.breaks if band.rate is not None]
    if not rates or terms.basis not in (Basis.BANDS, Basis.GRADUATED):
        return ""
    low, high = min(rates), max(rates)
    return format_rate(low) if low == high else f"{format_rate(low)}–{format_rate(high)}"


def _rate(number: Decimal | None) -> str:
    return "—" if number is None else format_rate(number)
