"""Staff see scheduled work and outgoing letters, and set either going again."""

from __future__ import annotations

from typing import Any

from flask import Response, g
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db.outbox import OutboxMessage
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.upkeep.actions import resending, turns
from portal.upkeep.letters import LETTERS, shown_facts, topic_words
from portal.upkeep.views import jobs_page
from portal.upkeep.views.lists import LETTER_LIST
from portal.web.doors import desk
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.stepping import done, to
from portal.web.words import say

bp = desk("upkeep", __name__)


@bp.get("/jobs")
@requires(P.JOB_SEE)
def jobs() -> Any:
    """Each job: when it ran, what came of it, when it runs next."""
    return page("upkeep/jobs.html", lines=jobs_page.lines(clock.now()))


@bp.post("/jobs/<job>/run")
@requires(P.JOB_RUN)
def run(job: str) -> Response:
    """Have a worker run it as soon as it looks."""
    if not jobs_page.is_known(job):
        raise NotFound()
    verb = lambda: turns.ask(job, g.viewer, clock.now())  # noqa: E731
    return done(to("desk_upkeep.jobs"), _("Asked for: the worker begins within seconds."), verb)


@bp.get("/letters")
@requires(P.LETTER_SEE)
def letters() -> Any:
    """Every mail that left, waits, was given up or was not wanted."""
    dead = resending.dead_count()
    return list_page(LETTER_LIST, select(OutboxMessage), "upkeep/letters.html", dead=dead)


@bp.get("/letters/<int:message_id>")
@requires(P.LETTER_SEE)
def letter(message_id: int) -> Any:
    """One letter, without what would open a door."""
    row = fetch(OutboxMessage, message_id)
    return page(
        "upkeep/letter.html", letter=row, label=LETTERS[row.state], words=topic_words(row),
        facts=[(say(name), value) for name, value in shown_facts(row)],
    )  # fmt: skip


@bp.post("/letters/<int:message_id>/resend")
@requires(P.LETTER_RESEND)
def resend(message_id: int) -> Response:
    """One that was given up, once more."""
    row = fetch(OutboxMessage, message_id, lock=True)
    there = to("desk_upkeep.letter", message_id=message_id)
    verb = lambda: resending.resend(row, g.viewer, clock.now())  # noqa: E731
    return done(there, _("It goes out again within seconds."), verb)


@bp.post("/letters/resend")
@requires(P.LETTER_RESEND)
def resend_all() -> Response:
    """Everything that was given up, once more."""
    count = resending.dead_count()
    said = ngettext("%(num)s letter goes out again.", "%(num)s letters go out again.", count)
    return done(
        to("desk_upkeep.letters"), said, lambda: resending.resend_all(g.viewer, clock.now())
    )
