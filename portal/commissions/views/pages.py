"""What the pages of commission show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _
from sqlalchemy import select

from portal.access.labels import ROLE_LABELS
from portal.access.permissions import Permission as P
from portal.access.permissions import Role
from portal.accounts.models import User
from portal.commissions import labels
from portal.commissions.actions import runs
from portal.commissions.forms.plans import OF_PERSON, OF_ROLE, PayForm
from portal.commissions.models import CommissionPlan, CommissionRun
from portal.commissions.queries import runs as queries
from portal.commissions.rules.plans import bands_from
from portal.commissions.rules.states import RunState
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import (
    NotAllowedNow,
    NotFound,
    StaleEdit,
)
from portal.receivables.rules.report_months import ended_last, moved
from portal.web.bars import chart_of
from portal.web.flask_app import refuse
from portal.web.forms import attempted
from portal.web.stepping import STALE_TOO, reason_of, to
from portal.web.words import say

MONTHS = 12


def index_context() -> dict[str, Any]:
    """The months that may be worked out, the way to the plans, and the year as a picture."""
    return {
        "open_months": _open_months() if g.viewer.may(P.COMMISSION_EDIT) else [],
        "sees_all": queries.sees_all(g.viewer),
        "chart": _chart(),
    }


def run_context(run: CommissionRun, form: PayForm | None = None) -> dict[str, Any]:
    """One run with its people."""
    names = _names({run.made_by, run.approved_by})
    found = {
        "run": run, "label": labels.RUNS[run.state], "people": queries.persons(run, g.viewer), "names": names,
        "is_draft": run.state == RunState.DRAFT, "is_approved": run.state == RunState.APPROVED,
        "may_approve": g.viewer.may(P.COMMISSION_APPROVE) and run.made_by != g.viewer.user_id,
        "own": run.made_by == g.viewer.user_id,
        "may_edit": g.viewer.may(P.COMMISSION_EDIT),
        "is_unbroken": run.state == RunState.DRAFT or runs.content_hash(run) == run.content_hash,
    }  # fmt: skip
    return found if form is None else {**found, "form": form}


def person_context(run: CommissionRun, user_id: int) -> dict[str, Any]:
    """Whose lines they are and what they come to; NotFound for somebody who has none and is none of ours."""
    mine = [each for each in queries.persons(run, g.viewer) if (each.id or 0) == user_id]
    name = _names({user_id}).get(user_id, "")
    if not mine and not name:
        raise NotFound()
    return {
        "run": run,
        "label": labels.RUNS[run.state],
        "person": mine[0] if mine else None,
        "name": name or _("Nobody"),
        "sees_all": queries.sees_all(g.viewer),
    }


def plans_context() -> dict[str, Any]:
    """Every plan with its thresholds, which of them a run has used, and which count today."""
    used, found, today = queries.used_plans(), queries.plans(), clock.today()
    seen: set[tuple[int | None, str | None]] = set()
    rows = []
    for each in found:
        key = each.user_id, each.role
        counts = each.starts_on <= today and key not in seen
        if each.starts_on <= today:
            seen.add(key)
        rows.append((each, whose(each), bands_from(each.bands), each.id in used, counts))
    return {"plans": rows, "may_edit": g.viewer.may(P.COMMISSION_EDIT), "today": today}


def whose(plan: CommissionPlan) -> str:
    """The person's name, or the role's."""
    if plan.user is not None:
        return plan.user.name
    return say(ROLE_LABELS[Role(str(plan.role))])


def whom() -> list[tuple[str, str]]:
    """Roles and people that a plan may be for."""
    people = select(User.id, User.name).where(User.kind == "staff", User.active.is_(True))
    return [
        *((f"{OF_ROLE}{role.value}", say(words)) for role, words in ROLE_LABELS.items()),
        *((f"{OF_PERSON}{id_}", name) for id_, name in db.session.execute(people.order_by(User.name))),
    ]  # fmt: skip


def started(verb: Callable[[], CommissionRun]) -> Response:
    """To the run that was worked out, or back with the reason why none was."""
    try:
        run = verb()
    except STALE_TOO as error:
        flash(reason_of(error), "error")
        return refuse(to("desk_commissions.index"))
    flash(_("Worked out. Somebody else approves it."), "success")
    return to("desk_commissions.show", run_id=run.id)


def tried(form: Any, verb: Callable[[], Any]) -> bool:
    """Whether the form's verb was done; else the page says why not."""
    try:
        attempted(form, verb)
    except (NotAllowedNow, StaleEdit) as error:
        flash(say(error.text), "error")
        return False
    return not form.errors


def _open_months() -> list[str]:
    """The months after the last run that have ended, the oldest first; without a run the last twelve."""
    last, ended = db.session.scalar(
        select(CommissionRun.month).order_by(CommissionRun.month.desc()).limit(1)
    ), ended_last(clock.today())  # fmt: skip
    first = moved(last, 1) if last else moved(ended, 1 - MONTHS)
    found: list[str] = []
    while first <= ended and len(found) < MONTHS * 3:
        found.append(f"{first:%Y-%m}")
        first = moved(first, 1)
    return list(reversed(found))


def _chart() -> Any:
    rows = db.session.execute(
        queries.runs(g.viewer).order_by(CommissionRun.month.desc()).limit(MONTHS)
    )
    found = [(f"{run.month:%m}", amount, False) for run, amount, _lines in rows]
    return chart_of(list(reversed(found))) if len(found) > 1 else None


def _names(ids: set[int | None]) -> dict[int, str]:
    wanted = sorted(each for each in ids if each)
    rows = db.session.execute(
        select(User.id, User.name).where(User.id.in_(wanted), User.kind == "staff")
    )
    return {row[0]: row[1] for row in rows}
