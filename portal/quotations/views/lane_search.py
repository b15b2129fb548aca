"""Reading the lane box, and finding what stands on the board below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import g, request, url_for

from portal.catalogue.queries.places import firm_places
from portal.catalogue.queries.prices import LanePrice, lane_prices
from portal.catalogue.rules.cargo import Cargo
from portal.catalogue.rules.carriers import Carrier, find_carrier
from portal.catalogue.rules.lanes import LaneQuery, parse_lane
from portal.catalogue.rules.places import Gazetteer, Place, gazetteer
from portal.customers.models import Customer
from portal.quotations import queries
from portal.quotations.models import Quotation
from portal.quotations.rules.offers import Board, boards
from portal.quotations.rules.shipment import cargo_from_json
from portal.quotations.views.customer_choice import Chosen, chosen_customer
from portal.quotations.views.desk_door import quotation_and_version, today
from portal.web.fields import plain_number

LONGEST = 120


@dataclass(frozen=True, slots=True)
class LaneSearch:
    """What the lane box says, for whom, on which day, and into which quotation the prices will go."""

    text: str
    query: LaneQuery
    origin: Place | None
    destination: Place | None
    cargo: Cargo
    on: date
    customer: Chosen
    quotation: Quotation | None
    book: Gazetteer

    @property
    def is_asked(self) -> bool:
        """Whether there is a lane to look up."""
        return self.origin is not None or self.destination is not None

    @property
    def kept(self) -> dict[str, Any]:
        """What a link to the same search with one thing changed carries along."""
        return {
            "q": self.text,
            "on": self.on.isoformat() if self.on != today() else None,
            "customer_id": self.customer.id,
            "quotation": self.quotation.id if self.quotation else None,
        }

    def prices(self) -> list[LanePrice]:
        """Everything that this viewer may quote on the lane, by the named carrier alone where one is named."""
        if not self.is_asked:
            return []
        found = lane_prices(
            g.viewer,
            self.customer.customer,
            self.origin.code if self.origin else "",
            self.destination.code if self.destination else "",
            on=self.on,
            category=self.query.category or None,
        )
        return [each for each in found if self._is_meant(each)]

    def _is_meant(self, price: LanePrice) -> bool:
        load = self.query.load
        of_load = not load or price.load in (load, "none")
        return of_load and _carried_by(price, self.query.carrier)

    def board(self, prices: Sequence[LanePrice]) -> tuple[Board, ...]:
        """The prices side by side, with margins or their marks."""
        margins = queries.offer_margins(prices, self.cargo, g.viewer, self.on)
        return boards(prices, self.cargo, margins)

    def other_places(self) -> list[tuple[str, Place, str]]:
        """(side, place, address) of what else the typed words may mean."""
        sides = (
            ("origin", self.origin, self.query.origin_choices),
            ("destination", self.destination, self.query.destination_choices),
        )
        return [
            (
                side,
                place,
                url_for("desk_quotations.lanes", **{**self.kept, **_ends(self), side: place.code}),  # type: ignore[arg-type]
            )
            for side, taken, choices in sides
            for place in choices
            if taken is not None and place.code != taken.code
        ]


def read_search() -> LaneSearch:
    """The search of this request."""
    own = firm_places()
    book = gazetteer(own)
    quotation, text, cargo = _into(request.args)
    query = parse_lane(text, own)
    return LaneSearch(
        text=text,
        query=query,
        origin=book.get(request.args.get("origin", "")) or query.origin,
        destination=book.get(request.args.get("destination", "")) or query.destination,
        cargo=_cargo(query, cargo),
        on=_day(request.args.get("on", "")),
        customer=_for_whom(quotation),
        quotation=quotation,
        book=book,
    )


def _into(args: Mapping[str, str]) -> tuple[Quotation | None, str, Cargo]:
    """The quotation that prices are looked for, the words of the box, and the cargo already known."""
    text = args.get("q", "")[:LONGEST]
    wanted = args.get("quotation", "")
    if not wanted.isdecimal():
        return None, text, Cargo()
    quotation, version = quotation_and_version(int(wanted))
    lane = f"{version.origin} {version.destination} {version.category}"
    return quotation, text or lane.strip(), cargo_from_json(version.cargo)


def _cargo(query: LaneQuery, known: Cargo) -> Cargo:
    """What the box says is shipped, else what the quotation says."""
    said = query.boxes or query.weight_kg is not None or query.volume_m3 is not None
    if not said:
        return known
    boxes: dict[str, int] = {}
    for code, count in query.boxes:
        boxes[code] = boxes.get(code, 0) + count
    return Cargo(gross_kg=query.weight_kg, volume_m3=query.volume_m3, boxes=boxes)


def _for_whom(quotation: Quotation | None) -> Chosen:
    if quotation is None:
        return chosen_customer()
    customer: Customer = quotation.customer
    return Chosen(customer, customer.label, ())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()


def _carried_by(price: LanePrice, wanted: Carrier | None) -> bool:
    if wanted is None or price.carrier == wanted.code:
        return True
    found = find_carrier(price.carrier) if price.carrier else None
    return found is not None and found.code == wanted.code


def _ends(search: LaneSearch) -> dict[str, str]:
    ends = {"origin": search.origin, "destination": search.destination}
    return {side: place.code for side, place in ends.items() if place is not None}


def carried_along(search: LaneSearch) -> dict[str, str]:
    """The shipment as hidden fields of the board, for the quotation that is made from it."""
    cargo = search.cargo
    known = {
        **_ends(search),
        "boxes": " ".join(f"{count}x{code}" for code, count in cargo.boxes.items()),
        "gross_kg": plain_number(cargo.gross),
        "volume_m3": plain_number(cargo.volume),
        "on": search.on.isoformat() if search.on != today() else "",
        "customer_id": str(search.customer.id or ""),
    }
    return {name: value for name, value in known.items() if value}
