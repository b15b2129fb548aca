"""A step of an opportunity that asks first: one page with its form, for every such step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from portal.opportunities.models import Opportunity
from portal.opportunities.views.door import to_page
from portal.web.forms import form_page, tried


@dataclass(frozen=True, slots=True)
class Question:
    """What the page is called, where its form goes (an endpoint of this door), what stands on its button.

    `of_row`: the address names the opportunity besides `where`. `hint`: the key of a sentence under the form.
    """

    row: Opportunity
    title: str
    endpoint: str
    where: Mapping[str, Any] = field(default_factory=dict)
    of_row: bool = True
    button: str = ""
    tone: str = "primary"
    lead: str = ""
    hint: str = ""

    @property
    def url(self) -> str:
        """Where its form goes."""
        named: dict[str, Any] = {"opportunity_id": self.row.id} if self.of_row else {}
        return url_for(f"desk_opportunities.{self.endpoint}", **named, **self.where)


def asked(
    form: FlaskForm,
    question: Question,
    verb: Callable[[], Any],
    *,
    said: str = "",
    anchor: str | None = None,
) -> Any:
    """The page with its form; once it is filled in, `verb`, and back to the opportunity's page."""
    if form.validate_on_submit() and tried(form, lambda: (verb(),)) is not None:
        flash(said or _("Saved."), "success")
        return to_page(question.row.id, anchor)
    return form_page("opportunities/ask.html", form, asking=question, row=question.row)
