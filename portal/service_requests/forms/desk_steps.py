"""The steps of a request that ask something first, each a small form of its own page."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length

from portal.service_requests.forms.my import NONE
from portal.service_requests.rules.kinds import (
    KIND_WORDS,
    LINK_WORDS,
    NO_MATCH_WORDS,
    SCOPE_WORDS,
    SEVERITY_WORDS,
    Authority,
    LinkKind,
)
from portal.service_requests.rules.wording import LONGEST_REASON, LONGEST_TEXT, LONGEST_TITLE
from portal.web.forms import choices

NOBODY = ""
LINKS = {kind: LINK_WORDS[kind] for kind in (LinkKind.RELATED, LinkKind.FOLLOW_UP)}


def _id(value: Any) -> int | None:
    return int(value) if value and str(value).isdecimal() else None


def _why(label: Any, longest: int = LONGEST_REASON) -> TextAreaField:
    return TextAreaField(
        label,
        [InputRequired(_l("Write something first.")), Length(max=longest)],
        render_kw={"rows": 4, "maxlength": longest},
    )


class ReasonForm(FlaskForm):
    """Why: for staff and, where the label says so, for the customer."""

    reason = _why(_l("Why?"))


class RejectForm(FlaskForm):
    """Why we do not take it on."""

    reason = _why(_l("Why? The customer will read it."))


class WhomForm(FlaskForm):
    """Who has to answer first."""

    whom = _why(_l("For whom, and for what?"))


class AssignForm(FlaskForm):
    """Whose it becomes; nobody's: back to the queue."""

    owner_id = SelectField(_l("Owner"), coerce=_id)


class HandOverForm(FlaskForm):
    """Whose it becomes, and what they have to know."""

    owner_id = SelectField(_l("To whom"), coerce=_id)
    reason = _why(_l("What should they know?"))


class ShareForm(FlaskForm):
    """Who works on it too."""

    user_id = SelectField(_l("With whom"), coerce=_id)


class ChangeForm(FlaskForm):
    """What a request says of itself; over which version it was typed."""

    version = HiddenField()
    title = StringField(
        _l("In one line"), [InputRequired(), Length(max=LONGEST_TITLE)], render_kw={"maxlength": LONGEST_TITLE}
    )  # fmt: skip
    severity = SelectField(_l("Severity"), coerce=int, choices=choices(SEVERITY_WORDS))
    kind = SelectField(_l("Kind"), choices=choices(KIND_WORDS))
    category_id = SelectField(_l("Category"), coerce=_id)
    scope = SelectField(_l("How much it touches"), choices=choices(SCOPE_WORDS))


class MatchForm(FlaskForm):
    """What was bought and is meant, or why there is none."""

    entitlement = RadioField(_l("Which service is it about?"), validate_choice=True)
    no_match = SelectField(_l("Why none of these?"), choices=choices(NO_MATCH_WORDS))

    @property
    def entitlement_id(self) -> int | None:
        """The chosen one; None: none of them."""
        return None if self.entitlement.data == NONE else _id(self.entitlement.data)


class AuthorityForm(FlaskForm):
    """Whether the third party may speak for the customer, and how we know."""

    verdict = RadioField(
        _l("May they speak for the customer?"),
        [InputRequired(_l("Choose one of the list."))],
        choices=[
            SelectChoice(Authority.PROVEN.value, _l("Yes, it is proven")),
            SelectChoice(Authority.REFUSED.value, _l("No, it is not accepted")),
        ],
    )
    reason = _why(_l("How do we know?"))


class PromiseForm(FlaskForm):
    """By which day something will be done, and what the customer is told about it."""

    on = DateField(_l("By which day?"), [InputRequired(_l("Choose a day."))])
    text = _why(_l("What will be done? The customer reads this."), LONGEST_TEXT)

    def offer_from(self, day: date) -> None:
        """Days that are over cannot be promised."""
        self.on.render_kw = {"min": day.isoformat()}


class OtherForm(FlaskForm):
    """Another request, chosen from those that were found."""

    other = RadioField(
        _l("Which request?"), [InputRequired(_l("Choose another request."))], validate_choice=True
    )


class MergeForm(OtherForm):
    """Into which it goes, and why."""

    reason = _why(_l("Why?"))


class LinkForm(OtherForm):
    """Which one it belongs with, and how."""

    kind = SelectField(_l("How?"), choices=choices(LINKS))
