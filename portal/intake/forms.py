"""Forms of intake: a file, a decision about a pair."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, Length

from portal.intake.rules.kinds import KINDS, IntakeKind
from portal.web.forms import choices


class FileForm(FlaskForm):
    """A file of customers, contacts, opportunities or history."""

    kind = RadioField(_l("What it holds"), choices=choices(KINDS), default=IntakeKind.CUSTOMERS)
    file = FileField(_l("File"))
    blank_clears = BooleanField(_l("A blank cell empties the field"))


class MergeForm(FlaskForm):
    """Why two customers are one; the versions that were looked at."""

    versions = HiddenField()
    reason = StringField(_l("Reason"), validators=[DataRequired(_l("Say why.")), Length(max=500)])


class PairForm(FlaskForm):
    """Which customer may be the other one: by code."""

    first = StringField(_l("Customer that stays"), validators=[DataRequired(), Length(max=24)])
    second = StringField(_l("Duplicate of it"), validators=[DataRequired(), Length(max=24)])
