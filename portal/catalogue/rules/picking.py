"""Which of several prices a sale takes: customer, tier, promotion, standard (DOMAIN S2); places from narrow to wide."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from decimal import Decimal
from typing import Protocol, TypeVar

from portal.catalogue.rules.charges import find_charge

FREIGHT_CODES = frozenset({"O/F", "A/F", "R/F", "TRK", "LTL", "FTL", "EXPR", "DLV"})
"""Charges that are a carriage itself; all others of the shipped table stand beside one."""
PICK_ORDER = ("customer", "tier", "promotion", "standard")
"""Kinds of scheme that a sale may take, the first one first. A cost scheme is never for sale."""

_LAST = len(PICK_ORDER)


class Offer(Protocol):
    """What picking looks at."""

    @property
    def scheme_kind(self) -> str: ...
    @property
    def stacks(self) -> bool: ...
    @property
    def currency(self) -> str: ...
    @property
    def basis(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def headline(self) -> Decimal | None: ...


O = TypeVar("O", bound=Offer)  # noqa: E741 - the usual letter would be T
R = TypeVar("R")


def is_freight(charge_code: str) -> bool:
    """Whether a charge is a carriage that one picks from a lane; a code of the firm's own is taken for one."""
    if charge_code in FREIGHT_CODES:
        return True
    known = find_charge(charge_code)
    return known is None or known.code in FREIGHT_CODES


def rank(kind: str) -> int:
    """The place of a kind of scheme in the order of picking."""
    return PICK_ORDER.index(kind) if kind in PICK_ORDER else _LAST


def first_choice(offers: Sequence[O]) -> O | None:
    """The offer that a sale takes by itself; None when there is none.

    The first scheme that has a price wins, never the cheapest by accident. A promotion takes the place of the
    standard price when it is better, and of a customer's or tier's price only when it may stack as well.
    """
    own = sorted((o for o in offers if o.scheme_kind != "promotion"), key=_by_rank)
    promotions = [o for o in offers if o.scheme_kind == "promotion"]
    if not own:
        return promotions[0] if promotions else None
    best = own[0]
    for promotion in promotions:
        may = promotion.stacks or best.scheme_kind in ("standard", "promotion")
        if may and _is_better(promotion, best):
            best = promotion
    return best


def _by_rank(offer: Offer) -> int:
    return rank(offer.scheme_kind)


def _is_better(one: Offer, other: Offer) -> bool:
    alike = (one.currency, one.basis, one.unit) == (other.currency, other.basis, other.unit)
    if not alike or one.headline is None or other.headline is None:
        return False
    return one.headline < other.headline


def narrowest(
    rows: Iterable[R], group: Callable[[R], Hashable], level: Callable[[R], tuple[int, ...]]
) -> list[R]:
    """Of each group only the rows of its narrowest level: the first level with a valid line wins (DOMAIN C3)."""
    kept: dict[Hashable, tuple[tuple[int, ...], list[R]]] = {}
    for row in rows:
        key, here = group(row), level(row)
        found = kept.get(key)
        if found is None or here < found[0]:
            kept[key] = (here, [row])
        elif here == found[0]:
            found[1].append(row)
    return [row for _, group_rows in kept.values() for row in group_rows]
