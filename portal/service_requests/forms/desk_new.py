"""A request that staff write down for a customer: what the customer would say, and how it reached us."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.service_requests.forms.my import LONGEST_TEXT, LONGEST_TITLE, OpenForm
from portal.service_requests.rules.kinds import (
    CHANNEL_WORDS,
    KIND_WORDS,
    NO_MATCH_WORDS,
    SCOPE_WORDS,
    SEVERITY_WORDS,
    THIRD_PARTY_WORDS,
    Channel,
    RequestKind,
    Scope,
    Severity,
    ThirdParty,
)
from portal.web.file_fields import FilesField
from portal.web.forms import choices

SOMEBODY_ELSE = ""
BY_US = {
    channel: words for channel, words in CHANNEL_WORDS.items() if channel is not Channel.PORTAL
}
KINDS = {kind: words for kind, words in KIND_WORDS.items() if kind is not RequestKind.CLAIM}
"""A claim begins with its amounts, on a page of its own."""


def _id(value: Any) -> int | None:
    return int(value) if value and str(value).isdecimal() else None


class DeskOpenForm(OpenForm):
    """The customer's form in the desk's words, with who asked, how, and whose it becomes."""

    kind = SelectField(_l("Kind"), choices=choices(KINDS), default=RequestKind.ENQUIRY.value)
    channel = RadioField(_l("How it came"), choices=choices(BY_US), default=Channel.PHONE.value)
    category_id = SelectField(_l("Category"), coerce=_id)
    no_match = SelectField(_l("Why none of these?"), choices=choices(NO_MATCH_WORDS))
    severity = SelectField(
        _l("Severity"), choices=choices(SEVERITY_WORDS), default=str(Severity.MEDIUM.value)
    )
    scope = SelectField(
        _l("How much it touches"), choices=choices(SCOPE_WORDS), default=Scope.ONE.value
    )
    title = StringField(
        _l("In one line"),
        [InputRequired(_l("Say in one line what it is about.")), Length(max=LONGEST_TITLE)],
        render_kw={"maxlength": LONGEST_TITLE, "autocomplete": "off"},
    )
    text = TextAreaField(
        _l("What was said"),
        [InputRequired(_l("Write down what was said.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 6, "maxlength": LONGEST_TEXT},
    )
    requester = SelectField(_l("Who asks"))
    requester_name = StringField(_l("Name"), [Length(max=80)], render_kw={"autocomplete": "off"})
    requester_phone = StringField(
        _l("Telephone"), [Length(max=40)], render_kw={"type": "tel", "autocomplete": "off"}
    )
    requester_email = StringField(
        _l("Mail"), [Length(max=254)], render_kw={"type": "email", "autocomplete": "off"}
    )
    on_behalf = BooleanField(_l("A third party speaks for the customer"))
    third_party = SelectField(
        _l("What they are to the customer"), choices=choices(THIRD_PARTY_WORDS), default=ThirdParty.CONSIGNEE.value
    )  # fmt: skip
    third_party_firm = StringField(_l("Their firm"), [Length(max=120)])
    authority = FilesField(_l("Proof that they may speak for the customer"))
    owner_id = SelectField(_l("Owner"), coerce=_id)
    is_internal = BooleanField(_l("Stays in the house: the customer never sees it"))

    def validate_third_party_firm(self, field: StringField) -> None:
        """The name of who asks is enough."""
