"""What a customer writes: a request on one page, an answer, why it is opened again or taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.kernel.text import t
from portal.service_requests.rules.kinds import (
    CUSTOMER_KINDS,
    KIND_WORDS,
    THIRD_PARTY_WORDS,
    WITH_LINES,
    NoMatch,
    Scope,
    Severity,
    ThirdParty,
)
from portal.web.fields import CountField, QuantityField
from portal.web.file_fields import FilesField
from portal.web.forms import InnerForm, choices

LONGEST_TEXT, LONGEST_TITLE = 8000, 160
FIRST_ROWS, MOST_ROWS = 2, 30
NONE = "none"
"""The choice that says: none of these."""
KINDS = {kind.value: KIND_WORDS[kind] for kind in CUSTOMER_KINDS}
BADNESS = {
    Severity.URGENT.value: t("Everything stands still"),
    Severity.HIGH.value: t("It holds us up today"),
    Severity.MEDIUM.value: t("It can wait a day or two"),
    Severity.LOW.value: t("No hurry"),
}
"""How bad it is, in the words of who has it."""
SCOPES = {
    Scope.ONE.value: t("One shipment, parcel or paper"),
    Scope.SEVERAL.value: t("Several of them"),
    Scope.ALL.value: t("Everything we do with you"),
}
SCOPES_OF_A_PERSON = {**SCOPES, Scope.ALL.value: t("Everything I have with you")}
REASONS = {
    NoMatch.GENERAL.value: t("It is about no single service"),
    NoMatch.NOT_BOUGHT.value: t("It is about something not bought yet"),
    NoMatch.EXPIRED.value: t("It is about something that has run out"),
    NoMatch.USED_UP.value: t("It is about something that is used up"),
    NoMatch.SUSPENDED.value: t("The contract is suspended"),
    NoMatch.UNKNOWN.value: t("Not sure which service it is"),
}
UNITS = {
    "H87": t("piece"), "XCT": t("carton"), "XBX": t("box"), "XPX": t("pallet"), "NMP": t("pack"),
    "KGM": t("kg"), "MTQ": t("m³"), "C62": t("unit"),
}  # fmt: skip


class LineForm(InnerForm):
    """One row of goods to send back, or of materials that are wanted; a row without a name is no row."""

    name = StringField(_l("Goods"), [Length(max=120)])
    quantity = QuantityField(_l("Quantity"))
    unit = SelectField(_l("Unit"), choices=choices(UNITS), default="H87")
    cause = StringField(_l("Why"), [Length(max=300)])

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed in this row."""
        return not ((self.name.data or "").strip() or self.quantity.data or self.cause.data)

    def validate_name(self, field: StringField) -> None:
        """Goods have a name."""
        if not self.is_blank and not (field.data or "").strip():
            raise ValidationError(_l("Say what it is."))

    def validate_quantity(self, field: QuantityField) -> None:
        """There is some of it."""
        if not self.is_blank and (field.data is None or field.data <= 0) and not field.errors:
            raise ValidationError(_l("How many? Write a number above zero."))


class OpenForm(FlaskForm):
    """A request, all of it on one page. What belongs to another kind is not looked at."""

    kind = RadioField(
        _l("What can we do for you?"), [InputRequired(_l("Choose what it is."))], choices=choices(KINDS)
    )  # fmt: skip
    entitlement_id = SelectField(
        _l("Which service is it about?"),
        [InputRequired(_l("Choose the service, or say that it is none of these."))],
    )
    no_match = SelectField(_l("Why none of these?"), choices=choices(REASONS))
    severity = RadioField(
        _l("How bad is it?"), [InputRequired(_l("Choose how bad it is."))], choices=choices(BADNESS),
        default=str(Severity.MEDIUM.value),
    )  # fmt: skip
    scope = SelectField(_l("How much does it touch?"), choices=choices(SCOPES))
    title = StringField(
        _l("In one line"),
        [InputRequired(_l("Say in one line what it is about.")), Length(max=LONGEST_TITLE)],
        render_kw={"maxlength": LONGEST_TITLE, "autocomplete": "off"},
    )
    text = TextAreaField(
        _l("What happened, and what should we do?"),
        [InputRequired(_l("Tell us more, so that we can help.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 6, "maxlength": LONGEST_TEXT},
    )
    files = FilesField(_l("Photographs or papers"))
    lines = FieldList(FormField(LineForm), _l("Which goods?"), min_entries=FIRST_ROWS)
    people = CountField(_l("How many people?"), [Optional(), NumberRange(min=1, max=999)])
    wanted_on = DateField(_l("Wanted on which day?"), [Optional()])
    place = StringField(_l("Where?"), [Length(max=240)])
    requester_phone = StringField(
        _l("Telephone for questions"), [Length(max=40)],
        render_kw={"type": "tel", "autocomplete": "tel", "maxlength": 40},
    )  # fmt: skip
    on_behalf = BooleanField(_l("I write on somebody else's behalf"))
    third_party = SelectField(
        _l("What are you to them?"), choices=choices(THIRD_PARTY_WORDS), default=ThirdParty.AGENT.value
    )  # fmt: skip
    third_party_firm = StringField(_l("Your firm"), [Length(max=120)])
    authority = FilesField(_l("Proof that you may speak for them"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether all that counts for this kind is right: what was typed for another one is passed over."""
        super().validate(extra_validators)
        if self.kind.data not in WITH_LINES:
            self.lines.errors = []
        return not self.errors

    def validate_lines(self, field: FieldList) -> None:
        """A list of goods has one at least, and no more than anybody writes by hand."""
        if self.kind.data in WITH_LINES and not self.rows:
            raise ValidationError(_l("Name one kind of goods at least."))
        if len(self.rows) > MOST_ROWS:
            raise ValidationError(_l("Too many rows: attach a list instead."))

    def validate_third_party_firm(self, field: StringField) -> None:
        """Who speaks for somebody says who it is."""
        if self.on_behalf.data and not (field.data or "").strip():
            raise ValidationError(_l("Write the name of your firm, or your own."))

    @property
    def rows(self) -> list[LineForm]:
        """The rows of goods in which something was typed."""
        return [each.form for each in self.lines if not each.form.is_blank]

    @property
    def sent_names(self) -> list[str]:
        """The files that came with it: a browser does not keep them, so they are to be chosen again."""
        return [*self.files.names, *self.authority.names]


def open_form(services: Sequence[tuple[str, str]], is_person: bool, **values: Any) -> OpenForm:
    """The form with what it may be about; `values` fill it in. A private person reads no words of firms."""
    form = OpenForm(data={key: value for key, value in values.items() if value is not None})
    form.entitlement_id.choices = list(services)
    if is_person:
        form.scope.choices = choices(SCOPES_OF_A_PERSON)()
    return form


class ReplyForm(FlaskForm):
    """Something to add, with files."""

    text = TextAreaField(
        _l("Your message"), [InputRequired(_l("Write something first.")), Length(max=LONGEST_TEXT)],
        render_kw={"rows": 4, "maxlength": LONGEST_TEXT},
    )  # fmt: skip
    files = FilesField(_l("Photographs or papers"))
