"""Forms of tier cards, their menus, the bounds of insight, runs, and classes set by hand."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, cast

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
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.insights.actions.tier_cards import CARD_FIELDS
from portal.insights.rules.kinds import (
    ASPECTS,
    BASES,
    SERVICE_LEVELS,
    SIGNALS,
    WORDS_OF,
    Aspect,
    Basis,
    Signal,
)
from portal.insights.rules.settings import InsightSettings
from portal.kernel.text import t
from portal.web.fields import AmountField, PercentField
from portal.web.forms import choices, lazily
from portal.web.words import say

NEEDED = InputRequired()
SHORT, LONG = Length(max=200), Length(max=400)
ROWS = {"rows": 2}
LAST_PLACE = 10_000


def _words(label: Any, *more: Any) -> TextAreaField:
    return TextAreaField(label, [LONG, *more], render_kw=ROWS)


class CardForm(FlaskForm):
    """One tier card."""

    version = HiddenField()
    lower_amount = AmountField(_l("From a mean month of"), [NEEDED])
    capacity_from = IntegerField(_l("Customers of one person, from"), [Optional()])
    capacity_to = IntegerField(_l("Customers of one person, to"), [Optional()])
    definition_zh = _words(_l("Definition in Chinese"))
    definition_en = _words(_l("Definition in English"))
    need_zh = _words(_l("What they need, in Chinese"))
    need_en = _words(_l("What they need, in English"))
    strategy_zh = _words(_l("Our strategy in Chinese"))
    strategy_en = _words(_l("Our strategy in English"))
    promise_zh = _words(_l("Promise to the customer in Chinese"))
    promise_en = _words(_l("Promise to the customer in English"))
    channel_zh = StringField(_l("Way to us in Chinese"), [SHORT])
    channel_en = StringField(_l("Way to us in English"), [SHORT])

    def values(self) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        return {name: _stripped(self[name].data) for name in CARD_FIELDS}


class ServiceForm(FlaskForm):
    """One line of a tier's menu."""

    version = HiddenField()
    level = SelectField(_l("Part of the menu"), [NEEDED], choices=choices(SERVICE_LEVELS))
    name_zh = StringField(_l("Name in Chinese"), [NEEDED, Length(max=120)])
    name_en = StringField(_l("Name in English"), [Length(max=160)])
    item_code = StringField(_l("Code of a service item"), [Length(max=120)])
    position = IntegerField(
        _l("Place in the menu"), [Optional(), NumberRange(min=1, max=LAST_PLACE)]
    )
    active = BooleanField(_l("Part of the menu now"), default=True)

    def values(self, item_id: int | None) -> dict[str, Any]:
        """What was typed, as the action takes it."""
        names = ("level", "name_zh", "name_en", "position", "active")
        return {**{name: _stripped(self[name].data) for name in names}, "item_id": item_id}


class OverrideForm(FlaskForm):
    """A class set by hand: what, until when, and why."""

    what = SelectField(_l("Set by hand"), [NEEDED])
    until_on = DateField(_l("Last day"), [NEEDED])
    reason = TextAreaField(_l("Why?"), [NEEDED, Length(max=500)], render_kw={"rows": 3})

    def offer(self) -> None:
        """Every value of every aspect, grouped."""
        self.what.choices = {
            say(ASPECTS[aspect]): [(f"{aspect.value}:{value}", say(word)) for value, word in WORDS_OF[aspect].items()]
            for aspect in Aspect
        }  # fmt: skip

    def chosen(self) -> tuple[Aspect, str]:
        """The aspect and its value."""
        aspect, _, value = (self.what.data or "").partition(":")
        return Aspect(aspect), value


class RunForm(FlaskForm):
    """The month to be classified."""

    month = SelectField(_l("Month"), [NEEDED])


class SettingsTable(FlaskForm):
    """The bounds and windows, a field for each."""

    version = HiddenField()
    basis = SelectField(_l("Contribution is"), [NEEDED], choices=choices(BASES))
    crossing_up = BooleanField(_l("Who crosses a bound belongs to the better class"))
    group_sums = BooleanField(_l("The tier of a group adds up its branches"))

    def value(self) -> InsightSettings:
        """What was typed."""
        typed: dict[str, Any] = {}
        for each in fields(InsightSettings):
            if each.name not in ("points", "basis", "crossing_up", "group_sums"):
                typed[each.name] = self[each.name].data or 0
        points = {signal.value: self[f"points_{signal.value}"].data or 0 for signal in Signal}
        return InsightSettings(
            **typed,
            basis=Basis(self.basis.data),
            crossing_up=bool(self.crossing_up.data),
            group_sums=bool(self.group_sums.data),
            points=points,
        )


NUMBERS = {
    "tier_months": t("Months of the mean"),
    "down_after": t("Down after months under the bound"),
    "period_months": t("Months of ABC, structure and RFM"),
    "new_days": t("New for days after the first order"),
    "loyal_orders": t("Loyal from orders"),
    "loyal_months": t("… in months"),
    "loyal_good_percent": t("… and satisfied answers of percent"),
    "dormant_days": t("Dormant after days without an order"),
    "dormant_intervals": t("… and usual intervals"),
    "lost_days": t("Lost after days without an order"),
    "lost_intervals": t("… and usual intervals"),
    "churn_interval_times": t("Usual intervals without an order"),
    "churn_complaints": t("Complaints"),
    "churn_complaint_days": t("… within days"),
    "churn_slower_days": t("Pays later by days"),
    "churn_contact_days": t("Contact left within days"),
    "churn_competitor_times": t("Lost to one competitor, times"),
    "churn_contract_days": t("Contract ends within days"),
    "risk_points": t("At risk from points"),
    "run_day": t("Day of the month on which the month before is classified"),
}
PERCENTS = {
    "abc_a_percent": t("A up to percent"),
    "abc_b_percent": t("B up to percent"),
    "key_percent": t("Key customers, percent"),
    "suitable_percent": t("Suitable customers, percent"),
    "churn_volume_percent": t("Volume down by percent"),
    "growth_percent": t("A star grows by percent"),
    "promotion_percent": t("Candidate from percent of the next bound"),
}


def _settings_fields() -> dict[str, Any]:
    found: dict[str, Any] = {
        name: IntegerField(lazily(label), [NEEDED]) for name, label in NUMBERS.items()
    }
    found |= {name: PercentField(lazily(label), [NEEDED]) for name, label in PERCENTS.items()}
    for signal in Signal:
        label = lazily(t("Points for “%(signal)s”", signal=SIGNALS[signal]))
        found[f"points_{signal.value}"] = IntegerField(label, [NEEDED])
    return found


SettingsForm = cast(type[SettingsTable], type("SettingsForm", (SettingsTable,), _settings_fields()))


def settings_form(kept: InsightSettings, version: int) -> SettingsTable:
    """The settings as they stand."""
    values: dict[str, Any] = {each.name: getattr(kept, each.name) for each in fields(kept)}
    points = {f"points_{signal}": number for signal, number in kept.points.items()}
    return SettingsForm(data={**values, **points, "basis": kept.basis.value, "version": version})


def first_until(today: date) -> date:
    """The last day that is proposed: the end of the month after next."""
    months = today.year * 12 + today.month + 2
    return date.fromordinal(date(months // 12, months % 12 + 1, 1).toordinal() - 1)


def _stripped(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    return Decimal(value) if isinstance(value, Decimal) else value
