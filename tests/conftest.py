"""The application on SQLite and on PostgreSQL; every test starts with empty tables.

Of a test that touches the database most run on either in its turn, some on both (tests/turns.py);
`-m "not postgres"` leaves PostgreSQL out.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from portal import create_app
from portal.db import kept
from portal.db.base import db
from portal.kernel import clock
from portal.web.flask_app import PortalApp
from portal.web.install import limiter
from tests import castings
from tests.cast import Cast
from tests.client import CheckingClient, count_queries
from tests.emptying import emptier
from tests.postgres import PostgresServer, postgres_server
from tests.turns import spared

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # a Monday, 10:00 in Shanghai
# A busy machine is no fault of a rule, and each example empties the tables for itself where it needs any.
settings.register_profile(
    "house",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("house")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Twenty thousand tests are collected without looking for garbage among them."""
    gc.disable()


def pytest_collection_finish(session: pytest.Session) -> None:
    """The portal and its tests stay to the end: only what a test makes is looked through, and seldom."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()


@pytest.hookimpl(trylast=True)  # when `-m` and `-k` have chosen
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the runs that say little new; PORTAL_TEST_BOTH=1 runs everything on both databases."""
    if os.environ.get("PORTAL_TEST_BOTH") == "1":
        return
    left_out = set(spared(items))
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """One PostgreSQL server of the tests' own for the run."""
    with postgres_server() as server:
        yield server


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def app(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PortalApp]:
    """The application, on either database in turn."""
    instance = tmp_path_factory.mktemp("instance")
    os.environ["PORTAL_INSTANCE"] = str(instance)
    with ExitStack() as open_until_the_end:
        url = f"sqlite:///{instance / 'test.db'}"
        if request.param == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            url = open_until_the_end.enter_context(server.database())
        app = create_app(_settings(instance, url))
        app.test_client_class = CheckingClient
        with app.app_context():
            db.create_all()
            count_queries(db.engine)
        yield app
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _settings(instance: Path, url: str) -> dict[str, object]:
    return {
        "TESTING": True,
        "INSTANCE": instance,
        "SQLALCHEMY_DATABASE_URI": url,
        "PASSWORD_COST": {"time_cost": 1, "memory_cost": 8, "parallelism": 1},
        "SIGN_IN_LIMIT": "100000 per minute",
        "API_LIMIT": "100000 per minute",
        "SERVER_NAME": "portal.test",
    }


@pytest.fixture(scope="session")
def empty(app: PortalApp) -> Iterator[Callable[[], None]]:
    """Deletes every row of the application's database."""
    with app.app_context():
        url = db.engine.url
    with emptier(url) as found:
        yield found


@pytest.fixture
def database(app: PortalApp, empty: Callable[[], None]) -> Iterator[None]:
    """An application context over empty tables."""
    with app.app_context():
        yield
        db.session.remove()  # and with it whom the test was, so that no wall hides a row
        empty()
        kept.changed()
        limiter.reset()
        db.session.remove()


@pytest.fixture
def now() -> Iterator[datetime]:
    """The clock held at NOW."""
    with clock.frozen(NOW):
        yield NOW


@pytest.fixture
def cast(database: None, now: datetime) -> Cast:
    """The standing cast: our staff, two customers, their users (tests/cast.py)."""
    return castings.standing(now)


@pytest.fixture
def client(app: PortalApp, database: None, now: datetime) -> CheckingClient:
    """A browser-like client that inspects every page it fetches."""
    return app.test_client()  # type: ignore[return-value]
