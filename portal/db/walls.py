"""The third wall, on PostgreSQL: row-level security (DESIGN rule 1). SQLite has none; the ORM's walls stand on both.

Every table of `CustomerOwned` and `CustomerItself` has one policy, which binds the tables' owner too. A session that
works for a customer says whose rows it may touch, for its transaction alone; whatever a query forgets, be it Core or
plain SQL, the others' rows are not there, cannot be changed and cannot be added. A session that says nothing sees all:
staff (the ORM's walls limit them to their own where they must be), jobs, and pg_dump with `--enable-row-security`.

What is said goes straight before the first statement that needs it, and only where it differs from what stands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    MetaData,
    Select,
    Table,
    event,
    inspect,
    select,
    true,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from portal.db.base import Base, CustomerItself, CustomerOwned

POLICY = "customers_wall"
CUSTOMERS, HIDDEN = "portal.customers", "portal.hidden"
"""What a transaction says: whose rows, as an array of ids ('' is everybody's, '{}' nobody's); 'on' while the ORM itself
writes what its customer may not read."""
PAST = "/* past the walls */"
"""Stands in a statement that must see all rows, whoever asks; `db/whole.py` alone writes it."""

# Each is a sub-select without a row of the table, so it is worked out once a statement and not once a row; IS NOT NULL,
# because the planner takes it for nearly always true, and plans for staff as if there were no wall.
_NOTHING_SAID = f"(SELECT CASE WHEN coalesce(current_setting('{CUSTOMERS}', true), '') = '' THEN 1 END) IS NOT NULL"
_SAID = f"ANY ((SELECT nullif(current_setting('{CUSTOMERS}', true), '')::integer[])::integer[])"
_WRITING = f"(SELECT CASE WHEN current_setting('{HIDDEN}', true) = 'on' THEN 1 END) IS NOT NULL"
_SAY = f"SELECT set_config('{CUSTOMERS}', %s, true), set_config('{HIDDEN}', %s, true)".encode()

_WALL, _FLUSHING = "wall", "wall_lets_write"
_ASKS, _STANDS = "wall_asks", "wall_stands"
_OPEN = ("", "")


def walled() -> dict[str, type[Base]]:
    """Table name → its model, of every table that has a wall."""
    models: Iterable[type[Base]] = (mapper.class_ for mapper in Base.registry.mappers)
    return {
        model.__tablename__: model
        for model in models
        if issubclass(model, (CustomerOwned, CustomerItself))
    }


def criterion(model: type[Base]) -> str:
    """The rows of a table that a session may touch, as PostgreSQL reads it."""
    quote = postgresql.dialect().identifier_preparer.quote
    column = f"{quote(model.__tablename__)}.{'id' if issubclass(model, CustomerItself) else 'customer_id'}"
    mine = f"{column} = {_SAID}"
    if shown := _shown(model):
        mine = f"{mine} AND ({_WRITING} OR {shown})"
    return f"{_NOTHING_SAID} OR ({mine})"


def put_up(connection: Connection, names: Collection[str] | None = None) -> None:
    """Give the tables that are there (of `names`) their policy as the models have it now; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    there = set(inspect(connection).get_table_names())
    for name, model in sorted(walled().items()):
        if name in there and (names is None or name in names):
            for statement in statements(name, model):
                connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Remove every policy of ours."""
    if connection.dialect.name != "postgresql":
        return
    found = connection.exec_driver_sql(
        f"SELECT tablename FROM pg_policies WHERE policyname = '{POLICY}' AND schemaname = current_schema()"
    )
    for (name,) in found.all():
        connection.exec_driver_sql(f'DROP POLICY {POLICY} ON "{name}"')
        connection.exec_driver_sql(f'ALTER TABLE "{name}" DISABLE ROW LEVEL SECURITY')


def statements(name: str, model: type[Base]) -> tuple[str, ...]:
    """What puts up the wall of one table, or puts it up anew; `%` doubled as the driver wants it."""
    table = postgresql.dialect().identifier_preparer.quote(name)
    using = criterion(model).replace("%", "%%")
    return (
        f"DROP POLICY IF EXISTS {POLICY} ON {table}",
        f"CREATE POLICY {POLICY} ON {table} USING ({using})",
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
    )


def past(statement: Select[Any]) -> Select[Any]:
    """Mark a select: the statement that it is (or is a part of) sees every customer's rows."""
    return statement.prefix_with(PAST, dialect="postgresql")


def _shown(model: type[Base]) -> str:
    """Which of a customer's rows its own people may see; empty where that is all of them."""
    if not issubclass(model, CustomerOwned):
        return ""
    condition: ColumnElement[bool] = model.shown_to_customers()
    if condition.compare(true()):
        return ""
    table = model.__table__
    assert isinstance(table, Table)
    whole = select(table.c.customer_id).where(condition)
    written = whole.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(written).split("WHERE ", 1)[1].split())


# What a session says


def stand(session: Session, ids: Collection[int] | None) -> None:
    """From its next statement on the session touches these customers' rows alone; None: everybody's."""
    session.info[_WALL] = "" if ids is None else f"{{{','.join(map(str, sorted(ids)))}}}"


def prepare(engine: Engine) -> None:
    """Let an engine say before its statements what their sessions want said."""
    event.listen(engine, "begin", _says_nothing)
    event.listen(engine, "rollback_savepoint", _may_say_something_else)
    event.listen(engine, "before_cursor_execute", _say)
    event.listen(engine, "checkin", _forget)


def _says_nothing(connection: Connection) -> None:
    connection.info[_STANDS] = _OPEN


def _may_say_something_else(connection: Connection, _name: str, _context: None) -> None:
    connection.info[_STANDS] = None  # what was said since the savepoint is taken back with the rest


def _forget(_driver: Any, record: Any) -> None:
    record.info.pop(_ASKS, None)


def _remember_who_asks(
    session: Session, _begun: SessionTransaction, connection: Connection
) -> None:
    connection.info[_ASKS] = session.info


def _say(
    connection: Connection, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
) -> None:
    info = connection.info
    asks = info.get(_ASKS) or {}
    wall = asks.get(_WALL)
    wanted = (wall, asks.get(_FLUSHING, "")) if wall and PAST not in statement else _OPEN
    if wanted == info.get(_STANDS) or statement.startswith("ROLLBACK"):
        return
    driver: Any = connection.connection.dbapi_connection
    try:
        # Straight to the driver: a page of a customer costs this once more, and it should be as little as can be.
        driver.execute(_SAY, wanted)
    except connection.dialect.loaded_dbapi.OperationalError as error:
        connection.invalidate(error)
        raise OperationalError(_SAY.decode(), None, error, connection_invalidated=True) from error
    info[_STANDS] = wanted


def _let_write(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    """Rows that a customer may not read are written by the ORM all the same: it must read back their ids."""
    if session.info.get(_WALL) and any(
        isinstance(row, CustomerOwned) and _is_hidden(type(row))
        for rows in (session.new, session.dirty, session.deleted)
        for row in rows
    ):
        session.info[_FLUSHING] = "on"


def _is_hidden(model: type[CustomerOwned]) -> bool:
    usual: Any = CustomerOwned.shown_to_customers
    chosen: Any = model.shown_to_customers
    return chosen.__func__ is not usual.__func__


def _let_write_no_more(session: Session, *_flushed: Any) -> None:
    session.info.pop(_FLUSHING, None)


def _after_create(_metadata: MetaData, connection: Connection, **named: Any) -> None:
    put_up(connection, {table.name for table in named.get("tables") or ()})


event.listen(Session, "after_begin", _remember_who_asks)
event.listen(Session, "before_flush", _let_write)
event.listen(Session, "after_flush", _let_write_no_more)
event.listen(Session, "after_soft_rollback", _let_write_no_more)
event.listen(Base.metadata, "after_create", _after_create)
