"""What the desk's templates draw figures and names with."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from markupsafe import Markup

from portal.catalogue.labels import SCHEME_KINDS
from portal.catalogue.rules.carriers import find_carrier
from portal.kernel.money import format_rate
from portal.kernel.units import unit_word
from portal.quotations.labels import CATEGORIES, LANGUAGES, LOADS, SECTIONS
from portal.quotations.views.desk_door import bp
from portal.web.fields import plain_number
from portal.web.words import locale_code, name_of

DASH = Markup('<span class="muted">—</span>')


def rate(value: Decimal | None, currency: str) -> Markup:
    """`USD 3,850.00`, the currency muted; a price keeps up to six decimals."""
    if value is None:
        return DASH
    return Markup('<span class="money"><span class="currency">{}</span> {}</span>').format(
        currency, format_rate(value)
    )


def percent(value: Decimal | None) -> str:
    """`12.5 %`; a dash where there is no rate."""
    return "—" if value is None else f"{value:,.1f} %"


def carrier_name(code: str) -> str:
    """The carrier's name in the reader's language; a word that is no carrier of the tables as it is."""
    found = find_carrier(code) if code else None
    return name_of(found) if found else code


def scheme_name(offer: Any) -> str:
    """The scheme's name in the reader's language, else its code."""
    english = locale_code() == "en"
    first, second = offer.scheme_name_zh, offer.scheme_name_en
    return str((second or first if english else first or second) or offer.scheme_code)


HELPERS = {
    "rate": rate,
    "percent": percent,
    "carrier_name": carrier_name,
    "scheme_name": scheme_name,
    "plain": plain_number,
    "unit_word": unit_word,
    "categories": CATEGORIES,
    "loads": LOADS,
    "languages": LANGUAGES,
    "section_words": SECTIONS,
    "kinds": SCHEME_KINDS,
}


@bp.context_processor
def helpers() -> dict[str, Any]:
    """For every template of this door."""
    return HELPERS
