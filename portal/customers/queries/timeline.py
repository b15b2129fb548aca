"""All that happened with a customer in the order of time: our own history, notes, and what later rooms add.

Each source is one select with the columns of `COLUMNS`; together they are one UNION ALL that a page reads from its
newest end by each table's index on customer and time, so that its length does not matter (REQUIREMENTS K1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Select,
    String,
    Subquery,
    Text,
    cast,
    literal_column,
    null,
    select,
    union_all,
)

from portal.access.scope import visible
from portal.access.viewer import Viewer
from portal.accounts.models import User
from portal.customers.models import Contact, Customer, HistoryNote
from portal.db.audit import AuditEntry
from portal.db.types import JSONText, UTCDateTime
from portal.db.whole import holding, looked_up

SOURCES = 8
"""How many sources there may be; a row's key is its id times this plus the number of its source."""
AUDIT, NOTE, CALL, VISIT = range(4)
TOLD_THEMSELVES = ("history_note", "call", "care_visit")
"""Subjects that stand in the timeline as rows of their own, not also as the entry that they were written."""
COLUMNS: Mapping[str, Any] = {
    "at": UTCDateTime(),  # when it happened
    "key": Integer(),
    "source": Integer(),
    "id": Integer(),
    "person_id": Integer(),  # who of us
    "person": String(),
    "sort": String(),  # kind of note, direction of a call; of an entry the type of its subject
    "record_id": Integer(),  # of an entry the id of its subject
    "contact": String(),
    "subject": String(),  # of an entry the name of the event
    "text": Text(),
    "before": JSONText(),
    "after": JSONText(),
    "is_public": Boolean(),
}
AS_THEY_ARE = ("at", "key", "source", "id")
"""Columns that every source has in the same type; the others are made alike, else PostgreSQL reads them apart."""


def source(
    number: int, statement: Select[Any], row_id: Any, at: Any, **columns: Any
) -> Select[Any]:
    """`statement` (its criteria) with the columns of a timeline; those that are not given hold nothing.

    `at` is a plain column and nothing is joined (names are looked up): only then is the UNION read by the index on
    customer and time, on both databases.
    """
    given = {
        "at": at,
        "key": row_id * SOURCES + literal_column(str(number), Integer()),
        "source": literal_column(str(number), Integer()),
        "id": row_id,
        "is_public": literal_column("0", Integer()),
        **columns,
    }
    shown = [
        (given[name] if name in AS_THEY_ARE else cast(given.get(name, null()), type_)).label(name)
        for name, type_ in COLUMNS.items()
    ]
    return statement.with_only_columns(*shown)


def entries(customer_id: int, hidden: Sequence[str]) -> Select[Any]:
    """What the house wrote about the customer and everything of it, but for subjects whose type is `hidden`."""
    return _written(AuditEntry.customer_id == customer_id, hidden)


def entries_of_duplicates(customer_id: int, hidden: Sequence[str]) -> Select[Any]:
    """The same of the customers that were merged into this one: history is never rewritten, and still names them.

    A source of its own, since most customers have none: the other is read by its index.
    """
    merged_ones = holding(Customer, "merged_into_id", customer_id)
    return _written(AuditEntry.customer_id.in_(merged_ones), hidden)


def _written(whose: ColumnElement[bool], hidden: Sequence[str]) -> Select[Any]:
    left_out = sorted({*hidden, *TOLD_THEMSELVES})
    statement = select(AuditEntry.id).where(whose, AuditEntry.subject_type.not_in(left_out))
    return source(
        AUDIT, statement, AuditEntry.id, AuditEntry.at,
        person_id=AuditEntry.actor_id, person=AuditEntry.actor_name, sort=AuditEntry.subject_type,
        record_id=AuditEntry.subject_id,
        subject=AuditEntry.event, text=AuditEntry.reason, before=AuditEntry.before,
        after=AuditEntry.after, is_public=AuditEntry.is_public,
    )  # fmt: skip


def notes(customer_id: int, viewer: Viewer) -> Select[Any]:
    """What people told of the customer."""
    seen = visible(select(HistoryNote.id), HistoryNote, viewer)
    return source(
        NOTE, seen.where(HistoryNote.customer_id == customer_id),
        HistoryNote.id, HistoryNote.happened_at,
        person_id=HistoryNote.written_by, person=looked_up(User, "name", HistoryNote.written_by),
        sort=HistoryNote.kind, contact=looked_up(Contact, "name", HistoryNote.contact_id),
        subject=HistoryNote.subject, text=HistoryNote.text,
    )  # fmt: skip


def merged(sources: Iterable[Select[Any]]) -> Subquery:
    """The sources as one table, to be narrowed and ordered by `at` and `key`."""
    return union_all(*sources).subquery("happening")


def ends_of(sources: Iterable[Select[Any]], limit: int) -> Subquery:
    """The newest `limit` rows of each source as one table, which holds the newest of all.

    PostgreSQL reads the whole of a merged table before it sorts it; the end of each source it reads by its index.
    """
    ends = []
    for each in sources:
        columns = each.selected_columns
        end = each.order_by(columns["at"].desc(), columns["id"].desc()).limit(limit)
        ends.append(select(end.subquery()))
    return merged(ends)
