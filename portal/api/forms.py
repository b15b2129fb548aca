"""The form of a key."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms import Ticks
from portal.api.rules.keys import LONGEST_NAME, NewKey
from portal.api.rules.scopes import SCOPE_WORDS, Scope
from portal.web.forms import choices

NO_FILLING = {"autocomplete": "off", "spellcheck": "false"}


class KeyForm(FlaskForm):
    """Which system, what for, of whom, until when."""

    name = StringField(_l("Name of the key"), [InputRequired(), Length(max=LONGEST_NAME)])
    system = StringField(_l("Short name of the system"), [InputRequired()], render_kw=NO_FILLING)
    expires_on = DateField(_l("Last day"), [InputRequired()])
    customer_code = StringField(
        _l("Code of one customer"), [Length(max=24)], render_kw={"autocomplete": "off"}
    )
    scopes = Ticks(_l("What the key is for"), choices=choices(SCOPE_WORDS))

    def wanted(self, customer_id: int | None) -> NewKey:
        """What was typed, the customer found."""
        return NewKey(
            self.name.data or "",
            (self.system.data or "").strip(),
            tuple(Scope(each) for each in self.scopes.data or ()),
            self.expires_on.data or date.min,
            customer_id,
        )
