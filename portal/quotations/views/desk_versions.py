"""Versions of a quotation, what changed between two, bringing prices to date, and the paper."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Response, g, make_response, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.documents.page import stylesheet, stylesheet_tag
from portal.documents.queries import firm_on_paper
from portal.documents.serving import pdf_response
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.money import format_rate
from portal.quotations import addressed, queries
from portal.quotations.actions import papers, repricing
from portal.quotations.actions.drafting import check_editable
from portal.quotations.labels import CHANGES, label_of
from portal.quotations.models import QuotationLine, QuotationVersion
from portal.quotations.rules.difference import ComparedLine, LineChange, difference
from portal.quotations.views.desk_door import bp, done, quotation_and_version, seen, today
from portal.quotations.views.desk_list import HISTORY
from portal.quotations.views.desk_page import context
from portal.web.filters import amount, quantity, static_url
from portal.web.headers import framed
from portal.web.listing import list_page
from portal.web.pages import page
from portal.web.words import name_of


@bp.get("/quotations/<int:quotation_id>/versions/<int:number>")
@requires(P.QUOTATION_SEE)
def version(quotation_id: int, number: int) -> Any:
    """One version as it was."""
    return page(
        "quotations/desk_show.html", **context(*quotation_and_version(quotation_id, number))
    )


@bp.get("/quotations/<int:quotation_id>/versions")
@requires(P.QUOTATION_SEE)
def versions(quotation_id: int) -> Any:
    """Every version, and the difference between two of them."""
    quotation, latest = quotation_and_version(quotation_id)
    every = queries.versions(quotation, g.viewer)
    numbers = {each.version_no for each in every}
    after = _asked("to", latest.version_no, numbers)
    before = _asked("from", after - 1, numbers) if len(numbers) > 1 else after
    rows = _difference(quotation_id, before, after) if before != after else []
    return page(
        "quotations/desk_versions.html",
        quotation=quotation,
        versions=[(each, label_of(each, today())) for each in every],
        before=before,
        after=after,
        rows=rows,
    )


@bp.get("/quotations/<int:quotation_id>/history")
@requires(P.QUOTATION_SEE)
def history(quotation_id: int) -> Any:
    """All that happened to it."""
    quotation, _latest = quotation_and_version(quotation_id)
    return list_page(
        HISTORY, queries.entries(quotation), "quotations/desk_history.html", quotation=quotation
    )


@bp.route("/quotations/<int:quotation_id>/reprice", methods=["GET", "POST"])
@requires(P.QUOTATION_EDIT)
def reprice(quotation_id: int) -> Any:
    """Old and new prices side by side; what is ticked is taken."""
    quotation, latest = quotation_and_version(quotation_id)
    check_editable(latest)
    if request.method == "POST":
        ids = {int(each) for each in request.form.getlist("line") if each.isdecimal()}
        verb = partial(repricing.reprice, latest, ids, g.viewer, clock.now(), seen())
        return done(quotation_id, _("The prices are brought to date."), verb)
    found = repricing.proposals(latest, g.viewer, clock.now())
    shown = {"quotation": quotation, "version": latest, "changes": CHANGES}
    return page("quotations/desk_reprice.html", proposals=found, **shown)


@bp.get("/quotations/<int:quotation_id>/versions/<int:number>/preview")
@requires(P.QUOTATION_SEE)
@framed
def preview(quotation_id: int, number: int) -> Response:
    """The paper as it would be printed, for the frame beside the form."""
    _quotation, shown = quotation_and_version(quotation_id, number)
    tag = stylesheet_tag(firm_on_paper().colours)
    sheets = (url_for(".paper_sheet", v=tag), static_url("css/preview.css"))
    response = make_response(papers.preview(shown, clock.now(), sheets))
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.get("/quotations/paper.css")
@requires(P.QUOTATION_SEE)
def paper_sheet() -> Response:
    """The papers' style sheet in the firm's colours."""
    response = make_response(stylesheet(firm_on_paper().colours))
    response.mimetype = "text/css"
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@bp.get("/quotations/<int:quotation_id>/versions/<int:number>/paper")
@requires(P.QUOTATION_SEE)
def paper(quotation_id: int, number: int) -> Response:
    """The stored PDF of an issued version."""
    _quotation, shown = quotation_and_version(quotation_id, number)
    document = addressed.paper(shown, g.viewer)
    if document is None:
        raise NotFound()
    return pdf_response(document)


def _asked(name: str, otherwise: int, known: set[int]) -> int:
    wanted = request.args.get(name, type=int)
    return wanted if wanted in known else otherwise if otherwise in known else min(known)


def _difference(quotation_id: int, before: int, after: int) -> list[tuple[Any, ...]]:
    """Rows of the difference table: what is charged, before, after, how it changed."""
    sides = [quotation_and_version(quotation_id, number)[1] for number in (before, after)]
    changes = difference(*([_compared(row) for row in side.lines] for side in sides))
    return [_drawn(each) for each in changes] + _total_row(*sides)


def _compared(row: QuotationLine) -> ComparedLine:
    key = (
        row.section,
        row.option,
        row.charge_code or row.name_zh,
        row.packaging,
        row.unit,
        row.carrier,
    )
    return ComparedLine(
        key, row.name_zh, row.name_en, row.currency, row.rate, row.quantity, row.gross
    )


def _drawn(each: LineChange) -> tuple[Any, ...]:
    line = each.after or each.before
    moved = f"{each.percent:+}%" if each.percent else ""
    return (name_of(line), _side(each.before), _side(each.after), CHANGES[each.change], moved)


def _side(line: ComparedLine | None) -> Markup | None:
    """The amount, and below it the quantity and the rate that make it."""
    if line is None:
        return None
    sum_of = f"{line.currency} {amount(line.amount, line.currency)}"
    made = "" if line.rate is None else f"{quantity(line.quantity)} × {format_rate(line.rate)}"
    return Markup('{}<span class="item-note d-block">{}</span>').format(sum_of, made)


def _total_row(before: QuotationVersion, after: QuotationVersion) -> list[tuple[Any, ...]]:
    """The sums at the end."""
    old, new = before.total_amount, after.total_amount
    if old is None or new is None or before.total_currency != after.total_currency:
        return []
    change = "same" if old == new else "up" if new > old else "down"
    code = after.total_currency
    shown = [f"{code} {amount(each, code)}" for each in (old, new)]
    return [(_("Total"), *shown, change, "")]
