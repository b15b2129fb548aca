"""One link, many hands: of answers that arrive at the same moment one counts, and the others are told so.

With real processes on both databases, each through the page as a browser sends it; and two workers that ask at once.
"""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import pytest
from sqlalchemy import func, select

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM
from portal.calls.models import CallPlan
from portal.db.base import db
from portal.jobs import calls, satisfaction
from portal.kernel import clock
from portal.satisfaction.models import SurveyAnswer, SurveyInvitation, SurveyQuestion
from portal.satisfaction.rules.kinds import QuestionKind
from portal.web.flask_app import PortalApp
from tests.cast import Cast
from tests.surveys import answered, asked, resolved

pytestmark = pytest.mark.both_databases

MANY = 8
FORK = multiprocessing.get_context("fork")


def act(
    app: PortalApp, verb: Callable[[int], str], at: int, ready: Barrier, told: Queue[str]
) -> None:
    """One process: waits for the others, then acts."""
    try:
        with app.app_context():
            set_viewer(SYSTEM)
            ready.wait(60)
            told.put(verb(at))
            db.session.remove()
    except BaseException as crash:
        told.put(f"crashed: {crash!r}")
    finally:
        told.close()
        told.join_thread()
        os._exit(0)


def at_once(app: PortalApp, verb: Callable[[int], str], many: int = MANY) -> Counter[str]:
    """What each process was told."""
    db.session.commit()
    db.session.remove()
    db.engine.dispose()
    ready, told = FORK.Barrier(many), FORK.Queue()
    processes = [FORK.Process(target=act, args=(app, verb, at, ready, told)) for at in range(many)]
    for process in processes:
        process.start()
    answers = Counter(told.get(timeout=120) for _ in processes)
    for process in processes:
        process.join(30)
    set_viewer(SYSTEM)
    return answers


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_of_eight_answers_at_once_one_counts(app: PortalApp, cast: Cast, now: datetime) -> None:
    path = f"/s/{asked(resolved(cast, now), now)}"
    questions = db.session.execute(select(SurveyQuestion.id, SurveyQuestion.kind)).all()

    def send(at: int) -> str:
        given = {QuestionKind.SCALE: str(at % 5 + 1), QuestionKind.YES_NO: "1"}
        data = {f"q{key}": given.get(QuestionKind(kind), "") for key, kind in questions}
        with clock.frozen(now):
            return str(app.test_client().post(path, data=data).status_code)

    assert at_once(app, send) == {"303": 1, "409": MANY - 1}
    assert count(SurveyAnswer) == 1


def test_workers_that_run_at_once_ask_and_plan_once(
    app: PortalApp, cast: Cast, now: datetime
) -> None:
    for at in range(3):
        resolved(cast, now, requester_name=f"王{at}", requester_email=f"w{at}@harbour.example")
    answered(cast, now, 1)

    def work(_at: int) -> str:
        satisfaction.ask_closed(now)
        calls.plan_visits(now)
        return "done"

    assert at_once(app, work, 4) == {"done": 4}
    assert (count(SurveyInvitation), count(CallPlan)) == (4, 1)
