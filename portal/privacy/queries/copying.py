"""A copy of everything that is about one person, and nothing about others (PIPL 45; GDPR 15 and 20).

Rows that are about the person, and rows that the person made, with their own columns, days and states. What a row that
the person only made says of whom it is about (a caller's name and number) is left out, as are texts of others that only
name the person: they would tell about others (GDPR 15(4)).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.campaigns.queries.consent import of_addresses
from portal.db import persons
from portal.db.audit import AuditEntry
from portal.db.base import db
from portal.privacy.queries.findings import made_rows, own_rows
from portal.privacy.queries.persons import Person
from portal.privacy.rules.held_money import NEVER
from portal.privacy.rules.holding import Held
from portal.privacy.rules.registry import HELD

HASHES = frozenset({"credential_id", "public_key", "key", "fields", "fs_uniquifier"})
ALWAYS = frozenset({"number", "state", "kind"})


@dataclass(frozen=True, slots=True)
class Copied:
    """One table of the copy: its columns, and the rows in them."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]


def copied(person: Person, *, inner: bool) -> list[Copied]:
    """The copy, table by table. `inner`: with what our people noted about the person, for an administrator to give."""
    hidden = frozenset() if inner else persons.house_tables()
    found = [
        _table(table, held, person, inner) for table, held in HELD.items() if table not in hidden
    ]
    found += [_consents(person), _letters(person), _steps(person)]
    return [each for each in found if each.rows]


def _table(table: str, held: Held, person: Person, inner: bool) -> Copied:
    columns = _columns(table, held, inner)
    own = persons.rows(table, own_rows(table, held, person))
    known = {row.get("id") for row in own}
    made = [row for row in persons.rows(table, made_rows(held, person)) if row["id"] not in known]
    of_others = set(held.erased())
    rows = [{c: row[c] for c in columns} for row in own]
    rows += [{c: None if c in of_others else row[c] for c in columns} for row in made]
    return Copied(table, columns, tuple(rows))


def _columns(table: str, held: Held, inner: bool) -> tuple[str, ...]:
    """The person's own columns of a table, with its number, state and days; never a mark, hash or another's id."""
    shown, days = set(held.shown(inner=inner)), persons.day_columns(table)
    if held.gone and not held.ways():
        shown = set(persons.text_columns()[table]) - HASHES - (NEVER - ALWAYS)
        shown -= {name for name in shown if name.endswith("_hash")}
    names = persons.ordered_columns(table)
    return tuple(c for c in names if c in shown or c in days or c in ALWAYS)


def _consents(person: Person) -> Copied:
    columns = ("email", "state", "way", "at", "note")
    rows = of_addresses(person.traces.emails).values()
    return _copied("marketing_consent", columns, rows)


def _letters(person: Person) -> Copied:
    columns = ("recipient", "template", "state", "created_at", "sent_at")
    return _copied("outbox_message", columns, persons.letters(person.traces.emails))


def _steps(person: Person) -> Copied:
    """What the person did here: the steps of the history that are theirs."""
    wanted = select(AuditEntry).where(AuditEntry.actor_id.in_(person.user_ids))
    return _copied(
        "audit_entry", ("at", "label", "reason"), db.session.scalars(wanted.order_by(AuditEntry.id))
    )


def _copied(table: str, columns: tuple[str, ...], rows: Any) -> Copied:
    found = tuple({name: getattr(row, name) for name in columns} for row in rows)
    return Copied(table, columns, found)
