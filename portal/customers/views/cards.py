"""The cards that other rooms have for the page of a customer: each room's own template and facts, in their order.

A room offers `views/customer_card.py` with TEMPLATE, PLACE ("main" or "aside"), ORDER and `card(customer, viewer)`,
which gives what the template needs, or None for a viewer who may not see it. A name of the facts counts within its own
card only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal

from jinja2 import Environment, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.rooms import offered

Place = Literal["main", "aside"]
MACROS = ("forms", "ui")
AT_ONCE = frozenset({"insights"})
"""The rooms whose cards stand on the first page; the others' are brought after it, or on a page of their own."""


@dataclass(frozen=True, slots=True)
class Card:
    """One room's part of the page: where it stands, and the facts that its template is drawn from."""

    template: str
    place: Place
    order: int
    facts: Mapping[str, object]


def at_once(customer: Customer, viewer: Viewer) -> list[Card]:
    """The cards of the first page."""
    return _read(customer, viewer, lambda room: room in AT_ONCE)


def afterwards(customer: Customer, viewer: Viewer) -> list[Card]:
    """All the others, the wide ones first."""
    return _read(customer, viewer, lambda room: room not in AT_ONCE)


def _read(customer: Customer, viewer: Viewer, wanted: Callable[[str], bool]) -> list[Card]:
    modules = [each for each in offered("customer_card") if wanted(_room(each))]
    found = (_card(module, customer, viewer) for module in modules)
    return sorted((card for card in found if card is not None), key=_rank)


def _card(module: ModuleType, customer: Customer, viewer: Viewer) -> Card | None:
    facts: Mapping[str, object] | None = module.card(customer, viewer)
    return None if facts is None else Card(module.TEMPLATE, module.PLACE, module.ORDER, facts)


def _room(module: ModuleType) -> str:
    return module.__name__.split(".")[1]


def _rank(card: Card) -> tuple[bool, int]:
    return card.place != "main", card.order


@pass_context
def drawn(context: Context, card: Card) -> Markup:
    """A card as it stands on the page that `context` draws, with the macros that every card may use."""
    template: Any = context.environment.get_template(card.template)
    names = {**context.get_all(), **macros(context.environment), **card.facts}
    return Markup(template.render(names))


def macros(environment: Environment) -> dict[str, Any]:
    """What pages and forms are put together from, for a part that no layout draws."""
    return {name: environment.get_template(f"macros/{name}.html").module for name in MACROS}
