"""Guess a profile from the headers of an unknown sheet, for a person to confirm (DOMAIN S9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from portal.catalogue.rules.sheets.columns import header_texts
from portal.catalogue.rules.sheets.line import JOINED
from portal.catalogue.rules.sheets.meaning import Meaning, squeeze, usual_meaning
from portal.catalogue.rules.sheets.profile import (
    Column,
    Layout,
    Profile,
    constants,
    is_own,
    own_profile,
)
from portal.catalogue.rules.terms import Basis, Bound, PriceTerms
from portal.kernel.tables import Table

_SEARCHED = 40
_LANE = ((Meaning.RECEIPT, Meaning.ORIGIN), (Meaning.DESTINATION, Meaning.DELIVERY))
_IN_BANDS = {
    Meaning.PRICE: Meaning.BAND_PRICE,
    Meaning.MINIMUM: Meaning.BAND_MINIMUM,
    Meaning.FIRST_QUANTITY: Meaning.BAND_BEYOND,
    Meaning.FIRST_AMOUNT: Meaning.BAND_FLAT,
    Meaning.CONTINUED_AMOUNT: Meaning.BAND_RATE,
    Meaning.COMMISSION_FIRST: Meaning.BAND_COMMISSION,
    Meaning.COMMISSION_CONTINUED: Meaning.BAND_COMMISSION_RATE,
}
"""What a column means where each line is one band."""
_PRICED = frozenset({
    Meaning.PRICE, Meaning.BOX, Meaning.BAND, Meaning.BAND_PRICE, Meaning.BAND_FLAT,
    Meaning.BAND_RATE, Meaning.FIRST_AMOUNT, Meaning.PERCENT,
})  # fmt: skip
_AIR_TERMS = PriceTerms(
    Basis.BANDS,
    bound=Bound.FROM,
    step_up=True,
    step=Decimal("0.5"),
    volume_divisor=Decimal(6000),
)


def find_header(table: Table) -> tuple[int, tuple[str, ...]]:
    """The row that looks most like a header, and its words; (0, ()) when none does."""
    best: tuple[int, tuple[str, ...]] = (0, ())
    most = 1
    for number, row in table.head(_SEARCHED):
        words = header_texts(row)
        count = sum(1 for word in words if usual_meaning(word) is not None)
        if count > most:
            best, most = (number, words), count
    return best


def suggest_profile(headers: Sequence[str], name: str = "") -> tuple[Profile, int]:
    """A profile for a sheet with these headers, and how sure it is: percent of headers understood.

    0 when no column looks like a price. The product's own sheet is known for certain (100).
    """
    if is_own(headers):
        return own_profile(headers), 100
    columns = _columns(headers)
    meanings = {column.meaning for column in columns}
    layout = _layout(columns)
    profile = Profile(
        name=name,
        layout=layout,
        columns=tuple(columns),
        constants=_constants(headers, meanings, layout),
        required=tuple(ends for ends in _LANE if meanings.intersection(ends)),
        template=_AIR_TERMS if layout is Layout.BAND_COLUMNS else PriceTerms(Basis.PER_UNIT),
    )
    if not meanings & _PRICED:
        return profile, 0
    return profile, len(columns) * 100 // max(len(set(map(squeeze, headers))), 1)


def _columns(headers: Iterable[str]) -> list[Column]:
    found: list[Column] = []
    seen: set[tuple[Meaning, str]] = set()
    names: set[str] = set()
    for header in headers:
        usual = usual_meaning(header)
        if usual is None or squeeze(header) in names:
            continue
        meaning, detail = usual
        if (meaning, detail) in seen and meaning not in JOINED and meaning is not Meaning.BAND_FLAT:
            continue
        seen.add(usual)
        names.add(squeeze(header))
        found.append(Column(header, meaning, detail))
    if any(column.meaning in (Meaning.OVER, Meaning.UP_TO) for column in found):
        found = [Column(c.header, _IN_BANDS.get(c.meaning, c.meaning), c.detail) for c in found]
    return found


def _layout(columns: Sequence[Column]) -> Layout:
    counted = [column.meaning for column in columns]
    if counted.count(Meaning.BAND) >= 2:
        return Layout.BAND_COLUMNS
    if Meaning.BOX in counted:
        return Layout.BOX_COLUMNS
    if Meaning.OVER in counted or Meaning.UP_TO in counted:
        return Layout.BAND_LINES
    return Layout.LINES


def _constants(
    headers: Sequence[str], meanings: set[Meaning], layout: Layout
) -> tuple[tuple[Meaning, str], ...]:
    words = {squeeze(header) for header in headers}
    texts: dict[str, str] = {}
    if layout is Layout.BOX_COLUMNS:
        texts = {"category": "sea", "load": "fcl", "charge_code": "O/F"}
    elif layout is Layout.BAND_COLUMNS:
        texts = {"category": "air", "charge_code": "A/F", "unit": "CHW"}
    elif "pricegp" in words:
        texts = {"category": "sea", "load": "lcl", "charge_code": "O/F", "unit": "RT"}
    elif meanings & {Meaning.FIRST_AMOUNT, Meaning.PROVINCE}:
        texts = {"category": "express", "load": "parcel", "charge_code": "EXPR", "unit": "KGM"}
    if Meaning.FIRST_AMOUNT in meanings:
        texts |= {"first_quantity": "1", "continued_step": "1"}
    if Meaning.CHARGE_CODE in meanings or Meaning.CHARGE_NAME in meanings:
        texts.pop("charge_code", None)
    present = {meaning.value for meaning in meanings}
    return constants(**{name: text for name, text in texts.items() if name not in present})
