"""Entitlements in the reader's words: state, figures, price, outlook; the same at both doors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import current_app, g

from portal.access.permissions import Permission as P
from portal.catalogue.models import ServiceItem
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.terms import PriceTerms
from portal.catalogue.rules.termwords import short
from portal.contracts.models import ContractLine, Entitlement
from portal.contracts.queries import entitlements as queries
from portal.contracts.rules.entitlement_states import STANDING_WORDS, EntitlementState, standing_on
from portal.contracts.rules.kinds import Overage
from portal.contracts.rules.ledger import plain
from portal.contracts.rules.projection import Draws, Outlook, Projection, project
from portal.contracts.rules.states import ContractState
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word
from portal.shipments.rules.booking import is_bookable
from portal.web.chain import reached
from portal.web.labels import Label, Tone
from portal.web.words import name_of

S = EntitlementState
LOOKS: Mapping[EntitlementState, tuple[Tone, str]] = {
    S.FUTURE: ("neutral", "calendar-event"),
    S.IN_FORCE: ("good", "check-circle"),
    S.LOW: ("warn", "exclamation-triangle"),
    S.EXHAUSTED: ("bad", "x-circle"),
    S.BEYOND: ("warn", "plus-circle"),
    S.SUSPENDED: ("warn", "pause-circle"),
    S.PAST: ("done", "check2-all"),
}
LABELS: Mapping[EntitlementState, Label] = {
    state: Label(STANDING_WORDS[state], tone, picture) for state, (tone, picture) in LOOKS.items()
}
USABLE = (S.IN_FORCE, S.LOW, S.BEYOND)
NO_DRAWS = (Draws(), Draws())
Paces = Mapping[int, tuple[Draws, Draws]]
"""Entitlement id → what was used of it lately."""
OUTLOOKS: Mapping[Outlook, Text] = {
    Outlook.LASTS: t("At this pace it lasts beyond its end"),
    Outlook.UNKNOWN: t("Too little was used yet to say how long it lasts"),
    Outlook.GONE: t("Nothing is left"),
    Outlook.ENDLESS: t("Without limit until its end"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One entitlement as both doors draw it. `used_part` and `held_part` are percent of what was granted."""

    row: Entitlement
    name: str
    lane: str
    unit: Text
    state: EntitlementState
    label: Label
    used_part: Decimal
    held_part: Decimal
    outlook: Text | None
    price: Text | None
    book_url: str | None

    @property
    def is_low(self) -> bool:
        """Whether its bar is drawn as a warning."""
        return self.state in (S.LOW, S.EXHAUSTED, S.BEYOND)


def today() -> date:
    """The business day in the firm's zone."""
    return clock.today(current_app.config["TIMEZONE"])


def shown(pairs: Sequence[tuple[Entitlement, str]]) -> list[Shown]:
    """Entitlements with the stored states of their contracts, as they stand today: two selects for all of them."""
    rows, day = [row for row, _state in pairs], today()
    lines, paces = queries.priced_lines(rows, day), queries.draws(rows, day)
    return [
        _shown(row, state_of(row, ContractState(contract)), lines.get(row.line_id), paces)
        for row, contract in pairs
    ]


def _shown(
    row: Entitlement, state: EntitlementState, line: ContractLine | None, paces: Paces
) -> Shown:
    return Shown(
        row=row,
        name=name_of(line) if line else name_of(row.item),
        lane=lane_of(row.item),
        unit=unit_word(row.unit),
        state=state,
        label=LABELS[state],
        used_part=_part(row.used, row),
        held_part=_part(row.reserved, row),
        outlook=_outlook(row, paces) if state in USABLE else None,
        price=price_of(line) if line is not None and g.viewer.may(P.CONTRACT_SEE) else None,
        book_url=_book(row) if state in USABLE and is_bookable(row.unit) else None,
    )


def state_of(row: Entitlement, contract: ContractState) -> EntitlementState:
    """How it stands today."""
    left = None if row.is_unlimited else row.remaining
    return standing_on(
        contract, row.starts_on, row.ends_on, row.granted, left, Overage(row.overage), today()
    )


def lane_of(item: ServiceItem) -> str:
    """上海 → 纽约, in the reader's words; one place alone stands without an arrow, none says nothing."""
    known = all_places()
    ends = ((known.get(code), code) for code in (item.origin, item.destination) if code)
    return " → ".join(name_of(place) if place else code for place, code in ends)


def price_of(line: ContractLine) -> Text:
    """The price in a few words, with the discount that was agreed."""
    price = short(PriceTerms.from_json(line.price_terms))
    if not line.discount_percent:
        return price
    return t("%(price)s, less %(percent)s %%", price=price, percent=plain(line.discount_percent))


def outlook_words(found: Projection) -> Text:
    """What the projection says."""
    if found.outlook is Outlook.RUNS_OUT and found.on is not None:
        return t("At this pace it is used up about %(day)s", day=found.on.isoformat())
    return OUTLOOKS[found.outlook]


def _outlook(row: Entitlement, paces: Paces) -> Text:
    left = None if row.is_unlimited else row.remaining
    recent, longer = paces.get(row.id, NO_DRAWS)
    return outlook_words(project(left, recent, longer, row.starts_on, row.ends_on, today()))


def _part(quantity: Decimal, row: Entitlement) -> Decimal:
    if row.granted <= 0:
        return Decimal(0)
    return min(round(quantity / row.granted * 100, 2), Decimal(100))


def _book(row: Entitlement) -> str | None:
    if not row.is_unlimited and row.remaining <= 0:
        return None
    door = "desk" if g.viewer.is_staff else "my"
    return reached(f"{door}_bookings.new", P.BOOKING_MAKE, entitlement=row.id)


def reaches_branches() -> bool:
    """Whether the viewer looks at more than one customer, so that each row says whose it is."""
    ids: Iterable[Any] | None = g.viewer.customer_ids
    return ids is None or len(set(ids)) > 1
