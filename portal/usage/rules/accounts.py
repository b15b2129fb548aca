"""Many draws at once: the entitlements of a file's customers as plain values, drawn in the file's order.

What one record draws is decided by the rules that decide it for a single one (contracts/rules/matching and ledger);
only the reading and the writing are done in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from portal.contracts.rules import ledger
from portal.contracts.rules.ledger import Balance, Change
from portal.contracts.rules.matching import NoMatch, Standing, in_drawing_order, nearest, obstacle
from portal.usage.rules.drawing import in_unit, other_units, shares_of, statistical_quantity
from portal.usage.rules.reading import UsageRow
from portal.usage.rules.states import Mismatch

REMEMBERED = 50_000


@dataclass(slots=True)
class Account:
    """One entitlement: what stands still while a file is applied, and its balance, which does not.

    `standing` is that of its owner; `carries_over` and `closed`: what is used late follows to the next period.
    """

    standing: Standing
    balance: Balance
    customer_id: int
    contract_id: int
    line_id: int
    period_no: int
    item_id: int
    stat_factor: Decimal
    carries_over: bool
    closed: bool
    touched: bool = False

    @property
    def id(self) -> int:
        """The entitlement's id."""
        return self.standing.id


class Draw(NamedTuple):
    """One entry to be written: the change and what is left after it."""

    account: Account
    change: Change
    remaining: Decimal


class Outcome(NamedTuple):
    """What became of one usage; without draws it waits in the queue for `mismatch`."""

    draws: Sequence[Draw]
    mismatch: Mismatch | None = None
    over: Decimal = Decimal(0)
    statistical: Decimal = Decimal(0)


class Accounts:
    """The entitlements that a file may draw from. `groups`: branch id → id of its group."""

    def __init__(self, accounts: Iterable[Account], groups: Mapping[int, int]) -> None:
        self.groups = groups
        self.all: dict[int, Account] = {}
        self._of: dict[tuple[int, int], list[Account]] = {}
        self._periods: dict[tuple[int, int], Account] = {}
        self._found: dict[tuple[int, int, str, date], tuple[list[Standing], NoMatch]] = {}
        for each in accounts:
            self.all[each.id] = each
            self._of.setdefault((each.customer_id, each.item_id), []).append(each)
            self._periods[each.line_id, each.period_no] = each

    def owner(self, row: UsageRow) -> int:
        """Whose rows may touch the same entitlements: the group's id for a branch, else the customer's."""
        return self.groups.get(row.customer_id, row.customer_id)

    def draw(
        self, customer_id: int, item_id: int | None, quantity: Decimal, unit: str, on: date
    ) -> Outcome:
        """Draw one usage, changing the balances; the outcome says what is to be written."""
        if item_id is None:
            return Outcome((), Mismatch.NO_ITEM)
        reasons: list[NoMatch] = []
        for each in (unit, *other_units(unit)):
            usable, why = self._usable(customer_id, item_id, each, on)
            live = [s for s in map(self._now, usable) if obstacle(s, each, on) is None]
            if live:
                return self._shared(live, quantity, unit, each)
            reasons.append(NoMatch.EXHAUSTED if usable else why)
            if reasons[0] is not NoMatch.UNIT:
                break
        return Outcome((), Mismatch(nearest(reasons)))

    def _shared(self, live: list[Standing], quantity: Decimal, unit: str, target: str) -> Outcome:
        shares = shares_of(in_unit(quantity, unit, target), live)
        if not shares:
            return Outcome((), Mismatch.EXHAUSTED)
        draws, over, statistical = [], Decimal(0), Decimal(0)
        for share in shares:
            account = self.all[share.entitlement_id]
            change = ledger.consume(account.balance, share.quantity, account.standing.overage)
            account.balance = ledger.applied(account.balance, change)
            account.touched = True
            draws.append(Draw(account, change, account.balance.remaining))
            over += in_unit(change.over, target, unit)
            statistical += statistical_quantity(share.quantity, account.stat_factor)
        return Outcome(draws, None, over, statistical)

    def _now(self, standing: Standing) -> Standing:
        """The standing with what is left of it by now."""
        left = self.all[standing.id].balance.left
        return standing if left is None else _with_left(standing, left)

    def _usable(
        self, customer_id: int, item_id: int, unit: str, on: date
    ) -> tuple[list[Standing], NoMatch]:
        """In drawing order those that let the day and the unit in, used up or not; why, when none does."""
        key = (customer_id, item_id, unit, on)
        found = self._found.get(key)
        if found is None:
            if len(self._found) > REMEMBERED:
                self._found.clear()
            found = self._found[key] = self._look(*key)
        return found

    def _look(
        self, customer_id: int, item_id: int, unit: str, on: date
    ) -> tuple[list[Standing], NoMatch]:
        known = list(self._of.get((customer_id, item_id), ()))
        group = self.groups.get(customer_id)
        known += self._of.get((group, item_id), ()) if group else ()
        covering = [a for a in known if a.standing.starts_on <= on <= a.standing.ends_on]
        stand = [_standing(each, customer_id, each.standing.starts_on) for each in covering]
        stand += [_standing(each, customer_id, on) for each in self._carried_to(covering)]
        reasons = {each.id: obstacle(each, unit, on) for each in stand}
        usable = in_drawing_order(each for each in stand if reasons[each.id] is None)
        why = nearest(reason for reason in reasons.values() if reason)
        if why is NoMatch.NO_CONTRACT and known:
            why = NoMatch.OUTSIDE_PERIOD
        return usable, why

    def _carried_to(self, covering: Iterable[Account]) -> list[Account]:
        following = {(a.line_id, a.period_no + 1) for a in covering if a.closed and a.carries_over}
        return [self._periods[key] for key in sorted(following) if key in self._periods]


def _standing(each: Account, customer_id: int, starts_on: date) -> Standing:
    """How an account stands for a draw by this customer, whatever is left of it."""
    s, is_own = each.standing, each.customer_id == customer_id
    return Standing(
        s.id, is_own, starts_on, s.ends_on, s.unit, None, s.overage, s.contract_state, s.contract_ended_on
    )  # fmt: skip


def _with_left(s: Standing, left: Decimal | None) -> Standing:
    """What `dataclasses.replace` would give, at a fifth of its time."""
    return Standing(
        s.id, s.is_own, s.starts_on, s.ends_on, s.unit, left, s.overage, s.contract_state, s.contract_ended_on
    )  # fmt: skip
