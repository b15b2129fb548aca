"""Migrations from nothing give exactly the models' tables, and constraints have names."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask_migrate import upgrade
from sqlalchemy import MetaData, create_engine, text

from portal.db import walls
from portal.db.base import Base, db
from portal.web.flask_app import PortalApp


def _difference() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _type_differs})
        found = compare_metadata(context, Base.metadata)
    return [each for each in found if "alembic_version" not in str(each)]


def _type_differs(context, column, metadata_column, inspected, declared):  # type: ignore[no-untyped-def]
    """Our own types are compared by what they store."""
    impl = getattr(declared, "impl", declared)
    return type(inspected)._type_affinity is not type(impl)._type_affinity


def _walls() -> set[tuple[str, ...]]:
    """Every policy of PostgreSQL as it stands, of tables where it binds the owner too."""
    if db.engine.dialect.name != "postgresql":
        return set()
    with db.engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies JOIN pg_class "
                "ON relname = tablename WHERE relrowsecurity AND relforcerowsecurity"
            )
        )
        return {tuple(row) for row in found}


def test_migrations_from_empty_equal_the_models(app: PortalApp) -> None:
    with app.app_context():
        made = _walls()
        assert {row[0] for row in made} == (set(walls.walled()) if made else set())
        _drop_everything()
        upgrade()
        try:
            assert _difference() == []
            assert _walls() == made
        finally:
            _drop_everything()
            db.create_all()


def _drop_everything() -> None:
    db.session.remove()
    engine = create_engine(db.engine.url)
    found = MetaData()
    found.reflect(engine)
    found.drop_all(engine)
    engine.dispose()


def test_every_constraint_has_a_name() -> None:
    nameless = [
        (table.name, type(constraint).__name__)
        for table in Base.metadata.sorted_tables
        for constraint in table.constraints
        if constraint.name is None
    ]
    assert nameless == []


def test_every_foreign_key_to_a_customer_is_indexed() -> None:
    missing = []
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name == "customer_id" and table.name != "customer":
                leading = {index.columns[0].name for index in table.indexes if len(index.columns)}
                leading |= {
                    next(iter(c.columns)).name
                    for c in table.constraints
                    if len(getattr(c, "columns", ()))
                }
                if "customer_id" not in leading:
                    missing.append(table.name)
    assert missing == []
