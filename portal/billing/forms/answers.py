"""What the desk writes down of an answer that a customer gave outside the portal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, MultipleFileField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.billing.forms.my import LONGEST_TEXT, PHOTOS, DisputeForm, over_lines
from portal.billing.rules.answers import LONGEST_NAME, LONGEST_REASON, Heard
from portal.billing.rules.kinds import CHANNEL_WORDS, AnswerChannel
from portal.web.forms import choices


class HeardForm(FlaskForm):
    """Whose answer it is, of which day, and how it reached us."""

    channel = SelectField(
        _l("How did it reach us?"), choices=choices(CHANNEL_WORDS), default=AnswerChannel.SLIP.value
    )
    said_by = StringField(
        _l("Who signed or said it?"),
        [InputRequired(), Length(max=LONGEST_NAME)],
        render_kw={"autocomplete": "off"},
    )
    said_on = DateField(_l("On which day?"), [InputRequired()])

    def heard(self, no_paper: str = "") -> Heard:
        """What was typed, as the action takes it."""
        return Heard(self.said_by.data or "", self.said_on.data, self.channel.data or "", no_paper)


class ConfirmForForm(HeardForm):
    """A yes, with the slip that proves it."""

    files = MultipleFileField(_l("The stamped slip"), render_kw=PHOTOS)
    no_paper = StringField(_l("Why is there no slip?"), [Length(max=LONGEST_REASON)])


class DisputeForForm(HeardForm, DisputeForm):
    """What the customer does not agree with."""

    text = TextAreaField(
        _l("What the customer says"),
        [InputRequired(_l("Say what is wrong, so that we can look into it.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )  # fmt: skip
    files = MultipleFileField(_l("Letters, mails or photographs"), render_kw=PHOTOS)


def dispute_for_form(lines: Iterable[Any], **values: Any) -> DisputeForForm:
    """The form for these lines, each amount filled in with what the line comes to."""
    return over_lines(DisputeForForm, lines, **values)
