"""An installation on SQLite moves to PostgreSQL: all of it, proven, or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, func, insert, select, text

from portal.cli.move import move
from portal.customers.models import Site
from portal.db import carrying, dumps, walls
from portal.db.base import Base, db
from portal.db.carrying import CannotCarry
from portal.db.revision import head_revision
from portal.documents.archive import archive, configure
from portal.upkeep.in_use import hold
from tests.cast import Cast
from tests.postgres import PostgresServer
from tests.test_isolation import quick_press, rows  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.parametrize("app", ["sqlite"], indirect=True, scope="session"),
]
SITES = Site.__table__
FOREIGN_KEYS = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'"


def kept(folder: Path) -> Path:
    """The tests' database as an instance folder has it, with its revision."""
    db.session.commit()
    path = folder / "portal.db"
    dumps.dump(db.engine, path)
    changed(path, "CREATE TABLE alembic_version (version_num TEXT)")
    changed(path, f"INSERT INTO alembic_version VALUES ('{head_revision()}')")
    return path


@pytest.fixture
def source(cast: Cast, tmp_path: Path) -> Path:
    """A database with the cast and a place of each customer."""
    for owner in (cast.harbour, cast.nordwind):
        db.session.add(Site(customer_id=owner.id, name="仓库", address="某路 1 号"))
    return kept(tmp_path)


@pytest.fixture
def full(quick_press: None, rows: dict[str, Any], tmp_path: Path) -> Path:  # noqa: F811 - a fixture
    """A database with rows of nearly every kind."""
    return kept(tmp_path)


@pytest.fixture(scope="module")
def template(postgres: PostgresServer) -> Iterator[str]:
    """A migrated database without a row, from which others are made in an instant."""
    with postgres.database() as url:
        engine = create_engine(url)
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            row = {"of": head_revision()}
            connection.execute(text("INSERT INTO alembic_version VALUES (:of)"), row)
        engine.dispose()
        yield str(engine.url.database)


@pytest.fixture
def target(postgres: PostgresServer, template: str) -> Iterator[Engine]:
    """An empty one of its own."""
    with postgres.database(template) as url:
        engine = create_engine(url)
        yield engine
        engine.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def changed(source: Path, statement: str) -> None:
    with closing(sqlite3.connect(source)) as opened:
        opened.execute(statement)
        opened.commit()


def keys(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(FOREIGN_KEYS)).scalar_one())


def test_every_row_of_every_table_arrives_as_it_was(full: Path, target: Engine) -> None:
    told: list[int] = []
    before = keys(target)
    sums = carrying.carry(full, target, told.append)
    assert {name: each.rows for name, each in sums.items()} == carrying.rows_of(full)
    assert sum(told) == sum(each.rows for each in sums.values()) > 300
    assert sum(each.rows > 0 for each in sums.values()) > 60
    arrived = dumps.counts_of(url_of(target))
    assert {name: arrived[name] for name in sums} == carrying.rows_of(full)
    assert keys(target) == before > 200


def test_the_walls_stand_again_and_new_rows_get_new_ids(source: Path, target: Engine, cast: Cast) -> None:  # fmt: skip
    carrying.carry(source, target)
    with target.begin() as connection:
        forced = connection.execute(text("SELECT count(*) FROM pg_class WHERE relforcerowsecurity"))
        assert forced.scalar() == len(walls.walled())
        highest = connection.execute(select(func.max(SITES.c.id))).scalar_one()
        row = {"customer_id": cast.harbour.id, "name": "new", "address": "x", "version": 1}
        made = connection.execute(insert(SITES).values(row).returning(SITES.c.id)).scalar_one()
        assert made == highest + 1


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("UPDATE site SET customer_id = 999999", "fk_site_customer_id"),
        ("UPDATE site SET phone = printf('%.*c', 500, 'x')", "too long"),
        ("UPDATE site SET active = 'perhaps'", "boolean"),
    ],
)
def test_what_postgresql_refuses_leaves_nothing_behind(
    source: Path, target: Engine, fault: str, said: str
) -> None:
    changed(source, fault)
    before = keys(target)
    with pytest.raises(CannotCarry, match=said):
        carrying.carry(source, target)
    assert set(dumps.counts_of(url_of(target)).values()) == {0, 1}
    assert keys(target) == before


def test_what_arrives_otherwise_is_noticed_and_nothing_kept(
    source: Path, target: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "_instant", lambda value: value.replace("2026", "2025"))
    with pytest.raises(CannotCarry, match=r"table \w+: .* arrived of"):
        carrying.carry(source, target)
    assert dumps.counts_of(url_of(target))["user"] == 0


def test_a_database_with_rows_or_of_another_layout_is_refused(source: Path, target: Engine) -> None:
    with pytest.raises(CannotCarry, match="of revision"):
        carrying.check_target(target, "0000")
    carrying.carry(source, target)
    with pytest.raises(CannotCarry, match="not empty"):
        carrying.check_target(target, carrying.layout_of(source))


@pytest.fixture
def instance(source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The command's own application is another one than the tests': what they share is put back."""
    before = archive()
    monkeypatch.setenv("PORTAL_INSTANCE", str(source.parent))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    yield source.parent
    configure(before)


def test_the_command_fills_an_empty_server_and_says_how_to_switch(
    instance: Path, postgres: PostgresServer
) -> None:
    with postgres.database() as url:
        said = CliRunner().invoke(move, [url])
        assert said.exit_code == 0, said.output
        assert "each was read back and is the same" in said.output
        assert (
            "The history's chain of" in said.output and "DATABASE_URL=postgresql://" in said.output
        )
        again = CliRunner().invoke(move, [url])
        assert again.exit_code == 1 and "not empty" in again.output


def test_the_command_refuses_while_the_portal_runs_and_any_other_way(
    instance: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.url()
    assert "PostgreSQL database" in CliRunner().invoke(move, ["sqlite:///x.db"]).output
    hold(instance)
    assert "stop it first" in CliRunner().invoke(move, [url]).output
    monkeypatch.setenv("DATABASE_URL", url)
    assert "no SQLite database" in CliRunner().invoke(move, [url]).output
