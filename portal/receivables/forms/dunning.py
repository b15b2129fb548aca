"""Forms of dunning: what came of a call, and one step of the firm's ladder."""

from __future__ import annotations

from typing import Any

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
from wtforms.validators import InputRequired, Length, Optional

from portal.receivables.actions.dunning import EDITED
from portal.receivables.rules.kinds import CHANNEL_WORDS
from portal.web.forms import choices

NEEDED = InputRequired()
ROWS = {"rows": 4}


class CallForm(FlaskForm):
    """What came of a call."""

    note = TextAreaField(
        _l("What was talked about"), [NEEDED, Length(max=1000)], render_kw={"rows": 3}
    )
    promised_on = DateField(_l("Pays by"), [Optional()])


class StepForm(FlaskForm):
    """One step: when, how, what it says."""

    version = HiddenField()
    day = IntegerField(_l("Days after the due day"), [NEEDED])
    channel = SelectField(_l("How it goes out"), [NEEDED], choices=choices(CHANNEL_WORDS))
    name_zh = StringField(_l("Name in Chinese"), [NEEDED, Length(max=60)])
    name_en = StringField(_l("Name in English"), [Length(max=80)])
    text_zh = TextAreaField(_l("Text in Chinese"), [Length(max=2000)], render_kw=ROWS)
    text_en = TextAreaField(_l("Text in English"), [Length(max=3000)], render_kw=ROWS)
    holds = BooleanField(_l("Credit is held from this step on"))
    stops = BooleanField(_l("No automatic step follows"))
    active = BooleanField(_l("This step is taken"), default=True)

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        found = {name: self[name].data for name in EDITED}
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in found.items()
        }
