"""The firm's categories of opportunities, and its reasons for win and loss (REQUIREMENTS O15, O16)."""

from __future__ import annotations

from typing import Any

from flask import flash, g
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.opportunities.actions import words as actions
from portal.opportunities.actions.words import Word
from portal.opportunities.forms.settings import WordForm
from portal.opportunities.models import OpportunityCategory, OutcomeReason
from portal.opportunities.queries import words
from portal.opportunities.views.door import word_door
from portal.web.forms import form_page, tried
from portal.web.pages import page
from portal.web.stepping import as_id, to
from portal.web.words import name_of

bp = word_door


@bp.get("/sales-words")
@requires(P.SALES_SET)
def index() -> Any:
    """All three lists."""
    reasons = words.reasons(all_=True)
    return page(
        "opportunities/words.html",
        categories=words.categories(all_=True),
        won=[each for each in reasons if each.outcome == "won"],
        lost=[each for each in reasons if each.outcome == "lost"],
    )


@bp.route("/sales-words/categories/new", methods=["GET", "POST"])
@requires(P.SALES_SET)
def new_category() -> Any:
    """Another category."""
    last = max((each.position for each in words.categories(all_=True)), default=0)
    return _category(None, last + 10)


@bp.route("/sales-words/categories/<int:opportunity_category_id>", methods=["GET", "POST"])
@requires(P.SALES_SET)
def category(opportunity_category_id: int) -> Any:
    """What a category is called, whether it is used."""
    row = db.session.get(OpportunityCategory, opportunity_category_id)
    if row is None:
        raise NotFound()
    return _category(row, row.position)


@bp.route("/sales-words/reasons/<any(won, lost):outcome>/new", methods=["GET", "POST"])
@requires(P.SALES_SET)
def new_reason(outcome: str) -> Any:
    """Another reason for win or loss."""
    last = max((each.position for each in words.reasons(outcome, all_=True)), default=0)
    return _reason(None, outcome, last + 10)


@bp.route("/sales-words/reasons/<int:outcome_reason_id>", methods=["GET", "POST"])
@requires(P.SALES_SET)
def reason(outcome_reason_id: int) -> Any:
    """What a reason is called, whether it is used."""
    row = db.session.get(OutcomeReason, outcome_reason_id)
    if row is None:
        raise NotFound()
    return _reason(row, row.outcome, row.position)


def _form(row: Any) -> WordForm:
    return WordForm(obj=row) if row is not None else WordForm(data={"active": True})


def _word(form: WordForm, position: int) -> Word:
    return Word(form.name_zh.data or "", form.name_en.data or "", position, bool(form.active.data))


def _category(row: OpportunityCategory | None, position: int) -> Any:
    form = _form(row)
    verb = lambda: actions.save_category(  # noqa: E731
        row, _word(form, position), _version(form, row), g.viewer, clock.now()
    )
    return _saved(form, name_of(row) if row else _("New category"), verb)


def _reason(row: OutcomeReason | None, outcome: str, position: int) -> Any:
    form = _form(row)
    verb = lambda: actions.save_reason(  # noqa: E731
        row, outcome, _word(form, position), _version(form, row), g.viewer, clock.now()
    )
    title = _("New reason to win") if outcome == "won" else _("New reason to lose")
    return _saved(form, name_of(row) if row else title, verb)


def _version(form: WordForm, row: Any) -> int | None:
    return as_id(form.version.data) if row is not None else None


def _saved(form: WordForm, title: str, verb: Any) -> Any:
    if form.validate_on_submit() and tried(form, verb) is not None:
        flash(_("Saved."), "success")
        return to("desk_sales_words.index")
    return form_page("opportunities/word_edit.html", form, heading_of=title)
