"""Row-level security: with the ORM's walls down, a customer's connection still has nothing of another customer's."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import datetime
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, delete, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from portal.access.scope import past_the_walls, set_viewer
from portal.access.viewer import NOBODY, SYSTEM
from portal.customers.models import Customer, Site
from portal.db import walls, whole
from portal.db.base import db
from portal.service_requests.actions import talking
from portal.service_requests.models import InternalNote, RequestMessage, ServiceRequest
from portal.web.flask_app import PortalApp
from tests.care import a_note
from tests.cast import Cast, viewer
from tests.client import CheckingClient
from tests.service import a_request

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("app", ["postgresql"], indirect=True, scope="session"),
]
RIGHTS = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
SITES = Site.__table__


@pytest.fixture
def sites(cast: Cast) -> dict[str, int]:
    """One place of each customer, and a session of Harbour's that forgot everything but PostgreSQL's wall."""
    rows = {
        name: Site(customer_id=owner.id, name=name, address="某路 1 号")
        for name, owner in (("harbour", cast.harbour), ("nordwind", cast.nordwind))
    }
    db.session.add_all(rows.values())
    db.session.commit()
    ids = {"nordwind_id": cast.nordwind.id} | {name: row.id for name, row in rows.items()}
    db.session.commit()
    walls.stand(db.session(), {cast.harbour.id})
    return ids


def _names(statement: Any) -> list[str]:
    return [row.name for row in db.session.execute(statement)]


def test_core_and_plain_sql_find_only_the_customers_own_rows(sites: dict[str, int]) -> None:
    assert _names(select(SITES)) == ["harbour"]
    assert _names(text("SELECT name FROM site")) == ["harbour"]
    assert db.session.execute(text("SELECT code FROM customer")).scalars().all() == ["HARBOUR"]
    joined = text("SELECT s.name FROM customer c JOIN site s ON s.customer_id = c.id OR true")
    assert _names(joined) == ["harbour"]


def test_another_customers_row_cannot_be_changed_or_deleted(sites: dict[str, int]) -> None:
    for verb in (update(SITES).values(name="mine"), delete(SITES)):
        found: Any = db.session.execute(verb.where(SITES.c.id == sites["nordwind"]))
        assert found.rowcount == 0


def test_no_row_can_be_added_for_another_customer_or_given_away(sites: dict[str, int]) -> None:
    given = {"customer_id": sites["nordwind_id"], "name": "theirs", "address": "x"}
    attempts = (
        insert(SITES).values(given),
        update(SITES)
        .where(SITES.c.id == sites["harbour"])
        .values(customer_id=given["customer_id"]),
    )
    for verb in attempts:
        with pytest.raises(ProgrammingError, match="row-level security"), db.session.begin_nested():
            db.session.execute(verb)


def test_somebody_without_a_customer_sees_none(sites: dict[str, int]) -> None:
    set_viewer(NOBODY)
    assert _names(text("SELECT name FROM site")) == []


def test_jobs_and_the_houses_people_see_all(sites: dict[str, int], cast: Cast) -> None:
    for who in (SYSTEM, viewer(cast.auditor)):
        set_viewer(who)
        assert len(_names(select(SITES))) == 2


def test_what_is_worked_out_past_the_walls_sees_all_and_no_longer(
    sites: dict[str, int], cast: Cast
) -> None:
    set_viewer(viewer(cast.lin))
    with past_the_walls():
        assert len(_names(select(SITES))) == 2
    assert _names(select(SITES)) == ["harbour"]
    assert len(whole.holders(Customer, "code", "NORDWIND")) == 1
    assert _names(select(SITES)) == ["harbour"]


def test_a_savepoint_that_is_taken_back_takes_no_wall_with_it(sites: dict[str, int]) -> None:
    for ids in ({sites["nordwind_id"]}, None):
        mine = db.session.info["wall"]
        nested = db.session.begin_nested()
        walls.stand(db.session(), ids)
        _names(select(SITES))
        nested.rollback()
        db.session.info["wall"] = mine
        assert _names(select(SITES)) == ["harbour"]


def test_a_connection_goes_back_to_the_pool_without_a_wall(sites: dict[str, int]) -> None:
    assert _names(select(SITES)) == ["harbour"]
    process = text("SELECT pg_backend_pid(), current_setting('portal.customers', true)")
    used, said = db.session.execute(process).one()
    assert said.startswith("{")
    db.session.rollback()
    with ExitStack() as taken:
        pool = [taken.enter_context(db.engine.connect()) for _ in range(db.engine.pool.checkedin())]
        # a connection that never had a wall says None
        at = [tuple(each.execute(process).one()) for each in pool]
        assert used in {process_id for process_id, _wall in at}
        assert not any(wall for _process_id, wall in at)
        assert {len(each.execute(select(SITES)).all()) for each in pool} == {2}


def test_the_next_transaction_of_the_session_has_its_wall_again(sites: dict[str, int]) -> None:
    for _ in range(2):
        assert _names(select(SITES)) == ["harbour"]
        db.session.commit()


def test_what_only_the_house_reads_is_hidden_from_its_own_customer(
    cast: Cast, now: datetime
) -> None:
    a_note(cast.harbour, now)
    inside = a_request(cast, now, by=viewer(cast.sales), kind="internal", channel="internal")
    talking.reply(a_request(cast, now), "货物已到港", (), SYSTEM, now)
    talking.note(inside, "客户可能在压价", (), viewer(cast.sales), now)
    db.session.commit()
    walls.stand(db.session(), {cast.harbour.id})
    for model, seen in ((ServiceRequest, 1), (RequestMessage, 1), (InternalNote, 0)):
        assert len(db.session.execute(select(model.__table__)).all()) == seen
    assert db.session.execute(text("SELECT * FROM watch_note")).all() == []


def test_a_customers_act_may_write_what_it_cannot_read(cast: Cast, now: datetime) -> None:
    request = a_request(cast, now)
    db.session.commit()
    row = InternalNote(
        customer_id=cast.harbour.id, request_id=request.id, text="x", author_name="", written_at=now
    )
    set_viewer(viewer(cast.lin))
    db.session.add(row)
    db.session.flush()
    assert row.id
    assert db.session.execute(text("SELECT count(*) FROM internal_note")).scalar() == 0


def test_every_table_of_customers_has_its_wall(app: PortalApp) -> None:
    with app.app_context(), db.engine.connect() as connection:
        bound = connection.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        )
        assert set(bound.scalars()) == set(walls.walled()) == {name for name, _ in _policies(connection)}  # fmt: skip


def _policies(connection: Connection) -> set[tuple[str, str]]:
    found = connection.execute(text("SELECT tablename, qual FROM pg_policies"))
    return {(name, qual) for name, qual in found}


def test_a_page_of_a_customer_costs_one_short_statement_more(
    client: CheckingClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    execute = psycopg.Connection.execute
    monkeypatch.setattr(
        psycopg.Connection, "execute", lambda *words, **more: said.append(words[2]) or execute(*words, **more)
    )  # fmt: skip
    assert client.sign_in(cast.lin).get("/my/requests").status_code == 200
    assert said == [(f"{{{cast.harbour.id}}}", "")]
    assert client.sign_in(cast.auditor).get("/desk/requests").status_code == 200
    assert len(said) == 1


def test_the_tests_own_no_more_of_the_server_than_a_firm_does(app: PortalApp) -> None:
    with app.app_context(), db.engine.connect() as connection:
        who = connection.execute(text(RIGHTS))
        assert who.scalar() is False
