"""One line by hand, and the grid as it comes back from the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import InputRequired, Length

from portal.kernel.errors import Invalid
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS, unit_word
from portal.quotations.actions.grid import LineEdit, ManualLine
from portal.quotations.labels import SECTIONS
from portal.quotations.models import QuotationLine
from portal.web.fields import QuantityField, RateField, plain_number, read_number
from portal.web.forms import choices, currency_choices
from portal.web.words import name_of, say

LONGEST = {"note": 300, "option": 40, "reason": 300}
FIELDS = ("quantity", "rate", "discount", "note", "option", "reason")
USUAL_UNITS = (
    "BL",
    "CNTR",
    "TEU",
    "20GP",
    "40GP",
    "40HQ",
    "RT",
    "MTQ",
    "KGM",
    "CHW",
    "H87",
    "XPX",
    "TRIP",
    "DAY",
    "LS",
)


def _units() -> list[tuple[str, str]]:
    """The word that is printed, and the name: kilograms and chargeable kilograms are both printed as kg."""
    others = [code for code in UNITS if code not in USUAL_UNITS and code != "P1"]
    return [(code, _unit_label(code)) for code in (*USUAL_UNITS, *others)]


def _unit_label(code: str) -> str:
    word, name = say(unit_word(code)), name_of(UNITS[code])
    return word if word == name else f"{word} · {name}"


class ManualLineForm(FlaskForm):
    """A charge with a price of one's own, or on request when the price is left empty."""

    name_zh = StringField(_l("Charge"), [InputRequired(), Length(max=120)])
    name_en = StringField(_l("In English"), [Length(max=160)], render_kw={"lang": "en"})
    section = SelectField(_l("Section"), choices=choices(SECTIONS), default="other")
    option = StringField(_l("Alternative"), [Length(max=40)])
    quantity = QuantityField(_l("Quantity"), [InputRequired()], default=Decimal(1))
    unit = SelectField(_l("Unit"), choices=_units, default="BL")
    currency = SelectField(_l("Currency"), choices=currency_choices, default="CNY")
    rate = RateField(_l("Price of one"), description=_l("Empty: on request"))
    tax_class = SelectField(_l("Tax"))
    tax_inclusive = BooleanField(_l("The price contains the tax"), default=True)
    is_collect = BooleanField(_l("Paid at the destination"))
    reason = StringField(_l("Why this price"), [Length(max=300)])
    note = StringField(_l("Remark on the paper"), [Length(max=300)])

    def line(self) -> ManualLine:
        """What was typed."""
        return ManualLine(
            name_zh=(self.name_zh.data or "").strip(),
            name_en=(self.name_en.data or "").strip(),
            unit=self.unit.data,
            currency=self.currency.data,
            rate=self.rate.data,
            quantity=self.quantity.data if self.quantity.data is not None else Decimal(0),
            reason=(self.reason.data or "").strip(),
            section=self.section.data,
            option=(self.option.data or "").strip(),
            tax_class=self.tax_class.data,
            tax_inclusive=self.tax_inclusive.data,
            is_collect=self.is_collect.data,
            note=(self.note.data or "").strip(),
        )


@dataclass
class Grid:
    """The lines as typed. `was` is what the page showed, so that only what a person touched is an edit."""

    typed: dict[int, dict[str, str]] = field(default_factory=dict)
    was: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, posted: Mapping[str, str]) -> Grid:
        """The posted fields `lines-<id>-<field>` and the hidden `was`."""
        typed: dict[int, dict[str, str]] = {}
        for name, value in posted.items():
            parts = name.split("-")
            if (
                len(parts) == 3
                and parts[0] == "lines"
                and parts[1].isdecimal()
                and parts[2] in FIELDS
            ):
                typed.setdefault(int(parts[1]), {})[parts[2]] = value.strip()
        return cls(typed, _was(posted.get("was", "")))

    def shown(self, row: QuotationLine, name: str) -> str:
        """What stands in a cell: what was typed, else what is stored."""
        typed = self.typed.get(row.id, {})
        return typed.get(name, stored(row)[name])

    def touched(self, row_id: int) -> dict[str, str]:
        """The cells of a row that a person changed."""
        before = dict(zip(FIELDS, self.was.get(str(row_id), ()), strict=False))
        return {n: v for n, v in self.typed.get(row_id, {}).items() if v != before.get(n, "")}

    @property
    def is_touched(self) -> bool:
        """Whether a person changed anything."""
        return any(self.touched(row_id) for row_id in self.typed)

    def forget_untouched(self) -> None:
        """Keep only what a person changed: the rest is shown as it is stored now."""
        self.typed = {row_id: touched for row_id in self.typed if (touched := self.touched(row_id))}

    def edits(self, common_reason: str = "") -> list[LineEdit]:
        """One edit for each touched row; wrong figures are in `errors` afterwards."""
        found = []
        for row_id in self.typed:
            touched = self.touched(row_id)
            if touched:
                found.append(self._edit(row_id, touched, common_reason))
        return found

    def _edit(self, row_id: int, touched: Mapping[str, str], common_reason: str) -> LineEdit:
        numbers = {
            n: self._number(row_id, n, touched[n])
            for n in ("quantity", "rate", "discount")
            if n in touched
        }
        if touched.get("discount") == "":
            numbers["discount"] = Decimal(0)
        reason = touched.get("reason") or (common_reason.strip() if "rate" in touched else None)
        self._check_lengths(row_id, {**touched, "reason": reason or ""})
        return LineEdit(
            row_id,
            quantity=numbers.get("quantity"),
            measured=touched.get("quantity") == "",
            rate=numbers.get("rate"),
            reason=reason or None,
            discount=numbers.get("discount"),
            note=touched.get("note"),
            option=touched.get("option"),
        )

    def _check_lengths(self, row_id: int, texts: Mapping[str, str]) -> None:
        for name, most in LONGEST.items():
            if len(texts.get(name, "")) > most:
                self.wrong(f"lines-{row_id}-{name}", t("At most %(most)s characters.", most=most))

    def _number(self, row_id: int, name: str, typed: str) -> Decimal | None:
        try:
            return read_number(typed)
        except Invalid as error:
            self.wrong(f"lines-{row_id}-{name}", error.text)
            return None

    def wrong(self, name: str, text: Text) -> None:
        """Put a message at a cell."""
        self.errors[name] = say(text)


def stored(row: QuotationLine) -> dict[str, str]:
    """A row's cells as the page shows them."""
    return {
        "quantity": plain_number(row.quantity),
        "rate": plain_number(row.rate),
        "discount": plain_number(row.discount_percent) if row.discount_percent else "",
        "note": row.note,
        "option": row.option,
        "reason": row.manual_reason or "",
    }


def as_was(rows: Sequence[QuotationLine]) -> str:
    """The hidden `was`: every row's cells as the page shows them."""
    return json.dumps(
        {str(row.id): list(stored(row).values()) for row in rows if row.split_of_id is None},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _was(text: str) -> dict[str, list[str]]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {k: [str(cell) for cell in v] for k, v in found.items() if isinstance(v, list)}
