"""From a version's rows to what its paper says: charges, lane, shipment, parties. No cost is read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from portal.accounts.models import User
from portal.catalogue.rules.carriers import find_carrier
from portal.catalogue.rules.places import Gazetteer
from portal.catalogue.rules.placetable import Kind
from portal.catalogue.rules.working_text import sentences_of
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.money import format_quantity
from portal.kernel.text import Text
from portal.kernel.units import UNITS
from portal.quotations.models import Quotation, QuotationLine, QuotationVersion
from portal.quotations.rules.charged import Charged
from portal.quotations.rules.grouping import Conversion, StoredTotals
from portal.quotations.rules.paper import Fact, Lane, Party, Place
from portal.quotations.rules.shipment import box_words, cargo_from_json
from portal.quotations.rules.wording import (
    about_days_words,
    charge_words,
    free_days_words,
    mode_words,
    volume_words,
    weight_words,
)

ZERO = Decimal(0)
LANE_SIGN = "–"
"""What stands between the ends of a lane in an item's name (catalogue/rules/itemkeys)."""
_CODED = frozenset({Kind.PORT, Kind.AIRPORT, Kind.RAIL})
"""Kinds of place whose code a trader reads: CNSHA, PVG. Others have statistical codes."""
_BY_WATER = ("sea", "inland_water")
_PLAIN_STEPS = frozenset({"counted", "product", "flat"})
_OURS = frozenset({"commission"})
"""Steps that say how the firm makes its price, not what the customer pays for."""
_CHARGED_BY = {"CHW": "chargeable_weight", "RT": "revenue_tons"}


def charges_of(
    version: QuotationVersion, language: PaperLanguage, known: Gazetteer
) -> tuple[Charged, ...]:
    """The lines as the customer may see them."""
    bilingual = language is PaperLanguage.BOTH
    ends = [place_words(code, known) for code in (version.origin, version.destination) if code]
    lane = Words(LANE_SIGN.join(end.zh for end in ends), LANE_SIGN.join(end.en for end in ends))
    return tuple(_charged(row, lane, bilingual) for row in version.lines)


def totals_of(version: QuotationVersion) -> tuple[StoredTotals, ...]:
    """The totals that pricing stored, one for each option."""
    return tuple(_stored(each) for each in (version.totals or {}).get("options", ()))


def lanes_of(version: QuotationVersion, known: Gazetteer, *, alternatives: int) -> tuple[Lane, ...]:
    """Where from, where to and how; none where the quotation names no two places.

    With alternatives neither a carrier nor its transit stands over the lane: each has its own.
    """
    if not version.origin or not version.destination:
        return ()
    free: tuple[Words, ...] = ()
    carriage = [Words(f"{alternatives} 个方案", f"{alternatives} options")]
    if alternatives < 2:
        free = _of_days(version.free_days, free_days_words)
        about = _of_days(version.transit_days, about_days_words)
        carriage = [carrier_words(version.carrier), *about]
    mode = (mode_words(version.category, version.load), same(version.routing))
    return (
        Lane(
            _place(version.origin, known),
            _place(version.destination, known, free),
            tuple(each for each in mode if each),
            tuple(each for each in carriage if each),
            is_by_sea=version.category in _BY_WATER,
        ),
    )


def _of_days(days: int | None, told: Callable[[int], Words]) -> tuple[Words, ...]:
    return (told(days),) if days else ()


def place_words(code: str, known: Gazetteer) -> Words:
    """A place's names; a word that is no place of ours is printed as it was typed."""
    place = known.get(code)
    return Words(place.name_zh, place.name_en) if place else same(code)


def carrier_words(code: str) -> Words:
    """A carrier's names; a word that is no carrier of ours is printed as it was typed."""
    known = find_carrier(code) if code else None
    return Words(known.name_zh, known.name_en) if known else same(code)


def facts_of(version: QuotationVersion, charges: Sequence[Charged]) -> tuple[Fact, ...]:
    """What is shipped, a labelled value each; only what is known."""
    return tuple(Fact(label, value) for label, value in _facts(version, charges) if value)


def customer_party(quotation: Quotation) -> Party:
    """To whom: the company, the person and how to reach them."""
    customer, contact = quotation.customer, quotation.contact
    name = Words(customer.name_zh, customer.name_en)
    if contact is None:
        return Party(name)
    person = " ".join(part for part in (contact.name, contact.position) if part)
    return Party(name, same(person), _reach(contact.phone, contact.email))


def sender_party(owner: User) -> Party:
    """From whom: the person in charge."""
    return Party(same(owner.name), NO_WORDS, _reach(owner.email, owner.phone))


def option_titles(
    stored: Iterable[StoredTotals], charges: Sequence[Charged]
) -> Mapping[str, Words]:
    """What each option is called: its carrier, or its own name with the carriers it uses."""
    titles = {}
    for each in stored:
        if find_carrier(each.option):
            titles[each.option] = carrier_words(each.option)
            continue
        used = dict.fromkeys(c.carrier for c in charges if c.option == each.option and c.carrier)
        names = [same(each.option), *map(carrier_words, used)]
        titles[each.option] = Words(
            " · ".join(name.zh for name in names), " · ".join(name.en for name in names)
        )
    return titles


def plain(number: Decimal) -> Decimal:
    """The number as it reads (118, 2.34), however many places its column keeps."""
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _charged(row: QuotationLine, lane: Words, bilingual: bool) -> Charged:
    basis_unit = row.main_unit if row.unit == "LS" and row.main_unit else row.unit
    return Charged(
        section=row.section,
        name=charge_words(
            Words(row.name_zh, row.name_en), row.unit, row.packaging, lane, bilingual=bilingual
        ),
        key=(row.section, row.charge_code or row.name_zh, row.packaging or row.unit, row.name_zh),
        code="" if row.charge_code in (row.name_zh, row.name_en) else row.charge_code,
        option=row.option,
        carrier=row.carrier,
        unit=row.unit,
        basis_unit=basis_unit,
        currency=row.currency,
        quantity=plain(row.quantity),
        rate=row.rate,
        amount=row.amount,
        net=row.net or ZERO,
        tax=row.tax or ZERO,
        gross=row.gross or ZERO,
        tax_label=Words(row.tax_label_zh, row.tax_label_en),
        is_taxed=row.tax_kind == "taxed" and row.tax_percent > 0,
        is_inclusive=row.tax_inclusive,
        is_collect=row.is_collect,
        does_not_apply=bool(row.problem) and row.amount == 0,
        note=_note(row),
        working=_working(row),
    )


def _note(row: QuotationLine) -> Words:
    """The typed remark, and whatever keeps quantity × price from being the amount."""
    parts = [same(row.note)] if row.note else []
    if row.discount_percent:
        percent = f"{row.discount_percent.normalize():f}%"
        parts.append(Words(f"折扣 {percent}", f"{percent} discount"))
    for kind, values in row.working or ():
        if kind == "minimum":
            parts.append(Words("最低收费", "minimum charge"))
        elif kind == "each":
            unit = UNITS.get(values["unit"])
            times = format_quantity(plain(Decimal(values["times"])))
            parts.append(
                Words(
                    f"× {times} {unit.short_zh if unit else values['unit']}",
                    f"× {times} {unit.short_en if unit else values['unit']}",
                )
            )
    zh, en = (" · ".join(words) for words in (_in(parts, "zh"), _in(parts, "en")))
    return Words(zh, en)


def _in(parts: Iterable[Words], language: str) -> list[str]:
    return [part.en or part.zh if language == "en" else part.zh or part.en for part in parts]


def _working(row: QuotationLine) -> tuple[Text, ...]:
    """The steps in words where there is more to say than quantity × price."""
    steps = [(kind, values) for kind, values in row.working or () if kind not in _OURS]
    if {kind for kind, _ in steps} <= _PLAIN_STEPS:
        return ()
    return sentences_of(steps)


def _stored(option: Mapping[str, Any]) -> StoredTotals:
    total = option.get("total")
    return StoredTotals(
        option["option"],
        {code: Decimal(amount) for code, amount in option["subtotals"].items()},
        tuple(
            Conversion(
                each["currency"],
                Decimal(each["amount"]),
                Decimal(each["converted"]),
                Decimal(each["rate"]) if each["rate"] else None,
                date.fromisoformat(each["on"]) if each["on"] else None,
            )
            for each in option["conversions"]
        ),
        None if total is None else Decimal(total),
    )


def _place(code: str, known: Gazetteer, remarks: tuple[Words, ...] = ()) -> Place:
    place = known.get(code)
    shown = code if place is not None and place.kind in _CODED else ""
    return Place(place_words(code, known), shown, remarks)


def _facts(version: QuotationVersion, charges: Sequence[Charged]) -> Iterator[tuple[str, Words]]:
    cargo = cargo_from_json(version.cargo)
    yield "boxes", same(box_words(cargo.boxes))
    if version.boxes:
        yield "box_count", same(f"{version.boxes} / {format_quantity(plain(version.teu))} TEU")
    pieces = sum(piece.count for piece in cargo.pieces)
    if pieces:
        yield "packages", same(f"{pieces:,}")
    if cargo.gross_kg is not None:
        yield "gross_weight", weight_words(cargo.gross_kg)
    if cargo.volume_m3 is not None:
        yield "volume", volume_words(cargo.volume_m3)
    charged = next((c for c in charges if c.unit in _CHARGED_BY and c.amount is not None), None)
    if charged is not None:
        sign = UNITS[charged.unit].short_en
        yield _CHARGED_BY[charged.unit], same(f"{format_quantity(charged.quantity)} {sign}")
    yield "commodity", same(version.goods)
    yield "incoterm", same(version.incoterm)
    if version.reference_on and version.category in _BY_WATER:
        yield "etd", same(version.reference_on.isoformat())


def _reach(*ways: str | None) -> tuple[str, ...]:
    return tuple(way for way in ways if way)
