"""What an invoice over parts of statements would say, proposed as those statements are taxed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from portal.kernel.money import round_money

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Net, tax and gross in one currency."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def proposed(parts: Iterable[tuple[Decimal, Decimal, Decimal]], currency: str) -> Proposed:
    """The sums for (part, net of the whole statement, gross of the whole statement), each part with its share of tax.

    What the printed invoice says counts; this only saves typing.
    """
    net = gross = ZERO
    for part, whole_net, whole_gross in parts:
        share = part * whole_net / whole_gross if whole_gross else part
        net += round_money(share, currency)
        gross += part
    return Proposed(net, gross - net, gross)
