"""Reminders at the desk: what is due today by step, what went out, calls with promises, the firm's steps."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from flask import Response, flash, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from portal.access.guards import fetch, requires
from portal.access.permissions import Permission as P
from portal.db import audit
from portal.documents.models import Document
from portal.documents.page import stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.receivables.actions import collecting, dunning, papers
from portal.receivables.forms.dunning import CallForm, StepForm
from portal.receivables.labels import CHANNELS
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.queries import dunning as queries
from portal.receivables.queries.dunning_due import calls_to_make, due_today
from portal.receivables.rules.dunning import holds_from
from portal.receivables.rules.kinds import Channel
from portal.receivables.views.desk_door import Tab, chosen_customer, people
from portal.receivables.views.desk_door import dunning_door as bp
from portal.receivables.views.dunning_list import NOTICES_LIST, step_words
from portal.receivables.views.list_parts import of_customer
from portal.web.filters import static_url
from portal.web.forms import attempted, form_page, tried
from portal.web.listing import list_page
from portal.web.pages import page, refused
from portal.web.stepping import done_at, fresh
from portal.web.timeline import happenings

NOTICE = "receivables/desk_notice.html"


def tabs(here: str) -> list[Tab]:
    """The parts of dunning."""
    parts = [("index", _("Due today")), ("sent", _("Reminders sent")), ("steps", _("Steps"))]
    return [(words, url_for(f"desk_dunning.{name}"), name == here, None) for name, words in parts]


@bp.get("/dunning")
@requires(P.DUNNING_SEND)
def index() -> Any:
    """What is due today, by step, and the calls that wait to be noted."""
    today = clock.today()
    found, ladder = due_today(g.viewer, today), queries.ladder()
    names = {row.day: row for row in queries.steps()}
    groups = [
        (day, names[day], holds_from(ladder, day), list(rows))
        for day, rows in groupby(found, key=lambda each: each.reminder.step.day)
    ]
    shown = {"groups": groups, "calls": calls_to_make(g.viewer), "today": today}
    return page(
        "receivables/desk_dunning.html",
        tabs=tabs("index"),
        step_words=step_words,
        channels=CHANNELS,
        **shown,
    )


@bp.post("/dunning/remind")
@requires(P.DUNNING_SEND)
def remind() -> Response:
    """Take the steps that are due, for one customer or for everybody; letters are printed by the worker."""
    customer, currency, now = chosen_customer(), request.form.get("currency", ""), clock.now()
    found = [
        each
        for each in due_today(g.viewer, clock.today())
        if customer is None or (each.customer.id, each.currency) == (customer.id, currency)
    ]
    made: Counter[str] = Counter()
    for account in sorted({(each.customer.id, each.currency) for each in found}):
        for row in dunning.remind(*account, now, actor=g.viewer):
            made[row.channel] += 1
    count = sum(made.values())
    if count:
        flash(ngettext("%(num)s step taken.", "%(num)s steps taken.", count), "success")
    else:
        flash(_("Nothing was due any more."), "info")
    if made[Channel.PHONE] or made[Channel.PERSON]:
        flash(_("Note below what came of the calls."), "info")
    return redirect(url_for(".index"), 303)  # type: ignore[return-value]


@bp.get("/dunning/sent")
@requires(P.AGEING_SEE)
def sent() -> Any:
    """Everything that went out."""
    spec, found = of_customer(NOTICES_LIST, DunningNotice.customer_id), queries.notices(g.viewer)
    shown = tabs("sent") if g.viewer.may(P.DUNNING_SEND) else []
    return list_page(spec, found, "receivables/desk_notices.html", tabs=shown)


@bp.get("/dunning/<int:notice_id>")
@requires(P.AGEING_SEE)
def show(notice_id: int) -> Any:
    """One reminder: what it names, to whom it went, what came of it."""
    return page(NOTICE, **_context(_notice(notice_id)))


@bp.get("/dunning/<int:notice_id>/paper")
@requires(P.AGEING_SEE)
def paper(notice_id: int) -> Response:
    """Its letter: as it was printed, else as it would be."""
    notice = _notice(notice_id)
    if notice.document_id is not None:
        return pdf_response(fetch(Document, notice.document_id))
    tag = stylesheet_tag(firm_on_paper().colours)
    sheets = (url_for("desk_contracts.paper_sheet", v=tag), static_url("css/preview.css"))
    response = make_response(papers.preview_dunning(notice, clock.now(), sheets))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/dunning/<int:notice_id>/call")
@requires(P.DUNNING_SEND)
def call(notice_id: int) -> Any:
    """What came of a call; a promise counts for everything that the reminder names."""
    notice, form = _notice(notice_id), CallForm()
    if form.validate_on_submit():

        def verb() -> bool:
            facts = (notice, form.note.data or "", form.promised_on.data)
            collecting.log_call(*facts, g.viewer, clock.now())
            return True

        if tried(form, verb):
            flash(_("Noted."), "success")
            return redirect(url_for(".show", notice_id=notice_id), 303)
    return refused(NOTICE, **_context(notice, form))


def _notice(notice_id: int) -> DunningNotice:
    return fetch(DunningNotice, notice_id, options=(joinedload(DunningNotice.customer),))


def _context(notice: DunningNotice, form: CallForm | None = None) -> dict[str, Any]:
    calls = Channel(notice.channel) in collecting.CALLED and g.viewer.may(P.DUNNING_SEND)
    filled = {"note": notice.note, "promised_on": notice.promised_on}
    return {
        "notice": notice,
        "label": CHANNELS[notice.channel],
        "step": dunning.step_of(notice.step_day),
        "when": step_words(notice.step_day),
        "items": [{**each, "amount": Decimal(each["amount"])} for each in notice.receivables],
        "form": (form or CallForm(data=filled)) if calls else None,
        "names": people([notice.by_id]),
        "entries": happenings(audit.timeline(notice, public_only=False)),
    }


@bp.get("/dunning/steps")
@requires(P.DUNNING_SEND)
def steps() -> Any:
    """The ladder."""
    rows = queries.steps()
    return page(
        "receivables/desk_steps.html",
        rows=rows,
        tabs=tabs("steps"),
        step_words=step_words,
        channels=CHANNELS,
    )


@bp.post("/dunning/steps/usual")
@requires(P.DUNNING_EDIT)
def usual_steps() -> Response:
    """Begin with the usual ladder."""
    verb = partial(dunning.seed_steps, g.viewer, clock.now())
    return done_at(url_for(".steps"), _("The usual steps are there; change what you like."), verb)


@bp.route("/dunning/steps/new", methods=["GET", "POST"])
@requires(P.DUNNING_EDIT)
def new_step() -> Any:
    """One more step."""
    return _step(None, StepForm())


@bp.route("/dunning/steps/<int:step_id>", methods=["GET", "POST"])
@requires(P.DUNNING_EDIT)
def step(step_id: int) -> Any:
    """Change one."""
    row = fetch(DunningStep, step_id)
    return _step(row, StepForm(obj=row))


def _step(row: DunningStep | None, form: StepForm) -> Any:
    if form.validate_on_submit() and (row is None or fresh(form, row)):
        facts = (row, form.day.data, form.values(), g.viewer, clock.now())
        if attempted(form, lambda: dunning.change_step(*facts)) is not None:
            flash(_("Saved."), "success")
            return redirect(url_for(".steps"), 303)
    return form_page("receivables/desk_step.html", form, row=row)
