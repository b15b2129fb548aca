"""The same call told twice, one after the other or at the same moment, is done once."""

from __future__ import annotations

import threading
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from flask import Response
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.api.actions import once
from portal.api.models import IdempotentAnswer
from portal.api.rules.once import KEPT, Call
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.receivables.models import Receipt
from portal.web.flask_app import PortalApp
from tests.actions.test_api_pushes import receipt, usage
from tests.api import Caller, a_key, caller
from tests.cast import Cast

KEY = "3f9a1c2b-7d4e"
MANY = 4


class Browserless(FlaskClient):
    """A client that looks at no page, for a thread of its own."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("csrf", None)
        return super().open(*args, **kwargs)


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count(model.id)))


def test_the_same_call_gets_the_same_answer_and_does_nothing_twice(client, cast):
    system = caller(client)
    first = system.post("/receipts", {"receipts": [receipt(allocate=False)]}, KEY)
    again = system.post("/receipts", {"receipts": [receipt(allocate=False)]}, KEY)
    assert (again.status_code, again.data) == (200, first.data)
    assert again.json["rows"][0]["status"] == "taken"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert count(Receipt) == 1


def test_the_same_key_with_another_body_or_address_is_refused(client, cast):
    system = caller(client)
    system.post("/receipts", {"receipts": [receipt()]}, KEY)
    others = (("/receipts", {"receipts": [receipt("B-2")]}), ("/usage", {"records": [usage()]}))
    for path, body in others:
        answer = system.post(path, body, KEY)
        assert (answer.status_code, answer.json["code"]) == (409, "idempotency_key_reused")
    assert count(Receipt) == 1


def test_two_systems_may_use_the_same_key(client, cast):
    for reference in ("B-1", "B-2"):
        answer = caller(client).post("/receipts", {"receipts": [receipt(reference)]}, KEY)
        assert answer.json["taken"] == 1
    assert (count(Receipt), count(IdempotentAnswer)) == (2, 2)


def test_a_call_that_was_refused_whole_may_come_again_under_its_key(client, cast):
    system = caller(client)
    assert system.post("/receipts", {"receipts": [receipt(amount=1)]}, KEY).status_code == 422
    assert system.post("/receipts", {"receipts": [receipt()]}, KEY).json["taken"] == 1


@pytest.mark.parametrize("key", [None, "", "short", "x" * 129, "with blank", "ünïcödë-key"])
def test_a_call_without_a_key_of_its_own_is_refused(client, cast, key):
    _row, opens = a_key()
    headers = {"Authorization": f"Bearer {opens}"} | ({"Idempotency-Key": key} if key else {})
    answer = client.post("/api/v1/receipts", json={}, headers=headers, csrf=False)
    assert (answer.status_code, answer.json["code"]) == (400, "idempotency_key_needed")


def test_answers_are_kept_three_days_and_then_cleared_away(cast, now):
    row, _key = a_key()
    with unit_of_work():
        for name, age in (("old-key-1", KEPT + timedelta(seconds=1)), ("new-key-1", KEPT)):
            once.keep(row, Call(name, "0" * 64), 200, "{}", now - age)
    with unit_of_work():
        assert once.clear(now) == 1
    assert db.session.scalar(select(IdempotentAnswer.key)) == "new-key-1"


def test_the_same_call_at_the_same_moment_is_done_once(app: PortalApp, cast: Cast) -> None:
    _row, key = a_key()
    ready, told = threading.Barrier(MANY), []

    def call() -> None:
        with app.app_context():  # a session of its own
            system = Caller(Browserless(app, Response), key)
            ready.wait(10)
            told.append(system.post("/receipts", {"receipts": [receipt(allocate=False)]}, KEY))
            db.session.remove()

    crowd = [threading.Thread(target=copy_context().run, args=(call,)) for _ in range(MANY)]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(30)
    assert [each.status_code for each in told] == [200] * MANY
    assert len({each.data for each in told}) == 1
    assert sum("Idempotent-Replayed" in each.headers for each in told) == MANY - 1
    assert (count(Receipt), count(IdempotentAnswer)) == (1, 1)
