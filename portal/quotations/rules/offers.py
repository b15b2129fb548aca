"""Prices of a lane side by side: boxes in columns, what this shipment would cost, whether a price may leave alone.

Pure: the desk's lane search and its re-pricing page draw what is worked out here (REQUIREMENTS Q2, DOMAIN M1-M3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Protocol

from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.exchange import ExchangeRate, convert
from portal.catalogue.rules.margin import CostComponent, Floor, Margin, below_floor, cost_of
from portal.catalogue.rules.pricing import Charge, price
from portal.catalogue.rules.tax import TaxTerms, tax_line
from portal.catalogue.rules.terms import PriceTerms
from portal.kernel.boxes import BOX_TYPES
from portal.kernel.errors import Invalid

SAMPLE = Decimal(1000)
"""Units that a margin is worked on where the shipment says none: the rounding of money then weighs nothing."""
_BOX_ORDER = {code: at for at, code in enumerate(BOX_TYPES)}


class Offer(Protocol):
    """What is read of a price that may be quoted: `catalogue.queries.prices.LanePrice` fits."""

    @property
    def price_id(self) -> int: ...
    @property
    def scheme_id(self) -> int: ...
    @property
    def scheme_kind(self) -> str: ...
    @property
    def tariff_code(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def load(self) -> str: ...
    @property
    def charge_code(self) -> str: ...
    @property
    def origin(self) -> str: ...
    @property
    def destination(self) -> str: ...
    @property
    def packaging(self) -> str: ...
    @property
    def carrier(self) -> str: ...
    @property
    def qualifier(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def headline(self) -> Decimal | None: ...
    @property
    def terms(self) -> PriceTerms: ...
    @property
    def transit_days(self) -> int | None: ...
    @property
    def free_days(self) -> int | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def floor_margin_percent(self) -> Decimal | None: ...
    @property
    def level(self) -> int: ...


@dataclass(frozen=True, slots=True)
class OfferMargin:
    """What a price earns in percent of the sale, and whether it is under its scheme's floor."""

    before_rebate: Decimal | None
    after_rebate: Decimal | None
    is_below_floor: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """One price on the board; `amount` is what the shipment asked for would cost, None when it says too little.

    `is_least`: the weight or the volume alone is known, so that it may come to more.
    """

    offer: Offer
    amount: Decimal | None
    is_least: bool
    margin: OfferMargin | None


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One carrier's prices in one scheme: `cells` by box type, "" for what is not priced by box."""

    first: Offer
    cells: Mapping[str, Cell]
    totals: Mapping[str, Decimal]

    @property
    def is_least(self) -> bool:
        """Whether a total may come to more."""
        return any(cell.is_least for cell in self.cells.values())

    @property
    def price_ids(self) -> tuple[int, ...]:
        """All its prices, to pick the row at once."""
        return tuple(cell.offer.price_id for cell in self.cells.values())


@dataclass(frozen=True, slots=True)
class Board:
    """The prices of one category and load, in rows, with the box types that stand over the columns."""

    category: str
    load: str
    boxes: tuple[str, ...]
    rows: tuple[BoardRow, ...] = field(default=())


def boards(
    offers: Sequence[Offer], cargo: Cargo, margins: Mapping[int, OfferMargin]
) -> tuple[Board, ...]:
    """The offers in their order, grouped; the boxes of `cargo` alone where it names any.

    Boards with one of these boxes come first, then those that join both ends, then what is done at one end.
    """
    grouped: dict[tuple[str, str], dict[tuple[object, ...], list[Offer]]] = {}
    for offer in offers:
        if cargo.boxes and offer.packaging in BOX_TYPES and offer.packaging not in cargo.boxes:
            continue
        rows = grouped.setdefault((offer.category, offer.load), {})
        rows.setdefault(_row_of(offer), []).append(offer)
    found = [_board(*key, list(rows.values()), cargo, margins) for key, rows in grouped.items()]
    return tuple(sorted(found, key=lambda board: (not _carries(board, cargo), not _joins(board))))


def _carries(board: Board, cargo: Cargo) -> bool:
    """Whether a board has prices for one of the boxes asked for; true where none was."""
    return not cargo.boxes or any(box in cargo.boxes for box in board.boxes)


def _joins(board: Board) -> bool:
    """Whether a board has prices from one end to the other."""
    return any(row.first.origin and row.first.destination for row in board.rows)


def offer_margin(
    offer: Offer,
    cargo: Cargo,
    costs: Iterable[CostComponent],
    tax: TaxTerms,
    functional: str,
    rates: Mapping[str, ExchangeRate],
) -> OfferMargin | None:
    """The margin of a price on this shipment, else on a sample; None when its cost or a rate of exchange is unknown."""
    parts = tuple(costs)
    if not parts:
        return None
    try:
        amount, quantity = _sold(offer, cargo)
        net = tax_line(amount, tax, offer.terms.currency).net
        own = offer.terms.currency
        sale = convert(net, own, functional, rates.get(own)).converted
        margin = Margin(sale, cost_of(parts, quantity, functional, rates))
    except Invalid:
        return None
    floor = Floor(rate=offer.floor_margin_percent)
    below = offer.floor_margin_percent is not None and below_floor(margin, floor) is not None
    return OfferMargin(margin.rate_before_rebate, margin.rate_after_rebate, below)


def charge_of(terms: PriceTerms, cargo: Cargo) -> tuple[Charge | None, bool]:
    """What the shipment would cost, and whether that is only the least; None when it does not say enough.

    Where the weight or the volume is missing, the other one is taken for the charged quantity.
    """
    for measure, is_least in ((cargo, False), (_only_fact(terms, cargo), True)):
        if measure is None:
            continue
        with suppress(Invalid):
            charge = price(terms, measure)
            return (charge, is_least) if charge.quantity else (None, False)
    return None, False


def _only_fact(terms: PriceTerms, cargo: Cargo) -> Decimal | None:
    if terms.unit in ("CHW", "KGM"):
        return cargo.gross
    if terms.unit == "RT":
        weight = None if cargo.gross is None else cargo.gross / terms.weight_ratio
        return cargo.volume if weight is None else weight
    return None


def _sold(offer: Offer, cargo: Cargo) -> tuple[Decimal, Decimal]:
    """(amount, quantity) of the shipment, or of a sample where it says too little. Invalid when neither has a price."""
    charge, _is_least = charge_of(offer.terms, cargo)
    if charge is None or not charge.amount:
        charge = price(offer.terms, SAMPLE)
    return charge.amount or Decimal(0), charge.quantity


def _row_of(offer: Offer) -> tuple[object, ...]:
    where = (offer.origin, offer.destination, offer.carrier, offer.qualifier, offer.charge_code)
    unit = "" if offer.packaging in BOX_TYPES else offer.unit
    when = (offer.transit_days, offer.free_days, offer.valid_from, offer.valid_to)
    return (offer.scheme_id, offer.tariff_code, *where, unit, *when)


def _board(
    category: str,
    load: str,
    groups: Sequence[Sequence[Offer]],
    cargo: Cargo,
    margins: Mapping[int, OfferMargin],
) -> Board:
    boxes = {o.packaging for group in groups for o in group if o.packaging in BOX_TYPES}
    rows = tuple(_row(group, cargo, margins) for group in groups)
    return Board(category, load, tuple(sorted(boxes, key=lambda b: _BOX_ORDER[b])), rows)


def _row(group: Sequence[Offer], cargo: Cargo, margins: Mapping[int, OfferMargin]) -> BoardRow:
    cells: dict[str, Cell] = {}
    totals: dict[str, Decimal] = {}
    for offer in group:
        key = offer.packaging if offer.packaging in BOX_TYPES else ""
        if key in cells:
            continue
        charge, is_least = charge_of(offer.terms, cargo)
        amount = charge.amount if charge else None
        cells[key] = Cell(offer, amount, is_least, margins.get(offer.price_id))
        if amount is not None:
            totals[offer.currency] = totals.get(offer.currency, Decimal(0)) + amount
    return BoardRow(group[0], cells, totals)
