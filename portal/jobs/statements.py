"""Billing runs are worked through by a process of their own; whatever dies in between is taken up where it stopped."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.billing.actions import runs
from portal.billing.actions.drafting import MeanwhileChanged, draft_party
from portal.billing.actions.runs import Work
from portal.billing.models import StatementRun
from portal.billing.queries.tables import Tables
from portal.billing.rules.states import RunState
from portal.customers.queries import viewer_for
from portal.db.base import db
from portal.db.engine import room_to_write
from portal.db.work import unit_of_work
from portal.kernel import clock
from portal.kernel.errors import PortalError
from portal.usage.actions import at_work
from portal.usage.actions.at_work import Tell

ATTEMPTS = 5
"""So often a party is gathered anew when somebody else changed what was gathered."""


def start(run_id: int) -> None:
    """Have a process of its own take the run; in tests the caller works by `work`."""
    if current_app.testing:
        return
    command = [sys.executable, "-m", "portal", "statements", "work", str(run_id)]
    with (_instance() / "statements.log").open("ab") as log:
        subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )


def work(run_id: int, also_tell: Tell | None = None) -> bool:
    """Work through a run that waits, or whose worker died; False when there is nothing left of it to do.

    Each party is one transaction. What cannot be billed is kept with the run as a problem of its party.
    """
    set_viewer(SYSTEM)
    with at_work.holding(_instance(), piece_of(run_id)) as tell:
        if tell is None:
            return False
        with unit_of_work():
            left = runs.claim(run_id, clock.now())
            actor = _actor(runs.row_of(run_id))
        if left is not None:
            with room_to_write(db.session()):
                _work(left, actor, tell, also_tell)
        return left is not None


def work_all() -> int:
    """Every run that waits for a worker or has lost its own; how many were worked on."""
    unfinished = (RunState.WAITING, RunState.RUNNING)
    waiting = select(StatementRun.id).where(StatementRun.state.in_(unfinished))
    return sum(
        work(run_id) for run_id in list(db.session.scalars(waiting.order_by(StatementRun.id)))
    )


def is_at_work(run_id: int) -> bool:
    """Whether a living process works on the run."""
    return at_work.is_held(_instance(), piece_of(run_id))


def piece_of(run_id: int) -> str:
    """The name under which a process holds a run."""
    return f"statement_run_{run_id}"


def _work(left: Work, actor: Viewer, tell: Tell, also_tell: Tell | None) -> None:
    tables, total = Tables(), len(left.parties)
    try:
        for done, party_id in enumerate(left.parties, start=1):
            _bill(left, party_id, actor, tables)
            tell(done, total)
            if also_tell is not None:
                also_tell(done, total)
        with unit_of_work():
            runs.finish(left.run_id, actor, clock.now())
    except Exception:
        with unit_of_work():
            runs.stop(left.run_id, clock.now())
        raise


def _bill(left: Work, party_id: int, actor: Viewer, tables: Tables) -> None:
    """One party in one transaction, or its problem in another."""
    now = clock.now()
    try:
        _drafted(left, party_id, actor, tables, now)
    except PortalError as problem:
        with unit_of_work():
            runs.note_problem(left.run_id, party_id, problem, now)


def _drafted(left: Work, party_id: int, actor: Viewer, tables: Tables, now: datetime) -> None:
    """The party's drafts, committed with the run's figures; gathered anew when they were overtaken."""
    for _attempt in range(ATTEMPTS):
        try:
            with unit_of_work():
                drafted = draft_party(party_id, left.period, left.run_id, actor, now, tables)
                runs.note_party(left.run_id, party_id, drafted, now)
        except (MeanwhileChanged, IntegrityError):
            continue
        return
    raise MeanwhileChanged()


def _actor(run: StatementRun) -> Viewer:
    return SYSTEM if run.created_by is None else viewer_for(run.created_by, None)


def _instance() -> Path:
    return Path(current_app.config["INSTANCE"])
