"""The forms of calls: what was said, whom to call, and the request that comes of it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.calls.rules import facts
from portal.calls.rules.kinds import DIRECTION_WORDS, OUTCOME_WORDS, PURPOSE_WORDS
from portal.service_requests.rules.kinds import CUSTOMER_KINDS, KIND_WORDS, SEVERITY_WORDS
from portal.web.forms import choices

SEVERITIES = {each.value: words for each, words in SEVERITY_WORDS.items()}
ASKED = {kind: KIND_WORDS[kind] for kind in CUSTOMER_KINDS}


class CallForm(FlaskForm):
    """A call as it was. `version` of the note that is put right."""

    version = HiddenField()
    direction = SelectField(_l("Direction"), choices=choices(DIRECTION_WORDS))
    purpose = SelectField(_l("What for"), choices=choices(PURPOSE_WORDS))
    outcome = SelectField(_l("Outcome"), choices=choices(OUTCOME_WORDS))
    number = TelField(
        _l("Telephone number"),
        [Length(max=facts.LONGEST_NUMBER)],
        render_kw={"autocomplete": "off"},
    )
    caller_name = StringField(
        _l("Name"), [Length(max=facts.LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )
    contact_id = SelectField(_l("Contact"), choices=list, validate_choice=False)
    began_on = DateField(_l("Day"), [InputRequired()])
    began_at = TimeField(_l("Time"), [Optional()])
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(0, facts.LONGEST_CALL // 60)])
    subject = StringField(_l("What it was about"), [Length(max=facts.LONGEST_SUBJECT)])
    text = TextAreaField(
        _l("What was said"), [Length(max=facts.LONGEST_TEXT)], render_kw={"rows": 6, "maxlength": facts.LONGEST_TEXT}
    )  # fmt: skip


class PlanForm(FlaskForm):
    """A call that is to be made."""

    version = HiddenField()
    purpose = SelectField(_l("What for"), choices=choices(PURPOSE_WORDS))
    number = TelField(
        _l("Telephone number"),
        [Length(max=facts.LONGEST_NUMBER)],
        render_kw={"autocomplete": "off"},
    )
    name = StringField(
        _l("Whom"), [Length(max=facts.LONGEST_NAME)], render_kw={"autocomplete": "off"}
    )
    contact_id = SelectField(_l("Contact"), choices=list, validate_choice=False)
    due_on = DateField(_l("Call by"), [InputRequired()])
    due_at = TimeField(_l("Time"), [Optional()])
    assignee = SelectField(_l("Who calls"), choices=list, validate_choice=False)
    text = TextAreaField(
        _l("What about"), [Length(max=facts.LONGEST_PLAN)], render_kw={"rows": 3, "maxlength": facts.LONGEST_PLAN}
    )  # fmt: skip


class RequestForm(FlaskForm):
    """A call becomes a request."""

    kind = SelectField(_l("Kind"), choices=choices(ASKED))
    severity = SelectField(_l("Severity"), choices=choices(SEVERITIES), default="3")
    title = StringField(_l("Title"), [Length(max=160)])


class ContactForm(FlaskForm):
    """Whose number it is, from now on."""

    name = StringField(
        _l("Name"), [InputRequired(), Length(max=80)], render_kw={"autocomplete": "off"}
    )
