"""What a customer writes under a quotation: a signature, a reason, a question."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional


class AcceptForm(FlaskForm):
    """The name that stands for a signature; with alternatives, the chosen one."""

    option = RadioField(
        _l("Which alternative do you accept?"),
        choices=[],
        validate_choice=False,
        validators=[Optional()],
    )
    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Write your name: it stands for your signature.")), Length(2, 120)],
        render_kw={"autocomplete": "name"},
    )


class DeclineForm(FlaskForm):
    """Why not, and who says so."""

    reason = TextAreaField(
        _l("Why do you decline?"),
        [InputRequired(_l("Please say why, so that we can do better.")), Length(2, 1000)],
        render_kw={"rows": 3, "maxlength": 1000},
    )
    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Write your name.")), Length(2, 120)],
        render_kw={"autocomplete": "name"},
    )


class AskForm(FlaskForm):
    """A question about a version."""

    question = TextAreaField(
        _l("Your question"),
        [InputRequired(_l("Write your question.")), Length(2, 2000)],
        render_kw={"rows": 3, "maxlength": 2000},
    )
