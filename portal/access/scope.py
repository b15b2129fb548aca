"""Lists limited to what the viewer may see, and the net under them (DESIGN rule 1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, event, false, or_, select, true
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    UOWTransaction,
    with_loader_criteria,
)

from portal.access.models import Assignment
from portal.access.viewer import SYSTEM, Viewer
from portal.db import walls
from portal.db.base import CustomerItself, CustomerOwned, db
from portal.kernel.errors import NotFound

S = TypeVar("S", bound="Select[*tuple[Any, ...]]")
KEY = "viewer"
ASSIGNMENTS = Assignment.__table__


def set_viewer(viewer: Viewer) -> None:
    """Say who is asking before the first query; kept on the session, and told to PostgreSQL's own wall."""
    db.session.info[KEY] = viewer
    walls.stand(db.session(), viewer.customer_ids)


@contextmanager
def past_the_walls() -> Iterator[None]:
    """Work something out over rows that the viewer may not see, as a bill for a group over its branches.

    The caller has asked the gate for what the answer is about; the lists and the gate limit as ever.
    """
    before = db.session.info.get(KEY)
    set_viewer(SYSTEM)
    try:
        yield
    finally:
        db.session.info[KEY] = before
        walls.stand(db.session(), before.customer_ids if before else None)


def owned(column: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The criterion that `column` (a customer id) is one whose rows `viewer` may see."""
    if viewer.own_only:
        mine = select(ASSIGNMENTS.c.customer_id).where(ASSIGNMENTS.c.user_id == viewer.user_id)
        return column.in_(mine)  # type: ignore[no-any-return]
    if viewer.customer_ids is None:
        return true()
    if not viewer.customer_ids:
        return false()
    return column.in_(sorted(viewer.customer_ids))  # type: ignore[no-any-return]


def visible(statement: S, model: type[Any], viewer: Viewer) -> S:
    """`statement` over `model`, limited to the rows that `viewer` may see."""
    column = _owner_column(model)
    if column is None:
        return statement
    criterion = owned(column, viewer)
    if issubclass(model, CustomerOwned):
        if viewer.own_only:
            criterion = or_(criterion, model.seen_also(viewer.user_id))
        elif viewer.kind == "customer":
            criterion = and_(criterion, model.shown_to_customers())
    return statement.where(criterion)


def one_of(
    row_id: Any, column: Any, model: type[Any], viewer: Viewer, *narrowed: ColumnElement[bool]
) -> ColumnElement[bool]:
    """The criterion that `row_id` stands in `column` of a (narrowed) row of `model` that `viewer` may see.

    Who sees everything has each id looked up by the column's index; for others their own rows, the fewer, are read.
    """
    seen = visible(select(column).where(*narrowed), model, viewer)
    return seen.where(column == row_id).exists() if viewer.sees_all else row_id.in_(seen)


def _owner_column(model: type[Any]) -> Any:
    if issubclass(model, CustomerItself):
        return model.id
    if issubclass(model, CustomerOwned):
        return model.customer_id
    return None


def _limit_to_own_rows(state: ORMExecuteState) -> None:
    """The second wall: whatever the query forgot, another customer's rows are not in its answer."""
    viewer = state.session.info.get(KEY)
    if not isinstance(viewer, Viewer) or state.is_column_load:
        return
    if viewer.own_only:
        criteria = _assigned_to(viewer.user_id)
    elif viewer.customer_ids is not None:
        criteria = _belonging_to(tuple(sorted(viewer.customer_ids)))
    else:
        return
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(*criteria)


# The lambdas below are compiled once and cached; what varies must be a plain closure variable.


def _belonging_to(ids: tuple[int, ...]) -> tuple[LoaderCriteriaOption, ...]:
    return (
        with_loader_criteria(
            CustomerOwned,
            lambda cls: and_(cls.customer_id.in_(ids), cls.shown_to_customers()),
            include_aliases=True,
        ),
        with_loader_criteria(CustomerItself, lambda cls: cls.id.in_(ids), include_aliases=True),
    )


def _assigned_to(user_id: int | None) -> tuple[LoaderCriteriaOption, ...]:
    return (
        with_loader_criteria(
            CustomerOwned,
            lambda cls: or_(
                cls.customer_id.in_(
                    select(ASSIGNMENTS.c.customer_id).where(ASSIGNMENTS.c.user_id == user_id)
                ),
                cls.seen_also(user_id),
            ),
            include_aliases=True,
        ),
        with_loader_criteria(
            CustomerItself,
            lambda cls: or_(
                cls.id.in_(
                    select(ASSIGNMENTS.c.customer_id).where(ASSIGNMENTS.c.user_id == user_id)
                ),
                cls.named_to(user_id),
            ),
            include_aliases=True,
        ),
    )


def _refuse_foreign_rows(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """The third wall: a customer's session cannot write a row of another customer."""
    viewer = session.info.get(KEY)
    if not isinstance(viewer, Viewer) or viewer.customer_ids is None or viewer.own_only:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if isinstance(row, CustomerOwned) and row.customer_id not in viewer.customer_ids | {None}:
            raise NotFound()


event.listen(Session, "do_orm_execute", _limit_to_own_rows)
event.listen(Session, "before_flush", _refuse_foreign_rows)
