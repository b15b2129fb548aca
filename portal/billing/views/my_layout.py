"""The customer's own CSV layout, set by its administrator with a sample of the last statement beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, request, url_for
from flask_babel import gettext as _

from portal.access.guards import requires
from portal.access.permissions import Permission as P
from portal.billing.actions import csv_layouts
from portal.billing.forms.my import LayoutForm
from portal.billing.models import Statement
from portal.billing.queries import statements as queries
from portal.billing.rules.csv_layout import FIELDS, CsvLayout, write
from portal.billing.views.csv_rows import rows_of
from portal.billing.views.my_door import statement_door as bp
from portal.customers.models import SettlementTerms
from portal.db.base import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.kernel.text import Text
from portal.web.forms import attempted, form_page
from portal.web.pages import page
from portal.web.words import say

SAMPLE_LINES = 5
LAST = 999


@dataclass(frozen=True, slots=True)
class Choice:
    """One field that a file may have: whether it is a column, where, under which heading."""

    field: str
    words: Text
    is_used: bool
    at: str
    heading: str


@bp.route("/statements/layout", methods=["GET", "POST"])
@requires(P.MEMBER_EDIT)
def layout() -> Any:
    """Set the columns, headings and signs of our own files; `do=sample` shows what they would look like."""
    terms = csv_layouts.terms_of(_customer_id())
    stored = csv_layouts.layout_of(terms)
    form = LayoutForm(data={**stored.to_json(), "version": terms.version if terms else ""})
    if not form.is_submitted():
        return page("billing/my_layout.html", form=form, **_context(stored, _choices(stored)))
    choices = _typed()
    typed = attempted(form, lambda: _read(form, choices)) if form.validate() else None
    if typed is not None and request.form.get("do") != "sample" and _kept(form, typed):
        flash(_("Saved. From now on your files look like this."), "success")
        return redirect(url_for(".layout"), 303)
    if typed is not None and request.form.get("do") == "sample":
        return page("billing/my_layout.html", form=form, **_context(typed, choices))
    return form_page("billing/my_layout.html", form, **_context(typed, choices))


def _customer_id() -> int:
    if g.viewer.customer_id is None:
        raise NotFound()
    return int(g.viewer.customer_id)


def _kept(form: LayoutForm, typed: CsvLayout) -> SettlementTerms | None:
    seen = form.version.data or ""
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else None
    return attempted(
        form,
        lambda: csv_layouts.set_layout(_customer_id(), typed, g.viewer, clock.now(), version),
    )


def _choices(stored: CsvLayout) -> list[Choice]:
    """The columns of a layout in their order, then what else there is."""
    used = {each.field: (at, each.heading) for at, each in enumerate(stored.columns, start=1)}
    found = [
        Choice(field, words, field in used, str(used.get(field, ("", ""))[0]), used.get(field, ("", ""))[1])
        for field, words in FIELDS.items()
    ]  # fmt: skip
    return _in_order(found)


def _typed() -> list[Choice]:
    """What the page said about each field."""
    used, form = set(request.form.getlist("use")), request.form
    return [
        Choice(field, words, field in used, form.get(f"at-{field}", "")[:4], form.get(f"head-{field}", "")[:120])
        for field, words in FIELDS.items()
    ]  # fmt: skip


def _in_order(choices: Sequence[Choice]) -> list[Choice]:
    return sorted(choices, key=lambda each: (not each.is_used, _place(each)))


def _place(choice: Choice) -> int:
    return int(choice.at) if choice.at.isdecimal() else LAST


def _read(form: LayoutForm, choices: Sequence[Choice]) -> CsvLayout:
    """The layout that was typed; Invalid names what is wrong with it."""
    used = [each for each in _in_order(choices) if each.is_used]
    names = ("separator", "decimal_sign", "date_format", "encoding", "with_headings")
    columns = [[each.field, each.heading.strip()] for each in used]
    return CsvLayout.from_json({"columns": columns, **{name: form[name].data for name in names}})


def _context(shown: CsvLayout | None, choices: Sequence[Choice]) -> dict[str, Any]:
    return {"choices": choices, "sample": _sample(shown) if shown is not None else None}


def _sample(shown: CsvLayout) -> tuple[Statement, str] | None:
    """The first lines of our last statement as the file would have them; None where there is no statement to see."""
    if not g.viewer.may(P.STATEMENT_SEE):
        return None
    latest = queries.statements(g.viewer).where(Statement.customer_id == _customer_id())
    statement = db.session.scalar(latest.order_by(Statement.ends_on.desc(), Statement.id.desc()).limit(1))  # fmt: skip
    if statement is None:
        return None
    lines = list(db.session.scalars(queries.lines(statement).limit(SAMPLE_LINES)))
    body = write(shown, rows_of(statement, statement.revision_no, lines, g.viewer), say)
    return statement, body.decode(shown.encoding.value, errors="replace")
