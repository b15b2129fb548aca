"""The form of the firm's limit of campaign mails."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired


class LimitForm(FlaskForm):
    """So many mails within so many days."""

    version = HiddenField()
    most = IntegerField(_l("Mails to one person, at most"), [InputRequired()])
    days = IntegerField(_l("Within so many days"), [InputRequired()])
