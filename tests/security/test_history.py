"""The chain of the history: whatever is altered, missing, exchanged or cut off is found, on both databases."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import delete, select, update

from portal.access.viewer import SYSTEM
from portal.cli.audit import audit as commands
from portal.customers.models import Customer
from portal.db import audit
from portal.db.audit import AuditEntry, first_broken_link
from portal.db.base import db
from portal.web.flask_app import PortalApp
from tests.cast import Cast

T = AuditEntry.__table__


@pytest.fixture
def entries(cast: Cast, now: datetime) -> list[int]:
    """Six entries more about a customer; the ids of all."""
    customer = db.session.get_one(Customer, cast.harbour.id)
    for step in range(6):
        was, then = {"state": f"s{step}"}, {"state": f"s{step + 1}"}
        audit.record(
            SYSTEM, "customer.classified", customer, now, before=was, after=then, reason="weil"
        )
    db.session.commit()
    return list(db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id)))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", datetime.fromisoformat("2020-01-01T00:00:00+00:00")), ("actor_id", 77), ("actor_name", "Somebody else"),
        ("event", "customer.merged"), ("subject_type", "contract"), ("subject_id", 999), ("customer_id", 999),
        ("is_public", True), ("before", {"state": "x"}), ("after", {"state": "x"}), ("after", None),
        ("reason", "darum"), ("reason", None), ("previous_hash", "0" * 64), ("entry_hash", "f" * 64),
    ],
)  # fmt: skip
def test_each_changed_column_is_found(entries: list[int], column: str, value: object) -> None:
    assert first_broken_link() is None
    touched = entries[-3]
    db.session.execute(update(AuditEntry).where(T.c.id == touched).values({column: value}))
    db.session.commit()
    assert first_broken_link() in (touched, touched + 1)


def test_every_column_is_covered_or_says_nothing() -> None:
    who_what = {
        "at",
        "actor_id",
        "actor_name",
        "event",
        "subject_type",
        "subject_id",
        "customer_id",
    }
    rest = {"is_public", "before", "after", "reason", "previous_hash", "entry_hash"}
    own = {
        "id",
        "seed",
        "veil",
    }  # the order of entries, and the salts without which an entry does not prove itself
    assert {column.name for column in T.columns} == who_what | rest | own


@pytest.mark.parametrize("place", [0, 2, -2])
def test_what_is_missing_or_exchanged_is_found(entries: list[int], place: int) -> None:
    db.session.execute(delete(AuditEntry).where(T.c.id == entries[place]))
    db.session.commit()
    assert first_broken_link() == entries[place + 1]


def test_two_that_change_places_are_found(entries: list[int]) -> None:
    one, other = entries[-3], entries[-2]
    for old, new in ((one, -1), (other, one), (-1, other)):
        db.session.execute(update(AuditEntry).where(T.c.id == old).values(id=new))
    db.session.commit()
    assert first_broken_link() == one


def test_newest_entries_that_were_cut_off_are_found_by_the_mark_kept_elsewhere(
    app: PortalApp, entries: list[int]
) -> None:
    """The chain alone cannot tell: what is left of it is whole. The newest mark is told, and asked for."""
    run = partial(app.test_cli_runner().invoke, commands)
    newest = db.session.get_one(AuditEntry, entries[-1]).entry_hash
    assert newest in run(args=["verify"]).output
    assert run(args=["verify", "--holds", newest]).exit_code == 0
    db.session.execute(delete(AuditEntry).where(T.c.id == entries[-1]))
    db.session.commit()
    assert run(args=["verify"]).exit_code == 0
    cut = run(args=["verify", "--holds", newest])
    assert cut.exit_code == 1 and "cut off" in cut.output
