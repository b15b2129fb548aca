"""The arithmetic of an entitlement: from a balance and a draw to the changes that one entry writes.

Left = granted - reserved - used; what is drawn beyond it is kept apart and never makes it negative (DOMAIN E3, E4).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from portal.contracts.rules.kinds import EntryKind, Overage
from portal.kernel.errors import Invalid, NotAllowedNow, PortalError
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

NOTHING = Decimal(0)
PLACES = 6


class Exhausted(PortalError):
    """Less is left than is asked for; `left` says how much, in the entitlement's unit."""

    status = 409
    code = "exhausted"

    def __init__(self, left: Decimal, unit: str) -> None:
        self.left, self.unit = left, unit
        super().__init__(_left_in_words(left, unit), "quantity")


@dataclass(frozen=True, slots=True)
class Balance:
    """An entitlement's columns as plain values; quantities in `unit`, never negative but for `granted`'s history."""

    unit: str
    granted: Decimal = NOTHING
    reserved: Decimal = NOTHING
    used: Decimal = NOTHING
    over_used: Decimal = NOTHING
    is_unlimited: bool = False

    @property
    def remaining(self) -> Decimal:
        """What is left; without meaning for an unlimited one, whose `granted` is 0."""
        return self.granted - self.reserved - self.used

    @property
    def left(self) -> Decimal | None:
        """What may still be drawn; None: no limit."""
        return None if self.is_unlimited else self.remaining


@dataclass(frozen=True, slots=True)
class Change:
    """What one entry adds to each column."""

    kind: EntryKind
    granted: Decimal = NOTHING
    reserved: Decimal = NOTHING
    used: Decimal = NOTHING
    over: Decimal = NOTHING

    @property
    def quantity(self) -> Decimal:
        """What it adds to what is left."""
        return self.granted - self.reserved - self.used


def applied(balance: Balance, change: Change) -> Balance:
    """The balance after the entry."""
    return Balance(
        balance.unit,
        balance.granted + change.granted,
        balance.reserved + change.reserved,
        balance.used + change.used,
        balance.over_used + change.over,
        balance.is_unlimited,
    )


def grant(quantity: Decimal | None) -> Change:
    """What a contract line brings; None is unlimited and brings no figure."""
    return Change(EntryKind.GRANT, granted=NOTHING if quantity is None else _positive(quantity))


def reserve(balance: Balance, quantity: Decimal) -> Change:
    """Hold `quantity` for a booking; Exhausted when less is left, whatever the overage rule."""
    wanted = _positive(quantity)
    if balance.left is not None and wanted > balance.left:
        raise Exhausted(balance.left, balance.unit)
    return Change(EntryKind.RESERVE, reserved=wanted)


def release(balance: Balance, quantity: Decimal) -> Change:
    """Let go of what was held; NotAllowedNow when less is held."""
    wanted = _positive(quantity)
    _check_held(balance, wanted)
    return Change(EntryKind.RELEASE, reserved=-wanted)


def consume(
    balance: Balance, quantity: Decimal, overage: Overage, reserved: Decimal = NOTHING
) -> Change:
    """Draw `quantity`: out of the `reserved` part first, then what is left, then beyond it (DOMAIN E4).

    Beyond what is left only where the overage rule goes on; else Exhausted. What `quantity` does not need of
    `reserved` stays held.
    """
    wanted = _positive(quantity)
    held = min(reserved, wanted)
    _check_held(balance, held)
    free = wanted - held
    within = free if balance.left is None else min(free, max(balance.left, NOTHING))
    over = free - within
    if over and overage is Overage.STOP:
        raise Exhausted(balance.remaining + held, balance.unit)
    return Change(EntryKind.CONSUME, reserved=-held, used=held + within, over=over)


def reverse(balance: Balance, used: Decimal, over: Decimal) -> Change:
    """Give back what one draw took: to what is left, since the booking that held it is done (DOMAIN E5)."""
    if used > balance.used or over > balance.over_used:
        raise NotAllowedNow(t("More cannot be given back than was used."))
    return Change(EntryKind.CONSUME, used=-used, over=-over)


def adjust(balance: Balance, change: Decimal) -> Change:
    """Grant more or less by hand; less than is left only, so that nothing falls below zero."""
    if balance.is_unlimited:
        raise NotAllowedNow(t("This entitlement has no limit: there is nothing to adjust."))
    if not change:
        raise Invalid(t("Say by how much, more or less."), "change")
    _check_places(change, "change")
    if -change > balance.remaining:
        raise Exhausted(balance.remaining, balance.unit)
    return Change(EntryKind.ADJUST, granted=change)


def leave(balance: Balance, kind: EntryKind) -> Change | None:
    """What takes away all that is left at the end of a period (LAPSE or ROLLOVER); None when nothing is."""
    if balance.is_unlimited or balance.remaining <= 0:
        return None
    return Change(kind, granted=-balance.remaining)


def carry_in(quantity: Decimal) -> Change:
    """What the period before left to this one."""
    return Change(EntryKind.ROLLOVER, granted=_positive(quantity))


def _positive(quantity: Decimal) -> Decimal:
    if quantity <= 0:
        raise Invalid(t("The quantity must be more than zero."), "quantity")
    _check_places(quantity, "quantity")
    return quantity


def _check_places(quantity: Decimal, field: str) -> None:
    if quantity != round(quantity, PLACES):
        raise Invalid(t("A quantity has at most %(places)s decimals.", places=PLACES), field)


def _check_held(balance: Balance, quantity: Decimal) -> None:
    if quantity > balance.reserved:
        words = {"held": plain(balance.reserved), "unit": unit_word(balance.unit)}
        raise NotAllowedNow(t("Only %(held)s %(unit)s are reserved.", **words))


def _left_in_words(left: Decimal, unit: str) -> Text:
    if left <= 0:
        return t("Nothing is left of this entitlement.")
    words = {"left": plain(left), "unit": unit_word(unit)}
    return t("Only %(left)s %(unit)s are left of this entitlement.", **words)


def plain(quantity: Decimal) -> str:
    """`1,200` or `2.5`: a quantity without idle zeros."""
    text = f"{quantity:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
