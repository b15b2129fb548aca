"""A whole file of shipments priced by one tariff: what each costs, how, and what has no price (DOMAIN C3, P19, S6)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from portal.catalogue.rules.picking import is_freight
from portal.catalogue.rules.pricing_shipment import Line, PricedShipment, Role, price_shipment
from portal.catalogue.rules.sheets.rows import PriceRow
from portal.catalogue.rules.sheets.shipments import Fact, Shipment
from portal.catalogue.rules.surcharges import Occasion
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS

Chain = tuple[str, ...]
Ends = Callable[[Shipment], tuple[Chain, Chain] | Text]
"""From a shipment to what its origin and destination lie in, narrowest first; a Text says which place is unknown."""


@dataclass(frozen=True, slots=True)
class PricedRow:
    """One shipment of the file with its charges by currency, or why it has no price."""

    shipment: Shipment
    amounts: dict[str, Decimal] = field(default_factory=dict)
    working: tuple[Text, ...] = ()
    offer: str = ""
    why: Text | None = None

    @property
    def is_priced(self) -> bool:
        """Whether everything of it has a price."""
        return self.why is None

    @property
    def difference(self) -> Decimal | None:
        """What was billed less what it costs by the tariff; None without a bill or with several currencies."""
        if self.shipment.billed is None or not self.is_priced or len(self.amounts) != 1:
            return None
        return self.shipment.billed - next(iter(self.amounts.values()))


@dataclass(slots=True)
class Totals:
    """What a file comes to: sums by currency, what was billed, how many lines differ or have no price."""

    shipments: int = 0
    priced: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    billed: Decimal = Decimal(0)
    billed_lines: int = 0
    different: int = 0
    different_amount: Decimal = Decimal(0)

    def add(self, row: PricedRow) -> None:
        """Count one line."""
        self.shipments += 1
        if row.is_priced:
            self.priced += 1
            for currency, amount in row.amounts.items():
                self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + amount
        if row.shipment.billed is not None:
            self.billed += row.shipment.billed
            self.billed_lines += 1
        if row.difference:
            self.different += 1
            self.different_amount += row.difference


class PriceBook:
    """All prices of one tariff by lane, for many shipments."""

    def __init__(self, rows: Iterable[PriceRow], default_day: date, cheapest: bool = False) -> None:
        self._by_lane: dict[tuple[str, str], list[PriceRow]] = {}
        for row in rows:
            self._by_lane.setdefault((row.key.origin, row.key.destination), []).append(row)
        self._default_day = default_day
        self._cheapest = cheapest

    def price(self, shipment: Shipment, ends: Ends) -> PricedRow:
        """The shipment at the narrowest level of places that has a valid line.

        Where several offers fit (carriers, services) and the file does not say which, there is no price unless the
        cheapest was asked for: never the cheapest by accident (DOMAIN S2).
        """
        lane = ends(shipment)
        if isinstance(lane, Text):
            return PricedRow(shipment, why=lane)
        offers = self._offers(shipment, *lane)
        if not offers:
            return PricedRow(shipment, why=t("no price for this lane, box or day"))
        if len(offers) > 1 and not self._cheapest:
            names = ", ".join(list(offers)[:4])
            why = t("several prices fit (%(names)s); say which in the file", names=names)
            return PricedRow(shipment, why=why)
        priced = [_priced(shipment, name, lines) for name, lines in offers.items()]
        whole = [row for row in priced if row.is_priced]
        if not whole:
            return priced[0]
        if len({tuple(row.amounts) for row in whole}) > 1:
            return PricedRow(shipment, why=t("the prices that fit are in different currencies"))
        return min(whole, key=lambda row: sum(row.amounts.values(), Decimal(0)))

    def _offers(
        self, shipment: Shipment, origins: Chain, destinations: Chain
    ) -> dict[str, list[PriceRow]]:
        """Offer name → its lines, of the narrowest level with a freight that fits; else of any line that fits."""
        for origin, destination in _levels(origins, destinations):
            rows = self._by_lane.get((origin, destination))
            fitting = [row for row in rows or () if self._fits(row, shipment)]
            if fitting:
                return _by_offer(fitting)
        return {}

    def _fits(self, row: PriceRow, shipment: Shipment) -> bool:
        key, on = row.key, shipment.on or self._default_day
        if shipment.carrier and key.carrier and key.carrier != shipment.carrier:
            return False
        if shipment.category and key.category != shipment.category:
            return False
        if shipment.service and key.qualifier and not _serves(key.qualifier, shipment.service):
            return False
        if key.packaging and not shipment.boxes.get(key.packaging):
            return False
        started = row.valid_from is None or row.valid_from <= on
        return started and (row.valid_to is None or on <= row.valid_to)


def lacking(rows: Sequence[PriceRow], facts: Set[Fact]) -> list[Text]:
    """The columns without which no line of a file could be priced by these prices; none where any price does without.

    A single origin needs no column: it is the origin of every line (`only_origin`).
    """
    lanes = [row for row in rows if is_freight(row.key.charge_code)] or rows
    found = []
    if not facts & {Fact.ORIGIN} and all(row.key.origin for row in lanes) and not only_origin(rows):
        found.append(t("a column for the origin; none was found"))
    if not facts & _TO_WHERE and all(row.key.destination for row in lanes):
        found.append(t("a column for the destination; none was found"))
    if Fact.WEIGHT not in facts and all(_is_weighed(row.terms.unit) for row in lanes):
        found.append(t("a column for the weight; none was found"))
    return found


def only_origin(rows: Sequence[PriceRow]) -> str:
    """The origin of all these prices; empty when they have several or none."""
    origins = {row.key.origin for row in rows if row.key.origin}
    return next(iter(origins)) if len(origins) == 1 else ""


_TO_WHERE = {Fact.DESTINATION, Fact.PROVINCE, Fact.CITY}


def _is_weighed(unit: str) -> bool:
    return unit in ("CHW", "RT") or (unit in UNITS and UNITS[unit].dimension == "weight")


def _serves(qualifier: str, service: str) -> bool:
    """Whether a price's qualifier speaks of this service: one of its parts is it."""
    wanted = service.casefold()
    return any(part.strip().casefold() == wanted for part in _PARTS.split(qualifier))


_PARTS = re.compile(r" · | / | ?#\d+$")
"""How the reader of sheets joins what tells prices of one lane apart."""


def _levels(origins: Sequence[str], destinations: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Every pair of places, the nearest pair first; of equals the nearer destination."""
    pairs = [(a + b, b, a) for a in range(len(origins)) for b in range(len(destinations))]
    for _, to_there, from_here in sorted(pairs):
        yield origins[from_here], destinations[to_there]


def _by_offer(rows: Iterable[PriceRow]) -> dict[str, list[PriceRow]]:
    """Lines of one carrier and qualifier together; lines for any of them join each."""
    offers: dict[str, list[PriceRow]] = {}
    shared: list[PriceRow] = []
    rows = list(rows)
    has_freight = any(is_freight(row.key.charge_code) for row in rows)
    for row in rows:
        name = " ".join(filter(None, (row.key.carrier, row.key.qualifier)))
        if has_freight and not name and not is_freight(row.key.charge_code):
            shared.append(row)
        else:
            offers.setdefault(name, []).append(row)
    return {name: [*lines, *shared] for name, lines in offers.items()} or {"": shared}


def _priced(shipment: Shipment, offer: str, rows: Sequence[PriceRow]) -> PricedRow:
    lines = [_line(row) for row in rows]
    result = price_shipment(lines, shipment.cargo(), Occasion(on=shipment.on))
    if result.unpriced:
        missing = result.unpriced[0]
        why = t("%(code)s: %(why)s", code=missing.line.code, why=missing.why)
        return PricedRow(shipment, offer=offer, why=why)
    amounts: dict[str, Decimal] = {}
    for charge in result.charges:
        if charge.amount is not None:
            currency = charge.charge.currency
            amounts[currency] = amounts.get(currency, Decimal(0)) + charge.amount
    if not amounts:
        return PricedRow(shipment, offer=offer, why=t("nothing here that it counts"))
    return PricedRow(shipment, amounts, _working(result), offer)


def _line(row: PriceRow) -> Line:
    role = Role.BASE if is_freight(row.key.charge_code) else Role.SURCHARGE
    return Line(row.key.charge_code, row.terms, role, inclusive=frozenset(row.inclusive))


def _working(result: PricedShipment) -> tuple[Text, ...]:
    several = len(result.charges) > 1
    found: list[Text] = []
    for each in result.charges:
        sentences = each.charge.working.sentences()
        if several:
            found.append(Text(f"{each.line.code}:"))
        found.extend(sentences)
    return tuple(found)
