"""Forms on the way of a rate sheet, and of a file of shipments."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.catalogue.labels import BOUNDS, CATEGORIES, LAYOUTS, LOADS, PLACE_RULES, REPEAT_RULES
from portal.catalogue.rules.sheets.meaning import HEADERS, Meaning
from portal.catalogue.rules.sheets.profile import (
    OWN,
    Column,
    Layout,
    Places,
    Profile,
    Repeats,
)
from portal.catalogue.rules.terms import Bound, PriceTerms
from portal.kernel.text import Text, t
from portal.web.fields import QuantityField
from portal.web.forms import InnerForm, choices
from portal.web.words import locale_code, say

SHEET_FILES = ".xlsx,.csv"
NOT_READ = t("not read")


def _with_none(words: Any, none: Text) -> Any:
    return lambda: [("", say(none)), *choices(words)()]


def meaning_choices() -> list[tuple[str, str]]:
    """Everything that a column can mean, by its name on our own sheet."""
    side = 1 if locale_code() == "en" else 0
    named = [(meaning.value, names[side]) for meaning, names in HEADERS.items()]
    more = {
        "box": t("Price of one box type"),
        "band": t("Price of one weight band"),
        "province": t("Province"),
        "city": t("City"),
    }
    listed = [(value, say(more[value]) if value in more else name) for value, name in named]
    listed += [(value, say(text)) for value, text in more.items() if value not in dict(listed)]
    return [("", say(NOT_READ)), *listed]


class UploadForm(FlaskForm):
    """A rate sheet for a scheme."""

    scheme_id = SelectField(
        _l("Price scheme"),
        coerce=lambda v: int(v) if v else None,
        validators=[InputRequired()],
    )
    file = FileField(_l("Rate sheet"), render_kw={"accept": SHEET_FILES})
    valid_from = DateField(_l("Valid from"), validators=[InputRequired()])


class ApplyForm(FlaskForm):
    """From when to when the prices count, and whether wrong rows are left out."""

    valid_from = DateField(_l("Valid from"), validators=[InputRequired()])
    valid_to = DateField(_l("Valid until"), validators=[Optional()])
    leave_out = BooleanField(_l("Leave out the wrong rows and take the rest"))
    note = StringField(_l("Note"), validators=[Length(max=1000)])


class DaysForm(FlaskForm):
    """The days of a draft tariff."""

    valid_from = DateField(_l("Valid from"), validators=[InputRequired()])
    valid_to = DateField(_l("Valid until"), validators=[Optional()])


class BatchForm(FlaskForm):
    """A file of shipments and the tariff to price it by."""

    tariff_id = SelectField(_l("Tariff"), coerce=int)
    file = FileField(_l("File of shipments"), render_kw={"accept": SHEET_FILES})
    on = DateField(_l("Day for lines without a date"), validators=[InputRequired()])
    cheapest = BooleanField(_l("Take the cheapest where several prices fit"))


class SheetForm(InnerForm):
    """Which sheet of the workbook, and on which row its headers stand."""

    sheet = SelectField(_l("Sheet"))
    header_row = IntegerField(
        _l("Header row"), validators=[InputRequired(), NumberRange(min=1, max=200)]
    )


class ColumnForm(InnerForm):
    """What one column means; `detail` is the box type, or the weight a band starts at."""

    header = HiddenField()
    meaning = SelectField(_l("Means"), choices=meaning_choices)
    detail = StringField(_l("Box type or weight"), validators=[Length(max=20)])


class MappingForm(FlaskForm):
    """How a layout is read, saved under a name for the next sheet of its kind."""

    name = StringField(_l("Name of this layout"), validators=[Length(max=120)])
    layout = SelectField(_l("How prices lie on the sheet"), choices=choices(LAYOUTS))
    columns = FieldList(FormField(ColumnForm))
    category = SelectField(_l("Category"), choices=_with_none(CATEGORIES, t("as the sheet says")))
    load = SelectField(_l("Load"), choices=_with_none(LOADS, t("as the sheet says")))
    charge_code = StringField(_l("Charge"), validators=[Length(max=24)])
    currency = StringField(_l("Currency"), validators=[Length(max=12)])
    unit = StringField(_l("Unit"), validators=[Length(max=24)])
    carrier = StringField(_l("Carrier"), validators=[Length(max=40)])
    origin = StringField(_l("Origin"), validators=[Length(max=60)])
    first_quantity = StringField(_l("First weight"), validators=[Length(max=12)])
    continued_step = StringField(_l("Further step"), validators=[Length(max=12)])
    places = SelectField(_l("Places"), choices=choices(PLACE_RULES))
    repeats = SelectField(_l("Repeated bands"), choices=choices(REPEAT_RULES))
    bound = SelectField(_l("Bounds of bands"), choices=choices(BOUNDS))
    step = QuantityField(_l("Rounded up to"))
    volume_divisor = QuantityField(_l("cm³ per kg"))
    minimum_quantity = QuantityField(_l("Charged for at least"))
    step_up = BooleanField(_l("A higher band is charged when it is cheaper"))

    @classmethod
    def of(cls, profile: Profile, headers: tuple[str, ...]) -> MappingForm:
        """The form as `profile` would fill it for a sheet with these headers."""
        known = {column.header: column for column in profile.columns}
        columns = [_column_values(header, known.get(header)) for header in headers]
        constants = {meaning.value: text for meaning, text in profile.constants}
        template = profile.template
        values = {name: constants.get(name, "") for name in CONSTANTS}
        return cls(
            data={
                **values,
                "name": "" if profile.name == OWN else profile.name,
                "layout": profile.layout.value,
                "columns": columns,
                "places": profile.places.value,
                "repeats": profile.repeats.value,
                "bound": template.bound.value,
                "step": template.step,
                "volume_divisor": template.volume_divisor,
                "minimum_quantity": template.minimum_quantity or None,
                "step_up": template.step_up,
            }
        )

    def profile(self, base: Profile, sheet: str, header_row: int) -> Profile:
        """The profile that the form describes; what it does not show stays as in `base`."""
        own = {meaning.value for meaning, _ in base.constants} - set(CONSTANTS)
        kept = [(meaning, text) for meaning, text in base.constants if meaning.value in own]
        stated = [(Meaning(name), self[name].data) for name in CONSTANTS if self[name].data]
        return replace(
            base,
            name=(self.name.data or "").strip(),
            layout=Layout(self.layout.data),
            columns=tuple(self._columns()),
            sheet=sheet,
            header_row=header_row,
            constants=(*kept, *stated),
            places=Places(self.places.data),
            repeats=Repeats(self.repeats.data),
            template=self._template(base.template),
        )

    def _columns(self) -> list[Column]:
        found = []
        for entry in self.columns:
            if entry.form.meaning.data:
                detail = (entry.form.detail.data or "").strip()
                meaning = Meaning(entry.form.meaning.data)
                found.append(Column(entry.form.header.data or "", meaning, detail))
        return found

    def _template(self, base: PriceTerms) -> PriceTerms:
        return replace(
            base,
            bound=Bound(self.bound.data),
            step=self.step.data,
            volume_divisor=self.volume_divisor.data,
            minimum_quantity=self.minimum_quantity.data or Decimal(0),
            step_up=bool(self.step_up.data),
        )


CONSTANTS = (
    "category",
    "load",
    "charge_code",
    "currency",
    "unit",
    "carrier",
    "origin",
    "first_quantity",
    "continued_step",
)
"""What a sheet may leave unsaid because it is the same for all its lines."""


def _column_values(header: str, column: Column | None) -> dict[str, str]:
    if column is None:
        return {"header": header, "meaning": "", "detail": ""}
    return {"header": header, "meaning": column.meaning.value, "detail": column.detail}
