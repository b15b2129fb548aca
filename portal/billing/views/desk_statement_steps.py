"""A draft on its way to the customer: reviewed, returned, published, voided."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import publishing, reviewing
from portal.billing.forms.desk import PublishForm
from portal.billing.rules.states import STATEMENT_STEPS, StatementState, StatementStep
from portal.billing.views.desk_checking import printed_after
from portal.billing.views.desk_door import (
    check_seen,
    fresh,
    reason,
    seen,
    statement_of,
    to_statement,
)
from portal.billing.views.desk_door import statement_door as bp
from portal.billing.views.publishing_page import publishing_context
from portal.kernel import clock
from portal.web.forms import attempted, form_page
from portal.web.stepping import done_or_stale


@bp.post("/statements/<int:statement_id>/review")
@requires(P.STATEMENT_REVIEW)
def review(statement_id: int) -> Response:
    """The lines are right; they are fixed."""
    verb = partial(reviewing.review, statement_of(statement_id), g.viewer, clock.now(), seen())
    return done_or_stale(to_statement(statement_id), _("Reviewed. It can be published."), verb)


@bp.post("/statements/<int:statement_id>/return")
@requires(P.STATEMENT_REVIEW)
def return_to_draft(statement_id: int) -> Response:
    """Back to a draft, with a reason."""
    statement = statement_of(statement_id)

    def verb() -> None:
        check_seen(statement)
        reviewing.return_(statement, reason(), g.viewer, clock.now())

    return done_or_stale(to_statement(statement_id), _("A draft again."), verb)


@bp.post("/statements/<int:statement_id>/void")
@requires(P.STATEMENT_RUN)
def void(statement_id: int) -> Response:
    """Give the draft up; what it billed is free again."""
    statement = statement_of(statement_id)

    def verb() -> None:
        check_seen(statement)
        reviewing.void(statement, reason(), g.viewer, clock.now())

    return done_or_stale(
        to_statement(statement_id), _("Voided. What it billed is free again."), verb
    )


@bp.route("/statements/<int:statement_id>/publish", methods=["GET", "POST"])
@requires(P.STATEMENT_PUBLISH)
def publish(statement_id: int) -> Any:
    """What will happen, and then it happens."""
    statement = statement_of(statement_id)
    STATEMENT_STEPS.next(StatementState(statement.state), StatementStep.PUBLISH)
    form = PublishForm(data={"version": str(statement.version)})
    if form.validate_on_submit() and fresh(form, statement):
        row = attempted(form, lambda: publishing.publish(statement, g.viewer, clock.now()))
        if row is not None:
            printed_after(row)
            flash(_("Published. The customer is told; the paper is being printed."), "success")
            return to_statement(statement_id)
    return form_page("billing/desk_publish.html", form, **publishing_context(statement))
