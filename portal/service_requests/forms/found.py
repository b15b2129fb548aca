"""The forms of what comes out of a request: tasks, defects, feedback sheets, counts, chances to sell."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.service_requests.rules.kinds import RESPONSIBLE_WORDS, TASK_KIND_WORDS
from portal.web.fields import AmountField, QuantityField
from portal.web.forms import choices

ROWS = {"rows": 3}


def number_or_none(value: object) -> int | None:
    """An id of a choice; the empty choice is None."""
    text = str(value or "")
    return int(text) if text.isdecimal() else None


class TaskForm(FlaskForm):
    """A task with its day, or a visit with its times."""

    version = HiddenField()
    kind = SelectField(_l("Kind of task"), choices=choices(TASK_KIND_WORDS))
    title = StringField(_l("What to do"), [InputRequired(), Length(max=160)])
    assignee_id = SelectField(_l("Who does it"), coerce=int)
    due_on = DateField(_l("To be done by"), [Optional()])
    due_time = TimeField(_l("At the latest at"), [Optional()])
    visit_on = DateField(_l("Day of the visit"), [Optional()])
    from_time = TimeField(_l("Begins at"), [Optional()])
    until_time = TimeField(_l("Ends at"), [Optional()])
    site_id = SelectField(_l("Place of the customer"), coerce=number_or_none)
    place = StringField(_l("Or another place"), [Length(max=240)])
    text = TextAreaField(_l("Note for our people"), [Length(max=4000)], render_kw=ROWS)
    is_shared = BooleanField(_l("Show this visit to the customer"))


class ResultForm(FlaskForm):
    """What came of a task or visit."""

    result = TextAreaField(_l("What came of it"), [Length(max=1000)], render_kw=ROWS)


class DefectForm(FlaskForm):
    """What went wrong, why, whose fault, and what is done so that it stays away."""

    version = HiddenField()
    kind_id = SelectField(_l("Kind of defect"), coerce=int)
    found_on = DateField(_l("Found on"), [InputRequired()])
    text = TextAreaField(_l("What went wrong"), [InputRequired(), Length(max=2000)], render_kw=ROWS)
    root_cause = TextAreaField(_l("Root cause"), [Length(max=2000)], render_kw=ROWS)
    responsible = SelectField(_l("Responsible"), choices=choices(RESPONSIBLE_WORDS))
    responsible_name = StringField(_l("Who exactly"), [Length(max=120)])
    action = TextAreaField(_l("Corrective action"), [Length(max=2000)], render_kw=ROWS)
    action_owner_id = SelectField(_l("Who does it"), coerce=number_or_none)
    due_on = DateField(_l("To be done by"), [Optional()])


class CorrectedForm(FlaskForm):
    """On which day the corrective action was done."""

    done_on = DateField(_l("Done on"), [InputRequired()])


class EffectForm(FlaskForm):
    """Whether it helped, and how that was seen."""

    effect = TextAreaField(
        _l("How was it seen whether it helped?"),
        [InputRequired(), Length(max=1000)],
        render_kw=ROWS,
    )


class DefectKindForm(FlaskForm):
    """One kind of defect."""

    code = StringField(_l("Code"), [InputRequired(), Length(max=24)])
    name_zh = StringField(_l("Name in Chinese"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=80)])
    active = BooleanField(_l("In use"), default=True)


class SheetForm(FlaskForm):
    """To whom a feedback sheet goes, what it says, by when it is answered."""

    department = StringField(_l("Department"), [InputRequired(), Length(max=60)])
    recipient_id = SelectField(_l("Recipient"), coerce=number_or_none)
    text = TextAreaField(
        _l("What the customer said, and what is asked"),
        [InputRequired(), Length(max=4000)],
        render_kw={"rows": 6},
    )
    due_on = DateField(_l("To be answered by"), [InputRequired()])


class AnswerForm(FlaskForm):
    """The answer to a feedback sheet."""

    answer = TextAreaField(
        _l("Answer and result"), [InputRequired(), Length(max=4000)], render_kw={"rows": 6}
    )


class CountForm(FlaskForm):
    """What somebody counted of one line."""

    quantity = QuantityField(_l("How many you counted"), [InputRequired()])
    cause = StringField(_l("Cause of a difference"), [Length(max=300)])


class CountAgainForm(FlaskForm):
    """What the second person counted."""

    quantity = QuantityField(_l("How many you counted"), [InputRequired()])
    note = StringField(_l("Note on a difference"), [Length(max=300)])


class UpsellForm(FlaskForm):
    """What might be sold."""

    version = HiddenField()
    text = TextAreaField(
        _l("What might be sold"), [InputRequired(), Length(max=2000)], render_kw=ROWS
    )
    item_code = StringField(_l("Code of the service item"), [Length(max=60)])
    amount = AmountField(_l("Amount, as a guess"))
    currency = SelectField(_l("Currency"))
    owner_id = SelectField(_l("Who follows it"), coerce=number_or_none)


class QuotedForm(FlaskForm):
    """Which quotation was made of it."""

    quotation = StringField(_l("Number of the quotation"), [InputRequired(), Length(max=40)])
