"""How an opportunity ends, is opened again, or goes to somebody else."""

from __future__ import annotations

from typing import Any

from flask import g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.opportunities.actions import course, sharing
from portal.opportunities.actions.holding import check_open
from portal.opportunities.forms.parts import HandOverForm, LostForm, UnlockForm, WonForm
from portal.opportunities.views import choosing
from portal.opportunities.views.asking import Question, asked
from portal.opportunities.views.choosing import chosen
from portal.opportunities.views.door import bp, opportunity_of
from portal.web.stepping import as_id

AT = "/opportunities/<int:opportunity_id>"


@bp.route(f"{AT}/win", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def win(opportunity_id: int) -> Any:
    """It is won: why, and then it is locked."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    form = WonForm(data={"version": str(row.version)})
    form.reason_id.choices = choosing.reasons("won")
    lead = _("It is locked then, and its open tasks are called off.")
    question = Question(row, _("Won"), "win", button=_("Record the win"), lead=lead)
    verb = lambda: course.win(  # noqa: E731
        row, chosen(form.reason_id.data), form.text.data or "", as_id(form.version.data), g.viewer, clock.now()
    )  # fmt: skip
    return asked(form, question, verb, said=_("Won. It is locked now."))


@bp.route(f"{AT}/lose", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def lose(opportunity_id: int) -> Any:
    """It is lost: why, and to whom."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    form = LostForm(data={"version": str(row.version)})
    form.reason_id.choices = choosing.reasons("lost")
    form.competitor_id.choices = choosing.competitors()
    lead = _("It is locked then, and its open tasks are called off.")
    question = Question(
        row, _("Lost opportunity"), "lose", button=_("Record the loss"), tone="risk", lead=lead
    )
    verb = lambda: course.lose(  # noqa: E731
        row, chosen(form.reason_id.data), chosen(form.competitor_id.data), form.text.data or "",
        as_id(form.version.data), g.viewer, clock.now(),
    )  # fmt: skip
    return asked(form, question, verb, said=_("The loss is recorded."))


@bp.route(f"{AT}/unlock", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_UNLOCK)
def unlock(opportunity_id: int) -> Any:
    """Open a won or lost one again, with a reason."""
    row = opportunity_of(opportunity_id)
    form = UnlockForm(data={"version": str(row.version)})
    question = Question(row, _("Unlock"), "unlock", button=_("Open it again"))
    verb = lambda: course.unlock(  # noqa: E731
        row, form.reason.data or "", as_id(form.version.data), g.viewer, clock.now()
    )
    return asked(form, question, verb, said=_("It is open again."))


@bp.route(f"{AT}/hand-over", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def hand_over(opportunity_id: int) -> Any:
    """Somebody else looks after it, with its open tasks."""
    row = opportunity_of(opportunity_id)
    check_open(row)
    form = HandOverForm(data={"version": str(row.version)})
    others = [each for each in choosing.colleagues() if each[0] != str(row.owner_id)]
    form.owner_id.choices = others
    lead = _("The open tasks of %(name)s go along.", name=row.owner.name)
    question = Question(row, _("Hand over"), "hand_over", button=_("Hand it over"), lead=lead)
    verb = lambda: sharing.hand_over(  # noqa: E731
        row, chosen(form.owner_id.data) or 0, g.viewer, clock.now(), version=as_id(form.version.data),
        reason=form.reason.data or "", stays=bool(form.stays.data),
    )  # fmt: skip
    return asked(form, question, verb, said=_("Handed over."))
