"""What is found of a person, table by table: whole rows about them, and texts that name them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from portal.db import persons
from portal.db.persons import Condition, Row
from portal.privacy.queries.persons import Person
from portal.privacy.rules.holding import Held, Way, Why
from portal.privacy.rules.keeping import LAWS, kept_until
from portal.privacy.rules.registry import HELD
from portal.privacy.rules.traces import Traces

SEARCH = "search_text"
DAY_COLUMNS = (
    "issued_on",
    "signed_on",
    "received_on",
    "ends_on",
    "on",
    "service_on",
    "created_at",
    "at",
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One table: how many rows are about the person, in how many others the person is named, and what happens.

    `stays`: rows about or naming the person that the law wants kept, with the reason and the last year of keeping.
    """

    table: str
    own: int
    named: int
    gone: bool
    stays: int = 0
    why: Why = Why.NONE
    until: int | None = None


def own_rows(table: str, held: Held, person: Person) -> list[Condition]:
    """The conditions that a row of the table is about this person."""
    return [
        (link.column, person.ids[link.kind]) for link in held.linked() if link.kind in person.ids
    ]


def made_rows(held: Held, person: Person) -> list[Condition]:
    """The conditions that this person made a row of the table."""
    return [(column, person.user_ids) for column in held.by.split() if person.user_ids]


def within(table: str, person: Person) -> tuple[list[Condition] | None, Traces]:
    """Which rows of a table are looked through, and how: loosely only among the person's customers' own rows."""
    if person.customer_ids is None or "customer_id" not in persons.column_names(table):
        return None, replace(person.traces, loose=False)
    return [("customer_id", person.customer_ids)], person.traces


def changed(traces: Traces, row: Row) -> Row:
    """The columns of a row that read otherwise without the person."""
    found = {
        name: traces.unfindable(value) if name == SEARCH and value else traces.in_value(value)
        for name, value in row.items()
        if name != "id"
    }
    return {name: value for name, value in found.items() if value != row[name]}


def naming(table: str, columns: tuple[str, ...], person: Person) -> Iterator[tuple[int, Row]]:
    """(id, what its columns read without the person) of each row of a table that names them."""
    conditions, traces = within(table, person)
    if not columns:
        return
    for row in persons.naming(table, columns, traces.needles(), conditions):
        if values := changed(traces, row):
            yield row["id"], values


def findings(person: Person) -> list[Finding]:
    """Every table in which the person stands or is named."""
    found = (_finding(table, held, person) for table, held in HELD.items())
    return [each for each in found if each.own or each.named or each.stays]


def _finding(table: str, held: Held, person: Person) -> Finding:
    own = persons.rows(table, own_rows(table, held, person))
    own_ids = {row.get("id") for row in own}
    named = {row_id for row_id, _ in naming(table, held.searched(), person)} - own_ids
    staying = tuple(c for c, way in held.ways().items() if way is Way.STAYS)
    kept = {row_id for row_id, _ in naming(table, staying, person)}
    until = _until(table, kept, held.why) if kept else None
    return Finding(
        table, len(own), len(named), held.gone, len(kept), held.why if kept else Why.NONE, until
    )


def _until(table: str, row_ids: set[int], why: Why) -> int | None:
    """The year until which the latest of these rows is kept; None where a table knows no day."""
    column = next((c for c in DAY_COLUMNS if c in persons.column_names(table)), None)
    if column is None or why not in LAWS:
        return None
    days = [row[column] for row in persons.rows(table, [("id", row_ids)]) if row[column]]
    return max((kept_until(day, LAWS[why].years).year for day in days), default=None)
