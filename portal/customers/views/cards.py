"""The cards that other rooms have for the page of a customer: each room's own template and facts, in their order.

A room offers `views/customer_card.py` with TEMPLATE, PLACE ("main" or "aside"), ORDER and `card(customer, viewer)`,
which gives what the template needs, or None for a viewer who may not see it. A room that needs a few figures alone
offers `asked(customer, viewer)` instead: an `Inquiry` with the same outcome, and all of these are one question to the
database. A name of the facts counts within its own card only.
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
from portal.db.together import answers
from portal.rooms import offered

Place = Literal["main", "aside"]
MACROS = ("forms", "ui")
Found = tuple[ModuleType, Mapping[str, object] | None]
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
    found = [*_asked(modules, customer, viewer), *_told(modules, customer, viewer)]
    return sorted(
        (
            Card(module.TEMPLATE, module.PLACE, module.ORDER, facts)
            for module, facts in found
            if facts is not None
        ),
        key=_rank,
    )


def _told(modules: list[ModuleType], customer: Customer, viewer: Viewer) -> list[Found]:
    return [(each, each.card(customer, viewer)) for each in modules if hasattr(each, "card")]


def _asked(modules: list[ModuleType], customer: Customer, viewer: Viewer) -> list[Found]:
    asking = [(each, each.asked(customer, viewer)) for each in modules if hasattr(each, "asked")]
    allowed = [(each, inquiry) for each, inquiry in asking if inquiry is not None]
    facts = answers(inquiry for _each, inquiry in allowed)
    return [(each, found) for (each, _inquiry), found in zip(allowed, facts, strict=True)]


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
