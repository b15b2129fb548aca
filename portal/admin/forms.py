"""Forms of the settings page: they parse and shape; `rules/settings.py` judges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    EmailField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TelField,
    TextAreaField,
)
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import ColorInput

from portal.admin.rules.settings import MOST_TERMS, Account, Billing, FirmNames, Quoting, Term
from portal.receivables.rules.ageing import UP_TO
from portal.web.fields import AmountField, PercentField
from portal.web.forms import InnerForm, currency_choices

SPARE_ACCOUNTS = 1
SPARE_TERMS = 2
PICTURE = {"accept": "image/png,image/jpeg", "data-most-mb": 5}


def _line(label: Any, most: int, *validators: Any) -> StringField:
    return StringField(label, validators=[*validators, Length(max=most)])


class SettingsForm(FlaskForm):
    """What every part of the settings carries: the version that was seen."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version of the settings that this form was drawn from; 0 when somebody tampered."""
        text = self.version.data or ""
        return int(text) if text.isdigit() else 0


class NamesForm(SettingsForm):
    """Who the firm is."""

    name_zh = _line(_l("Name in Chinese"), 120, InputRequired())
    name_en = _line(_l("Name in English"), 160)
    address_zh = _line(_l("Address in Chinese"), 240)
    address_en = _line(_l("Address in English"), 240)
    phone = TelField(_l("Telephone"), validators=[Length(max=60)])
    email = EmailField(_l("E-mail address"), validators=[Optional(), Email(), Length(max=254)])
    website = _line(_l("Website"), 160)
    licence = _line(_l("Licence or filing number"), 120)
    credit_code = _line(_l("Unified social credit code"), 18)
    currency = SelectField(_l("Own currency"), choices=currency_choices)

    def value(self) -> FirmNames:
        """What was typed, trimmed."""
        names = FirmNames.__dataclass_fields__
        return FirmNames(**{name: (self[name].data or "").strip() for name in names})


class LookForm(SettingsForm):
    """Colour and pictures."""

    accent = StringField(_l("Accent colour"), widget=ColorInput(), validators=[InputRequired()])
    logo = FileField(_l("Logo"), description=_l("PNG or JPEG, at most 5 MB."), render_kw=PICTURE)
    remove_logo = BooleanField(_l("Take the logo away"))
    seal = FileField(
        _l("Seal"), description=_l("PNG with a clear ground prints best."), render_kw=PICTURE
    )
    remove_seal = BooleanField(_l("Take the seal away"))

    def pictures(self) -> dict[str, bytes | None]:
        """New bytes by name, None for a picture to take away; what stays is left out."""
        found: dict[str, bytes | None] = {}
        for name in ("logo", "seal"):
            if self[f"remove_{name}"].data:
                found[name] = None
            elif self[name].data:
                found[name] = self[name].data.read()
        return found


class AccountForm(InnerForm):
    """One bank account."""

    holder_zh = _line(_l("Holder in Chinese"), 120)
    holder_en = _line(_l("Holder in English"), 160)
    bank_zh = _line(_l("Bank in Chinese"), 120)
    bank_en = _line(_l("Bank in English"), 160)
    number = _line(_l("Account number"), 60)
    currency = SelectField(_l("Currency"), choices=currency_choices)
    swift = _line(_l("SWIFT"), 11)
    clearing_number = _line(_l("Clearing number"), 20)


class AccountsForm(SettingsForm):
    """The bank accounts, one row to spare."""

    accounts = FieldList(FormField(AccountForm), _l("Accounts"))

    def values(self) -> list[Account]:
        """Every row, blank ones too."""
        names = Account.__dataclass_fields__
        rows = (entry.form for entry in self.accounts)
        return [Account(**{name: (row[name].data or "").strip() for name in names}) for row in rows]


class TermForm(InnerForm):
    """One standing text."""

    place = IntegerField(_l("Order"), validators=[Optional(), NumberRange(0, 999)])
    zh = TextAreaField(_l("In Chinese"), validators=[Length(max=1000)])
    en = TextAreaField(_l("In English"), validators=[Length(max=1000)])


class QuotingForm(SettingsForm):
    """How quotations start."""

    valid_days = IntegerField(_l("Valid for (days)"), validators=[InputRequired()])
    number_prefix = _line(_l("Number starts with"), 6, InputRequired())
    language = SelectField(
        _l("Language of papers"),
        choices=[
            SelectChoice("zh_en", _l("Chinese and English")),
            SelectChoice("zh", _l("Chinese")),
            SelectChoice("en", _l("English")),
        ],
    )
    floor_margin_percent = PercentField(_l("Margin floor (%)"))
    terms = FieldList(
        FormField(TermForm), _l("Standing texts"), max_entries=MOST_TERMS + SPARE_TERMS
    )

    def value(self) -> Quoting:
        """The defaults."""
        return Quoting(
            valid_days=self.valid_days.data or 0,
            number_prefix=(self.number_prefix.data or "").strip().upper(),
            language=self.language.data,
            floor_margin_percent=self.floor_margin_percent.data,
        )

    def texts(self) -> list[Term]:
        """The standing texts; a row without a place stays where it is."""
        return [
            Term(
                (row.place.data if row.place.data is not None else index) or 0,
                (row.zh.data or "").strip(),
                (row.en.data or "").strip(),
            )
            for index, row in enumerate((entry.form for entry in self.terms), start=1)
        ]


class BillingForm(SettingsForm):
    """Who decides about bills."""

    dispute_limit = AmountField(_l("One person grants up to"), validators=[InputRequired()])
    ageing_days = SelectField(
        _l("Ages of what is owed, in columns up to"),
        coerce=int,
        choices=[SelectChoice(days, _l("%(days)s days", days=days)) for days in UP_TO],
        default=min(UP_TO),
    )

    def value(self) -> Billing:
        """What was typed."""
        return Billing(self.dispute_limit.data or Decimal(0), self.ageing_days.data)
