"""Published revisions are printed one at a time, outside any transaction, with progress; whatever dies is tried again.

While a paper is printed its process holds a locked file in the press's folder: the lock ends with the process, so a
revision that says "printing" and is not held was left behind, and the next round takes it up.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import ColumnElement, or_, select

from portal.billing.actions.papers import TEMPLATE, final_paper, keep_revision
from portal.billing.models import StatementRevision
from portal.billing.rules.statement_paper import StatementPaper
from portal.billing.rules.states import PaperState
from portal.db.base import db
from portal.db.work import unit_of_work
from portal.documents import render
from portal.documents.rules.codes import new_code
from portal.usage.actions import at_work
from portal.usage.actions.at_work import HowFar, Tell

log = logging.getLogger(__name__)

PRINTED_AT_ONCE = 200
"""Up to so many lines the page that publishes prints the paper itself, after its commit; the worker prints the rest."""
MOST_TRIES = 5
ROWS_A_PAGE, LIGHT_ROWS_A_PAGE = 22, 46


def print_waiting(now: datetime, tell: Callable[[str], None] | None = None) -> int:
    """Print every revision that waits, that was left behind, or that failed less than MOST_TRIES times.

    How many were printed. Several workers may do this at once: each revision is printed by one. `tell` hears numbers.
    """
    printed = 0
    for revision_id in list(db.session.scalars(select(StatementRevision.id).where(_due()))):
        if print_one(revision_id, now):
            printed += 1
            if tell is not None:
                tell(str(revision_id))
    return printed


def print_one(revision_id: int, now: datetime) -> bool:
    """Print one revision now, unless it is printed or another process is at it; failures wait for the next round.

    Begins and commits its own transactions: call it after the request's own commit.
    """
    with at_work.holding(_folder(), revision_id) as tell:
        if tell is None or not _claimed(revision_id):
            return False
        try:
            _print(revision_id, now, tell)
        except Exception as error:  # the paper's turn comes again, and the others must go on
            log.exception("the paper of statement revision %s was not printed", revision_id)
            db.session.rollback()
            _put_back(revision_id, is_busy=isinstance(error, render.PressBusy))
            return False
        return True


def print_again(revision: StatementRevision) -> None:
    """Have a paper that could not be printed tried anew by the worker."""
    if revision.document_id is None:
        revision.paper_state, revision.paper_tries = PaperState.WAITING.value, 0


def progress(revision: StatementRevision) -> HowFar:
    """Pages laid out and pages expected of a paper that is being printed; 0 of 0 while nobody knows."""
    if revision.paper_state != PaperState.PRINTING or not at_work.is_held(_folder(), revision.id):
        return HowFar()
    return at_work.how_far(_folder(), revision.id)


def expected_pages(paper: StatementPaper) -> int:
    """About how many pages it will have."""
    if not paper.is_large:
        return 1 + paper.sums.lines // ROWS_A_PAGE
    return 2 + sum(-(-each.sums.lines // LIGHT_ROWS_A_PAGE) for each in paper.sections)


def _print(revision_id: int, now: datetime, tell: Tell) -> None:
    revision = _row(revision_id)
    code, by_id = new_code(), revision.published_by
    paper = final_paper(revision, now, code)
    db.session.rollback()  # nothing is held while the press works
    pages = expected_pages(paper)
    tell(0, pages)
    printed = render.render(
        TEMPLATE, paper, paper.language, lambda number: tell(number, max(number, pages))
    )
    with unit_of_work():
        revision = _row(revision_id)
        if revision.document_id is None:
            keep_revision(revision, printed, code, by_id, now)


def _claimed(revision_id: int) -> bool:
    with unit_of_work():
        wanted = select(StatementRevision).where(StatementRevision.id == revision_id, _due())
        revision = db.session.scalar(
            wanted.with_for_update().execution_options(populate_existing=True)
        )
        if revision is None:
            return False
        revision.paper_state = PaperState.PRINTING.value
        revision.paper_tries += 1
        return True


def _put_back(revision_id: int, *, is_busy: bool) -> None:
    with unit_of_work():
        revision = _row(revision_id)
        if revision.document_id is not None:
            return
        revision.paper_state = PaperState.WAITING if is_busy else PaperState.FAILED
        revision.paper_tries -= is_busy


def _due() -> ColumnElement[bool]:
    unfinished = (PaperState.WAITING.value, PaperState.PRINTING.value)
    failed = StatementRevision.paper_state == PaperState.FAILED.value
    return or_(
        StatementRevision.paper_state.in_(unfinished),
        failed & (StatementRevision.paper_tries < MOST_TRIES),
    )


def _row(revision_id: int) -> StatementRevision:
    return db.session.get_one(StatementRevision, revision_id, populate_existing=True)


def _folder() -> Path:
    """Where the locked files lie: beside the press."""
    return render.press().folder / "statements"
