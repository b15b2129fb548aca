"""Forms of the customers' room: they parse and shape; the rules judge."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, Optional

from portal.access.labels import POWER_LABELS
from portal.access.permissions import Power
from portal.accounts.forms import LANGUAGES, Ticks
from portal.customers.rules.kinds import (
    ATTITUDES,
    BILLINGS,
    DOCUMENT_LANGUAGES,
    INFLUENCES,
    KINDS,
    NOTE_KINDS,
    SEGMENTS,
    SITE_PURPOSES,
    CustomerKind,
)
from portal.customers.rules.notes import NOTE_FIELDS, SUBJECT_LENGTH, TEXT_LENGTH
from portal.customers.rules.people import (
    CONTACT_FIELDS,
    CONTACT_LENGTHS,
    GRANT_FIELDS,
    SITE_FIELDS,
    SITE_LENGTHS,
    ContactFacts,
    Grant,
    SiteFacts,
)
from portal.customers.rules.profile import FIELDS, LENGTHS, SORTED_BY, CustomerFacts
from portal.web.forms import choices, currency_choices, lazily

POWERS = {str(power): text for power, text in POWER_LABELS.items()}


def _text(name: str, *validators: Any, kind: type[StringField] = StringField, **look: Any) -> Any:
    return kind(
        lazily(FIELDS[name]),
        validators=[*validators, Length(max=LENGTHS[name])] if name in LENGTHS else [*validators],
        render_kw=look or None,
    )


def _choice(name: str, options: Any) -> SelectField:
    return SelectField(lazily(FIELDS[name]), choices=options)


def _sorting(name: str) -> SelectField:
    """One of the words a customer is sorted by, or none."""
    return _choice(name, lambda: [("", "—"), *choices(SORTED_BY[name])()])


class VersionedForm(FlaskForm):
    """An edit that knows which version of the record it was begun on."""

    version = HiddenField()

    @property
    def seen_version(self) -> int:
        """The version the form was read at; 0 when it says nothing sensible, so that every change counts."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else 0


class CustomerForm(VersionedForm):
    """A customer. What a kind of customer does not have is taken out by `for_kind`."""

    kind = _choice("kind", choices(KINDS))
    parent_id = SelectField(lazily(FIELDS["parent_id"]), coerce=lambda v: int(v) if v else None)
    name_zh = _text("name_zh", InputRequired(), autocomplete="off")
    name_en = _text("name_en", autocomplete="off", lang="en")
    short_name = _text("short_name", autocomplete="off")
    code = _text("code", autocomplete="off")
    credit_code = StringField(
        lazily(FIELDS["credit_code"]),
        validators=[Length(max=40)],
        render_kw={"autocomplete": "off"},
    )
    tax_number = _text("tax_number", autocomplete="off")
    segment = _choice("segment", choices(SEGMENTS))
    industry = _text("industry")
    market = _sorting("market")
    area = _sorting("area")
    reach = _sorting("reach")
    nature = _sorting("nature")
    source = _sorting("source")
    is_foreign = BooleanField(lazily(FIELDS["is_foreign"]))
    billing = _choice("billing", choices(BILLINGS))
    default_currency = _choice("default_currency", currency_choices)
    document_language = _choice("document_language", choices(DOCUMENT_LANGUAGES))
    address = _text("address", autocomplete="off")
    phone = _text("phone", kind=TelField, autocomplete="off")
    bank_name = _text("bank_name", autocomplete="off")
    bank_account = _text("bank_account", autocomplete="off")
    note = _text("note", kind=TextAreaField, rows=3)
    owner_id = SelectField(_l("Account manager"), coerce=int)
    different = BooleanField(_l("It is a different customer: save it nevertheless"))

    def for_kind(self, kind: str, groups: list[tuple[int, str]]) -> CustomerForm:
        """Without the fields that a customer of `kind` does not have; a branch chooses among `groups`."""
        if kind == CustomerKind.BRANCH:
            self.parent_id.choices = [("", "—"), *groups]
        else:
            del self.parent_id
            del self.billing
        if kind == CustomerKind.PERSON:
            del self.credit_code
            del self.industry
        return self

    def facts(self, kind: str) -> CustomerFacts:
        """What was typed."""
        typed: dict[str, Any] = {
            name: self[name].data or "" for name in FIELDS if name in self and name != "kind"
        }
        typed["is_foreign"] = bool(self.is_foreign.data)
        if "parent_id" in self:
            typed["parent_id"] = self.parent_id.data
        return CustomerFacts(**typed, kind=kind)


class TeamForm(FlaskForm):
    """The owner and the team of a customer."""

    owner_id = SelectField(_l("Account manager"), coerce=int)
    team_ids = Ticks(_l("Team"), coerce=int)
    with_branches = BooleanField(_l("For its branches too"))


class ContactForm(VersionedForm):
    """A person at the customer."""

    name = StringField(
        lazily(CONTACT_FIELDS["name"]),
        validators=[InputRequired(), Length(max=CONTACT_LENGTHS["name"])],
    )
    position = StringField(lazily(CONTACT_FIELDS["position"]), validators=[Length(max=80)])
    phone = TelField(lazily(CONTACT_FIELDS["phone"]), validators=[Length(max=40)])
    email = EmailField(lazily(CONTACT_FIELDS["email"]), validators=[Length(max=254)])
    wechat = StringField(lazily(CONTACT_FIELDS["wechat"]), validators=[Length(max=60)])
    note = TextAreaField(
        lazily(CONTACT_FIELDS["note"]), validators=[Length(max=500)], render_kw={"rows": 2}
    )
    influence = SelectField(
        lazily(CONTACT_FIELDS["influence"]),
        choices=lambda: [("", "—"), *choices(INFLUENCES)()],
        default="",
    )
    attitude = SelectField(
        lazily(CONTACT_FIELDS["attitude"]),
        choices=lambda: [("", "—"), *choices(ATTITUDES)()],
        default="",
    )
    reports_to_id = SelectField(
        lazily(CONTACT_FIELDS["reports_to_id"]), coerce=lambda v: int(v) if v else None
    )

    @property
    def facts(self) -> ContactFacts:
        """What was typed."""
        typed: dict[str, Any] = {name: self[name].data or "" for name in CONTACT_FIELDS}
        return ContactFacts(**{**typed, "reports_to_id": self.reports_to_id.data})


class SiteForm(VersionedForm):
    """A place of the customer."""

    name = StringField(
        lazily(SITE_FIELDS["name"]), validators=[InputRequired(), Length(max=SITE_LENGTHS["name"])]
    )
    purpose = SelectField(lazily(SITE_FIELDS["purpose"]), choices=choices(SITE_PURPOSES))
    address = StringField(
        lazily(SITE_FIELDS["address"]),
        validators=[InputRequired(), Length(max=SITE_LENGTHS["address"])],
    )
    contact_name = StringField(lazily(SITE_FIELDS["contact_name"]), validators=[Length(max=80)])
    phone = TelField(lazily(SITE_FIELDS["phone"]), validators=[Length(max=40)])

    @property
    def facts(self) -> SiteFacts:
        """What was typed."""
        return SiteFacts(**{name: self[name].data or "" for name in SITE_FIELDS})


class NoteForm(VersionedForm):
    """What happened with a customer, as a person tells it."""

    kind = SelectField(lazily(NOTE_FIELDS["kind"]), choices=choices(NOTE_KINDS))
    happened_on = DateField(lazily(NOTE_FIELDS["happened_on"]), validators=[InputRequired()])
    happened_time = TimeField(lazily(NOTE_FIELDS["happened_time"]), validators=[Optional()])
    contact_id = SelectField(
        lazily(NOTE_FIELDS["contact_id"]), coerce=lambda v: int(v) if v else None
    )
    subject = StringField(lazily(NOTE_FIELDS["subject"]), validators=[Length(max=SUBJECT_LENGTH)])
    text = TextAreaField(
        lazily(NOTE_FIELDS["text"]),
        validators=[Length(max=TEXT_LENGTH)],
        render_kw={"rows": 6, "maxlength": TEXT_LENGTH},
    )


class GrantForm(VersionedForm):
    """What a user may do for the customer."""

    powers = Ticks(
        lazily(GRANT_FIELDS["powers"]),
        choices=choices({str(power): text for power, text in POWER_LABELS.items()}),
    )
    covers_branches = BooleanField(lazily(GRANT_FIELDS["covers_branches"]))
    ends_on = DateField(lazily(GRANT_FIELDS["ends_on"]), validators=[Optional()])

    @property
    def grant(self) -> Grant:
        """What was ticked."""
        ends_on: date | None = self.ends_on.data
        powers = frozenset(Power(value) for value in self.powers.data or ())
        reach = bool(self.covers_branches.data) if "covers_branches" in self else False
        return Grant(powers, reach, ends_on)


class InviteMemberForm(GrantForm):
    """A new user of a customer."""

    customer_id = SelectField(_l("For"), coerce=int)
    name = StringField(_l("Name"), validators=[InputRequired(), Length(max=80)])
    email = EmailField(_l("E-mail address"), validators=[InputRequired(), Length(max=254)])
    locale = SelectField(_l("Language"), choices=LANGUAGES)
