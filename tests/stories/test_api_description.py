"""The door does what its description says: Schemathesis calls everything with right and wrong values, all checks on.

A heavy test: every phase on SQLite, random values and chains of calls on PostgreSQL too, some 20 s together.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import schemathesis
from hypothesis.errors import HypothesisWarning
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events
from schemathesis.transport.wsgi import WSGITransport

from portal.billing.rules.states import StatementState
from portal.web.flask_app import PortalApp
from tests.api import a_key
from tests.carriage import booked, boxes_entitled
from tests.cast import Cast
from tests.money import owed
from tests.offers import keep
from tests.statements import a_statement
from tests.stock import stored

OF_A_NETWORK = ("max_redirects", "verify", "cert", "proxies")
EXAMPLES = int(os.environ.get("API_EXAMPLES", "4"))
"""Random values of each call in the suite; by hand with many more."""
EVERY_PHASE = ("examples", "coverage", "fuzzing", "stateful")


def executed(schema: Any) -> Iterator[Any]:
    """What the run tells; that it was thorough (a value of 50 kB) is no failure."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)
        yield from engine.from_schema(schema).execute()


def explored(app: PortalApp, key: str, examples: int) -> tuple[Counter[str], list[str]]:
    """Calls by what came of them, and everything that failed, with every check."""
    settings: dict[str, Any] = {
        "seed": 7,
        "headers": {
            "Authorization": f"Bearer {key}",
            "Accept-Language": "en",
            "Accept-Encoding": "identity",
        },
        "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
        "phases": {each: {"enabled": True} for each in EVERY_PHASE},
        "workers": 1,
    }
    config = SchemathesisConfig.from_dict(settings)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)
    seen, failed = Counter[str](), []
    for event in executed(schema):
        if isinstance(event, events.ScenarioFinished):
            for recorded in event.recorder.interactions.values():
                answered = recorded.response
                seen[str(answered.status_code if answered else "none")] += 1
            failed += _failures(event)
        elif isinstance(event, events.NonFatalError | events.FatalError):
            failed.append(repr(getattr(event, "value", None) or getattr(event, "exception", None)))
    return seen, failed


def _failures(event: events.ScenarioFinished) -> list[str]:
    return [
        f"{event.label} {check.name}: {check.failure_info.failure.title}: {_told(event, case_id)}"
        for case_id, checks in event.recorder.checks.items()
        for check in checks
        if check.status is Status.FAILURE and check.failure_info is not None
    ]


def _told(event: events.ScenarioFinished, case_id: str) -> str:
    case, met = event.recorder.cases[case_id].value, event.recorder.interactions.get(case_id)
    answer = met.response.content[:500] if met is not None and met.response is not None else b""
    return f"{case.path_parameters} {case.query} {case.headers} {case.body!r:.600} -> {answer!r}"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """What means nothing without a network is left out of every call; the library forgets some."""
    send = WSGITransport.send

    def without(self: WSGITransport, case: Any, *, session: Any = None, **more: Any) -> Any:
        kept = {name: value for name, value in more.items() if name not in OF_A_NETWORK}
        return send(self, case, session=session, **kept)

    monkeypatch.setattr(WSGITransport, "send", without)


@pytest.fixture
def world(cast: Cast, now: datetime) -> Cast:
    """Something behind every address."""
    booked(cast, now, boxes_entitled(cast, now), 1)
    stored(cast.harbour, now)
    a_statement(cast.harbour, state=StatementState.PUBLISHED)
    owed(cast.harbour, "80", date(2026, 2, 1), now)
    owed(cast.harbour, str(Decimal("80.50")), date(2026, 4, 1), now)
    keep(cast)
    return cast


@pytest.mark.one_database
def test_the_door_does_what_its_description_says(
    app: PortalApp, world: Cast, in_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "GUESS_LIMIT", "100000 per minute")
    _row, key = a_key()
    seen, failed = explored(app, key, EXAMPLES)
    print(f"{sum(seen.values())} calls: {dict(seen)}")
    assert failed == []
    assert seen["200"] > 10 and seen["422"] > 10 and not seen["500"]
