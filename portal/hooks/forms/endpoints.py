"""The form of an endpoint."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.accounts.forms import Ticks
from portal.hooks.actions.endpoints import LONGEST_SECRET, EndpointFacts
from portal.hooks.rules.addresses import LONGEST
from portal.hooks.rules.catalogue import CATALOGUE
from portal.hooks.rules.kinds import KIND_WORDS, HookKind
from portal.kernel.text import t
from portal.web.forms import choices

LANGUAGES = {"zh_CN": t("Chinese"), "en": t("English")}
NO_FILLING = {"autocomplete": "off", "spellcheck": "false"}


class EndpointForm(FlaskForm):
    """Where to, what, of whom. The address and a robot's secret are never shown again: empty keeps them."""

    name = StringField(_l("Name of the webhook"), [InputRequired(), Length(max=120)])
    kind = SelectField(_l("Who reads it"), choices=choices(KIND_WORDS))
    url = StringField(_l("Address"), [Length(max=LONGEST)], render_kw=NO_FILLING)
    secret = PasswordField(
        _l("Secret of the robot"),
        [Length(max=LONGEST_SECRET)],
        render_kw={"autocomplete": "new-password"},
    )
    locale = SelectField(_l("Language of the messages"), choices=choices(LANGUAGES))
    customer_code = StringField(
        _l("Code of one customer"), [Length(max=40)], render_kw={"autocomplete": "off"}
    )
    events = Ticks(_l("Events"), choices=choices({each.name: each.words for each in CATALOGUE}))
    version = HiddenField()

    def facts(self) -> EndpointFacts:
        """What was typed."""
        return EndpointFacts(
            self.name.data or "", HookKind(self.kind.data), self.url.data or "", tuple(self.events.data or ()),
            self.customer_code.data or "", self.locale.data, self.secret.data or "",
        )  # fmt: skip
