"""Many rows in one call: each is taken or refused by itself, in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.errors import Invalid, InvalidMany, PortalError
from portal.kernel.text import Text, t

Row = Mapping[str, Any]
MEMBERS = {
    "bank_reference": "reference",
    "customer_id": "customer",
    "item_code": "item",
    "item_id": "item",
    "warehouse_id": "warehouse",
}
"""What the actions call a field → how the call names it."""

UNKNOWN_CUSTOMER = t("No customer that this key sees has this code.")


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that is in the books; `is_new` False: it was there already with the same content."""

    id: int
    is_new: bool = True
    remark: Text | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row: where in the call, and what."""

    pointer: str | None
    detail: Text


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """What became of one row."""

    row: int
    reference: str
    status: str
    id: int | None = None
    remark: Text | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the rows of a call, in its order."""

    rows: tuple[RowAnswer, ...]

    @property
    def taken(self) -> int:
        """How many are new."""
        return self._count("taken")

    @property
    def known(self) -> int:
        """How many were there already."""
        return self._count("known")

    @property
    def refused(self) -> int:
        """How many were refused."""
        return self._count("refused")

    def _count(self, status: str) -> int:
        return sum(each.status == status for each in self.rows)


def each_row(
    member: str, rows: Sequence[Row], take: Callable[[Row], Taken], named: str = "reference"
) -> Outcome:
    """`take` every row of the call's `member`; of one that is refused nothing is saved. `named`: its reference."""
    return Outcome(
        tuple(_answered(f"/{member}/{at}", at, row, take, named) for at, row in enumerate(rows))
    )


def for_the_house(actor: Viewer) -> Viewer:
    """The system as one who writes into the whole book, once it is proven that the customer is one that it sees.

    What a branch uses is drawn from its group's entitlements, whoever tells of it.
    """
    return replace(actor, kind="system", customer_id=None, customer_ids=None)


def _answered(
    pointer: str, at: int, row: Row, take: Callable[[Row], Taken], named: str
) -> RowAnswer:
    reference = str(row[named])
    try:
        with db.session.begin_nested():
            taken = take(row)
    except PortalError as refused:
        if refused.status >= 500:
            raise
        return RowAnswer(at, reference, "refused", problems=_problems(refused, row, pointer))
    status = "taken" if taken.is_new else "known"
    return RowAnswer(at, reference, status, taken.id, taken.remark)


def _problems(error: PortalError, row: Row, pointer: str) -> tuple[Problem, ...]:
    if isinstance(error, InvalidMany):
        return tuple(Problem(_at(name, row, pointer), text) for name, text in error.errors.items())
    field = error.field if isinstance(error, Invalid) else None
    return (Problem(_at(field or "", row, pointer), error.text),)


def _at(field: str, row: Row, pointer: str) -> str:
    member = MEMBERS.get(field, field)
    return f"{pointer}/{member}" if member in row else pointer
