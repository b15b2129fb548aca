"""Every text column says whose it is and what an erasure does with it."""

from __future__ import annotations

from portal.db import persons
from portal.db.base import Base
from portal.privacy.rules.holding import Way, Why
from portal.privacy.rules.keeping import LAWS
from portal.privacy.rules.registry import APART, HELD, HOUSE, undeclared
from portal.privacy.rules.table_words import TABLES
from portal.web.flask_app import PortalApp


def test_no_text_column_is_left_out(app: PortalApp) -> None:
    columns = persons.text_columns()
    left_out = {table: found for table, c in columns.items() if (found := undeclared(table, c))}
    assert left_out == {}, "declare them in portal/privacy/rules/held_*.py"


def test_a_new_text_column_would_be_noticed() -> None:
    assert undeclared("contact", ["name", "nickname"]) == ["nickname"]
    assert undeclared("a_new_table", ["remark"]) == ["remark"]


def test_every_table_is_declared_once_and_there() -> None:
    tables = set(Base.metadata.tables)
    for one, other in ((HELD, APART), (HELD, HOUSE), (APART, HOUSE)):
        assert not set(one) & set(other)
    assert set(HELD) | set(APART) | HOUSE <= tables


def test_what_is_declared_of_a_table_is_there() -> None:
    for table, held in HELD.items():
        named = {*held.ways(), *(link.column for link in held.linked()), *held.by.split()}
        named |= {*held.sets, *held.own.split(), *held.inner.split()}
        assert named <= persons.column_names(table), table


def test_what_can_be_rewritten_is_found_by_an_id() -> None:
    for table, held in HELD.items():
        if held.searched() or (held.erased() and not held.gone):
            assert "id" in persons.column_names(table), table


def test_what_stays_has_a_reason_in_law() -> None:
    for table, held in HELD.items():
        stays = Way.STAYS in held.ways().values()
        assert stays == (held.why is not Why.NONE), table
        assert not stays or held.why in LAWS


def test_every_table_has_words() -> None:
    assert set(HELD) <= set(TABLES) and set(APART) <= set(TABLES)
