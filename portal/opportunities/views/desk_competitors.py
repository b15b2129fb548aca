"""The register of competitors, and where we met them (REQUIREMENTS O13)."""

from __future__ import annotations

from typing import Any

from flask import flash, g, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.access.scope import visible
from portal.db import audit
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import t
from portal.opportunities.actions import words as actions
from portal.opportunities.actions.words import CompetitorFacts
from portal.opportunities.forms.settings import CompetitorForm
from portal.opportunities.labels import STATES, THREAT_LABELS
from portal.opportunities.models import Competitor, Opportunity, OpportunityCompetitor
from portal.opportunities.queries import words
from portal.opportunities.views.door import competitor_door
from portal.web.chips import chip
from portal.web.filters import day
from portal.web.forms import form_page, tried
from portal.web.labels import ACTIVE, INACTIVE
from portal.web.listing import Column, Empty, ListSpec, list_page
from portal.web.pages import page
from portal.web.stepping import as_id, to
from portal.web.timeline import happenings
from portal.web.words import say

bp = competitor_door
MET = 30
COMPETITORS = ListSpec(
    key="competitors",
    columns=(
        Column("name", t("Competitor"), lambda c: c.name_zh, sort=Competitor.name_zh),
        Column("english", t("English name"), lambda c: c.name_en, sort=Competitor.name_en),
        Column("website", t("Website"), lambda c: c.website),
        Column("strengths", t("Strong in"), lambda c: c.strengths, only_in_files=True),
        Column("weaknesses", t("Weak in"), lambda c: c.weaknesses, only_in_files=True),
        Column("changed", t("Changed"), lambda c: day(clock.business_day(c.updated_at)), sort=Competitor.updated_at,
               value=lambda c: clock.business_day(c.updated_at)),
        Column("state", t("State"), lambda c: chip(ACTIVE if c.active else INACTIVE),
               value=lambda c: say((ACTIVE if c.active else INACTIVE).text)),
    ),
    row_id=Competitor.id,
    sort="name",
    url=lambda c: url_for("desk_competitors.show", competitor_id=c.id),
    search=words.search_competitors,
    search_hint=t("Name, pinyin, initials …"),
    row_classes=lambda c: "" if c.active else "row-muted",
    empty=Empty(
        t("No competitor is known yet"), t("Whom do your customers ask besides us?"), t("New competitor"),
        "desk_competitors.new", P.OPPORTUNITY_EDIT,
    ),
)  # fmt: skip


@bp.get("/competitors")
@requires(P.OPPORTUNITY_SEE)
def index() -> Any:
    """All that we know of."""
    return list_page(COMPETITORS, words.competitors(all_=True), "opportunities/competitors.html")


@bp.route("/competitors/new", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def new() -> Any:
    """One that is new to us."""
    return _written(None, CompetitorForm(data={"active": True}))


@bp.get("/competitors/<int:competitor_id>")
@requires(P.OPPORTUNITY_SEE)
def show(competitor_id: int) -> Any:
    """What we know of it, and where we met it."""
    row = _competitor(competitor_id)
    wanted = visible(select(OpportunityCompetitor), OpportunityCompetitor, g.viewer)
    met = joinedload(OpportunityCompetitor.opportunity)
    wanted = wanted.where(OpportunityCompetitor.competitor_id == competitor_id).options(
        met.joinedload(Opportunity.customer), met.joinedload(Opportunity.stage)
    )
    return page(
        "opportunities/competitor.html",
        competitor=row,
        met=db.session.scalars(wanted.order_by(OpportunityCompetitor.id.desc()).limit(MET)).all(),
        states=STATES,
        threats=THREAT_LABELS,
        entries=happenings(audit.timeline(row, public_only=False)),
    )


@bp.route("/competitors/<int:competitor_id>/edit", methods=["GET", "POST"])
@requires(P.OPPORTUNITY_EDIT)
def edit(competitor_id: int) -> Any:
    """Say it otherwise."""
    row = _competitor(competitor_id)
    return _written(row, CompetitorForm(obj=row))


def _competitor(competitor_id: int) -> Competitor:
    row = db.session.get(Competitor, competitor_id)
    if row is None:
        raise NotFound()
    return row


def _written(row: Competitor | None, form: CompetitorForm) -> Any:
    if form.validate_on_submit():
        facts = CompetitorFacts(
            form.name_zh.data or "", form.name_en.data or "", form.website.data or "", form.strengths.data or "",
            form.weaknesses.data or "", bool(form.active.data),
        )  # fmt: skip
        version = as_id(form.version.data) if row else None
        verb = lambda: actions.save_competitor(row, facts, version, g.viewer, clock.now())  # noqa: E731
        saved = tried(form, verb)
        if saved is not None:
            flash(_("Saved."), "success")
            return to("desk_competitors.show", competitor_id=saved.id)
    return form_page("opportunities/competitor_edit.html", form, competitor=row)
