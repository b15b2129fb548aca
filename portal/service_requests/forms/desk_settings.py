"""Forms of the service settings: targets, limits of law, working days, hours and other values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.customers.rules.kinds import Segment
from portal.kernel.text import t
from portal.service_requests.actions.targets import EDITED, Place, place_name
from portal.service_requests.queries.targets import Target
from portal.service_requests.rules.clock_kinds import (
    DUTY_WORDS,
    MODE_WORDS,
    SHORT_UNIT_WORDS,
    UNIT_WORDS,
    TimeUnit,
)
from portal.service_requests.rules.clocks import Span
from portal.service_requests.rules.day_lists import LONGEST
from portal.service_requests.rules.settings import ServiceSettings
from portal.service_requests.rules.targets import SEVERITIES, TARGET_CLOCKS
from portal.service_requests.rules.work_hours import WorkHours
from portal.web.fields import AmountField
from portal.web.forms import choices
from portal.web.words import say

NEEDED = InputRequired()
PLACES: tuple[Place, ...] = tuple(
    (tier, severity, clock)
    for tier in Segment
    for severity in SEVERITIES
    for clock in TARGET_CLOCKS
)
ANY_MODE = ""


def unit_name(place: Place) -> str:
    """The name of the field that says how a target's time is counted."""
    return f"{place_name(place)}-unit"


class TargetsTable(FlaskForm):
    """Every target, and after how much of its time a clock warns."""

    version = HiddenField()
    warn_percent = IntegerField(
        _l("Warn after (percent of the time)"), [NEEDED, NumberRange(1, 99)]
    )

    def wanted(self) -> dict[Place, Target]:
        """What was typed, by place."""
        warn = self.warn_percent.data or 0
        return {
            place: Target(Span(self[place_name(place)].data or 0, TimeUnit(self[unit_name(place)].data)), warn)
            for place in PLACES
        }  # fmt: skip


def _fields_of_places() -> dict[str, Field]:
    fields: dict[str, Any] = {}
    for place in PLACES:
        fields[place_name(place)] = IntegerField(validators=[NEEDED])
        fields[unit_name(place)] = SelectField(choices=choices(SHORT_UNIT_WORDS))
    return fields


TargetsForm = cast(type[TargetsTable], type("TargetsForm", (TargetsTable,), _fields_of_places()))
"""Eighty targets, each with its unit: a field for each place of the table."""


class DeadlineForm(FlaskForm):
    """One limit of law or contract."""

    version = HiddenField()
    duty = SelectField(_l("What the deadline is for"), [NEEDED], choices=choices(DUTY_WORDS))
    mode = SelectField(
        _l("How goods travel"), choices=lambda: [(ANY_MODE, say(t("Any"))), *choices(MODE_WORDS)()]
    )
    variant = StringField(_l("Variant"), [Length(max=24)])
    name_zh = StringField(_l("Name in Chinese"), [NEEDED, Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=160)])
    amount = IntegerField(_l("Time allowed"), [NEEDED])
    unit = SelectField(_l("Time is counted in"), [NEEDED], choices=choices(UNIT_WORDS))
    source = StringField(_l("Law and article, or contract"), [NEEDED, Length(max=200)])
    from_on = DateField(_l("In force from"), [NEEDED])
    until_on = DateField(_l("In force until"), [Optional()])
    active = BooleanField(_l("This limit is applied"), default=True)

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        found = {name: self[name].data for name in EDITED}
        found["mode"] = found["mode"] or None
        return {
            name: value.strip() if isinstance(value, str) else value
            for name, value in found.items()
        }


class DaysForm(FlaskForm):
    """A day or a stretch of days, and whether it is worked."""

    first = DateField(_l("First day"), [NEEDED])
    last = DateField(_l("Last day"), [Optional()])
    what = RadioField(
        _l("The day is"),
        [NEEDED],
        default="off",
        choices=[
            SelectChoice("off", _l("Day off")),
            SelectChoice("worked", _l("Working day")),
            SelectChoice("decree", _l("As decreed")),
        ],
    )
    note = StringField(_l("Note"), [Length(max=80)])

    def is_working(self) -> bool | None:
        """Worked or not; None: as decreed."""
        return {"off": False, "worked": True}.get(self.what.data)


class PasteForm(FlaskForm):
    """A year's list of days, as the decree words it or a day to a line."""

    text = TextAreaField(_l("List of days"), [NEEDED, Length(max=LONGEST)], render_kw={"rows": 6})
    whole = BooleanField(_l("This is the whole list of the year"), default=True)


def _days(label: Any) -> IntegerField:
    return IntegerField(label, [NEEDED])


class ValuesForm(FlaskForm):
    """Hours of work, and the days and sums of service."""

    version = HiddenField()
    opens = TimeField(_l("Work begins"), [NEEDED])
    closes = TimeField(_l("Work ends"), [NEEDED])
    lunch_from = TimeField(_l("Break from"), [Optional()])
    lunch_until = TimeField(_l("Break until"), [Optional()])
    reopen_days = _days(_l("Customers may reopen for (working days)"))
    close_after_days = _days(_l("Resolved requests close after (days)"))
    lead_reopen_days = _days(_l("Managers may reopen for (days)"))
    return_visit_days = _days(_l("Return visit after (days)"))
    claim_limit = AmountField(_l("One person decides a claim up to"), [NEEDED])

    def value(self, kept: ServiceSettings) -> ServiceSettings:
        """What was typed, over what is kept."""
        hours = WorkHours(
            self.opens.data or kept.hours.opens,
            self.closes.data or kept.hours.closes,
            self.lunch_from.data,
            self.lunch_until.data,
        )
        named = ("reopen_days", "close_after_days", "lead_reopen_days", "return_visit_days")
        days: dict[str, Any] = {name: self[name].data or 0 for name in named}
        return replace(kept, hours=hours, claim_limit=self.claim_limit.data or Decimal(0), **days)
