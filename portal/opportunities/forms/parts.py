"""What is typed about those who have a part in an opportunity, about its tasks, and about how it ended."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.opportunities.rules.kinds import PARTY_ROLES, THREATS
from portal.web.fields import AmountField, PercentField
from portal.web.file_fields import FilesField
from portal.web.forms import choices, currency_choices

LINES = {"rows": 3}


class ShareForm(FlaskForm):
    """A colleague's part and their own forecast."""

    user_id = SelectField(_l("Colleague"))
    part = StringField(_l("Part in the sale"), [Length(max=80)])
    amount = AmountField(_l("Amount, as they forecast it"))
    currency = SelectField(_l("Currency"), choices=currency_choices)
    likelihood = IntegerField(_l("Likelihood, as they see it"), [Optional(), NumberRange(0, 100)])
    note = StringField(_l("Note"), [Length(max=300)])


class PartyForm(FlaskForm):
    """A third party."""

    role = SelectField(_l("Role"), choices=choices(PARTY_ROLES))
    name = StringField(_l("Name of the company"), [InputRequired(), Length(max=120)])
    contact_name = StringField(_l("Contact"), [Length(max=80)])
    phone = StringField(_l("Telephone"), [Length(max=40)])
    email = StringField(_l("E-mail"), [Length(max=254)])
    share_percent = PercentField(_l("Share of what we earn, percent"))
    note = StringField(_l("Note"), [Length(max=300)])


class RivalForm(FlaskForm):
    """A competitor in it."""

    competitor_id = SelectField(_l("Competitor"))
    threat = SelectField(_l("Danger"), choices=choices(THREATS))
    price = AmountField(_l("Their price, as far as we know"))
    effect = TextAreaField(_l("What it does to us"), [Length(max=500)], render_kw=LINES)


class TaskForm(FlaskForm):
    """Something to be done."""

    version = HiddenField()
    title = StringField(_l("Task"), [InputRequired(), Length(max=160)])
    due_on = DateField(_l("Until"), [InputRequired()])
    assignee_id = SelectField(_l("Who does it"))
    text = TextAreaField(_l("Details"), [Length(max=4000)], render_kw=LINES)


class NoteForm(FlaskForm):
    """A note with its files; a private one is for its author alone."""

    text = TextAreaField(_l("Note"), [Length(max=8000)], render_kw=LINES)
    files = FilesField(_l("Files"))


class WonForm(FlaskForm):
    """Why it was won."""

    version = HiddenField()
    reason_id = SelectField(_l("Reason"), validate_choice=False)
    text = TextAreaField(_l("In your own words"), [Length(max=1000)], render_kw=LINES)


class LostForm(FlaskForm):
    """Why it was lost, and to whom."""

    version = HiddenField()
    reason_id = SelectField(_l("Reason"), validate_choice=False)
    competitor_id = SelectField(_l("Lost to"))
    text = TextAreaField(_l("In your own words"), [Length(max=1000)], render_kw=LINES)


class UnlockForm(FlaskForm):
    """Why a closed one is opened again."""

    version = HiddenField()
    reason = TextAreaField(
        _l("Why is it opened again?"), [InputRequired(), Length(max=1000)], render_kw=LINES
    )


class HandOverForm(FlaskForm):
    """Who looks after it from now on."""

    version = HiddenField()
    owner_id = SelectField(_l("New owner"))
    reason = TextAreaField(_l("What they should know"), [Length(max=1000)], render_kw=LINES)
    stays = BooleanField(_l("The old owner goes on working on it"))
