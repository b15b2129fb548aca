"""The firm's ways of selling: methods, their stages, what each asks for and begins with (REQUIREMENTS O4)."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, g, request
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import t
from portal.opportunities.actions import methods
from portal.opportunities.actions.methods import Method, Stage
from portal.opportunities.forms.settings import MethodForm, StageForm
from portal.opportunities.labels import CATEGORY_LABELS
from portal.opportunities.models import SalesMethod, SalesStage
from portal.opportunities.queries import words
from portal.opportunities.rules.kinds import ENTRY_RULES
from portal.opportunities.rules.stage_tasks import StageTask, tasks_of
from portal.opportunities.views.door import method_door, seen
from portal.web.forms import form_page, tried
from portal.web.pages import page
from portal.web.stepping import as_id, done_or_stale, to

bp = method_door
SPARE = 2
METHOD = "/sales-methods/<int:method_id>"


@bp.get("/sales-methods")
@requires(P.SALES_SET)
def index() -> Any:
    """All methods with their stages."""
    rows = words.methods(all_=True)
    return page("opportunities/methods.html", rows=rows)


@bp.route("/sales-methods/new", methods=["GET", "POST"])
@requires(P.SALES_SET)
def new() -> Any:
    """Another way of selling."""
    return _method(None, MethodForm(data={"active": True}))


@bp.get(METHOD)
@requires(P.SALES_SET)
def show(method_id: int) -> Any:
    """Its stages in order, with how many opportunities stand in each."""
    row = words.method(method_id)
    return page(
        "opportunities/method.html",
        method=row,
        counts={each.id: words.in_use(each) for each in row.stages},
        tasks={each.id: tasks_of(each.tasks) for each in row.stages},
        entry_rules=ENTRY_RULES,
        categories=CATEGORY_LABELS,
    )


@bp.route(f"{METHOD}/edit", methods=["GET", "POST"])
@requires(P.SALES_SET)
def edit(method_id: int) -> Any:
    """What it is called, and whether it is used."""
    row = words.method(method_id)
    return _method(row, MethodForm(obj=row))


@bp.route(f"{METHOD}/stages/new", methods=["GET", "POST"])
@requires(P.SALES_SET)
def new_stage(method_id: int) -> Any:
    """Another stage, at the end."""
    row = words.method(method_id)
    first = {"active": True, "category": "pipeline", "stuck_days": 0, "tasks": [{}] * SPARE}
    form = StageForm(data={**first, "version": str(row.version)})
    return _stage(row, None, form)


@bp.route("/sales-methods/stages/<int:stage_id>", methods=["GET", "POST"])
@requires(P.SALES_SET)
def stage(stage_id: int) -> Any:
    """What a stage is called, gives, asks for and begins with."""
    method, found = _stage_of(stage_id)
    tasks = [each.to_json() for each in tasks_of(found.tasks)] + [{}] * SPARE
    names = ("code", "name_zh", "name_en", "likelihood", "category", "stuck_days", "active")
    first = {name: getattr(found, name) for name in names}
    more = {"rules": found.entry_rules or [], "tasks": tasks, "version": str(method.version)}
    return _stage(method, found, StageForm(data={**first, **more}))


@bp.post("/sales-methods/stages/<int:stage_id>/move")
@requires(P.SALES_SET)
def move_stage(stage_id: int) -> Response:
    """One place up or down."""
    method, found = _stage_of(stage_id)
    ids = [each.id for each in method.stages]
    at = ids.index(found.id)
    to_ = at + (-1 if request.form.get("do") == "up" else 1)
    if not 0 <= to_ < len(ids):
        raise Invalid(t("It stands at the end already."))
    ids[at], ids[to_] = ids[to_], ids[at]
    there = to("desk_sales_methods.show", method_id=method.id)
    verb = lambda: methods.order(method, ids, seen(), g.viewer, clock.now())  # noqa: E731
    return done_or_stale(there, _("The order is changed."), verb)


def _stage_of(stage_id: int) -> tuple[SalesMethod, SalesStage]:
    for method in words.methods(all_=True):
        for each in method.stages:
            if each.id == stage_id:
                return method, each
    raise NotFound()


def _method(row: SalesMethod | None, form: MethodForm) -> Any:
    if form.validate_on_submit():
        said = Method(
            form.code.data or "", form.name_zh.data or "", form.name_en.data or "", form.note.data or "",
            bool(form.is_default.data), bool(form.active.data),
        )  # fmt: skip
        version = as_id(form.version.data) if row else None
        saved = tried(form, lambda: methods.save_method(row, said, version, g.viewer, clock.now()))
        if saved is not None:
            flash(_("Saved."), "success")
            return to("desk_sales_methods.show", method_id=saved.id)
    return form_page("opportunities/method_edit.html", form, method=row)


def _stage(method: SalesMethod, found: SalesStage | None, form: StageForm) -> Any:
    if form.validate_on_submit():
        version = as_id(form.version.data)
        verb = lambda: methods.save_stage(  # noqa: E731
            method, found, _said(form), version, g.viewer, clock.now()
        )
        if tried(form, verb) is not None:
            flash(_("Saved."), "success")
            return to("desk_sales_methods.show", method_id=method.id)
    return form_page("opportunities/stage_edit.html", form, method=method, stage=found)


def _said(form: StageForm) -> Stage:
    tasks = tuple(
        StageTask(each.zh.data or "", each.en.data or "", each.days.data or 0)
        for each in (entry.form for entry in form.tasks)
        if each.zh.data or each.en.data
    )
    return Stage(
        form.code.data or "", form.name_zh.data or "", form.name_en.data or "", form.likelihood.data,
        form.category.data, tuple(form.rules.data or ()), tasks, form.stuck_days.data or 0, bool(form.active.data),
    )  # fmt: skip
