"""While a password is hashed nobody waits: the database stays free for other writers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest
from flask_security import changeable, recoverable
from sqlalchemy import select

from portal.accounts.models import User
from portal.db.base import db
from portal.db.outbox import OutboxMessage
from tests.cast import PASSWORD, Cast, hashed

NEW = "four plain words here"


@pytest.fixture
def others_may_write(app, database: None) -> Callable[[], bool]:
    """Whether somebody else could take the writer's place at this very moment."""
    if db.engine.dialect.name != "sqlite":
        return lambda: True  # rows are locked there, never the whole database
    path = db.engine.url.database

    def probe() -> bool:
        other = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
        finally:
            other.close()
        return True

    return probe


@pytest.mark.both_databases
def test_signing_in_holds_nobody_up(client, cast: Cast, others_may_write, monkeypatch):
    free: list[bool] = []
    verify = User.verify_and_update_password

    def watched(self: User, password: str) -> bool:
        free.append(others_may_write())
        return bool(verify(self, password))

    monkeypatch.setattr(User, "verify_and_update_password", watched)
    done = client.post("/login", data={"email": cast.sales.email, "password": PASSWORD})
    assert done.status_code == 302 and free == [True]


@pytest.mark.both_databases
@pytest.mark.parametrize("module", [changeable, recoverable], ids=["changed", "reset"])
def test_a_new_password_is_hashed_before_the_database_is_taken(
    client, cast: Cast, others_may_write, monkeypatch, module: Any
):
    free: list[bool] = []
    hash_it = module.hash_password

    def watched(password: str) -> str:
        free.append(others_may_write())
        return str(hash_it(password))

    monkeypatch.setattr(module, "hash_password", watched)
    number = cast.sales.id
    client.post("/reset", data={"email": cast.sales.email})
    path = db.session.scalars(select(OutboxMessage)).one().facts["path"]
    if module is recoverable:
        done = client.post(path, data={"password": NEW, "password_confirm": NEW})
    else:
        client.sign_in(cast.sales)
        data = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
        done = client.post("/change", data=data)
    assert done.status_code == 302 and free == [True]
    assert db.session.get_one(User, number).password != hashed()


def test_a_change_in_between_is_told_not_lost(client, cast: Cast, monkeypatch):
    """Somebody blocks the person between the reading and the writing of a change of password."""
    number = cast.sales.id
    hash_it = changeable.hash_password

    def meanwhile(password: str) -> str:
        with db.engine.connect() as other:
            table = User.__table__
            other.execute(
                table.update().where(table.c.id == number).values(active=False, version=99)
            )
            other.commit()
        return str(hash_it(password))

    monkeypatch.setattr(changeable, "hash_password", meanwhile)
    client.sign_in(cast.sales)
    data = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert client.post("/change", data=data).status_code == 409
    assert not db.session.get_one(User, number).active
