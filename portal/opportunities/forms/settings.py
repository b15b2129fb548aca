"""What is typed into the settings of sales: methods, stages, words, competitors."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.accounts.forms import Ticks
from portal.opportunities.rules.kinds import ENTRY_RULES, FORECAST_CATEGORIES, RATINGS
from portal.opportunities.rules.settings import NEEDED_WORDS
from portal.opportunities.rules.stage_tasks import MOST_DAYS
from portal.web.forms import InnerForm, choices


class MethodForm(FlaskForm):
    """A sales method but for its stages."""

    version = HiddenField()
    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=60)])
    name_en = StringField(_l("English name"), [Length(max=80)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=24)])
    note = TextAreaField(_l("When it is used"), [Length(max=500)], render_kw={"rows": 3})
    is_default = BooleanField(_l("The usual one"))
    active = BooleanField(_l("In use"))


class StageTaskForm(InnerForm):
    """A task that a stage begins with."""

    zh = StringField(_l("Task in Chinese"), [Length(max=80)])
    en = StringField(_l("Task in English"), [Length(max=80)])
    days = IntegerField(_l("Due after"), [Optional(), NumberRange(0, MOST_DAYS)])


class StageForm(FlaskForm):
    """One stage of a method."""

    version = HiddenField()
    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=40)])
    name_en = StringField(_l("English name"), [Length(max=60)])
    code = StringField(_l("Code"), [InputRequired(), Length(max=24)])
    likelihood = IntegerField(_l("Likelihood, percent"), [InputRequired(), NumberRange(0, 100)])
    category = SelectField(_l("In the forecast as"), choices=choices(FORECAST_CATEGORIES))
    stuck_days = IntegerField(_l("Stuck after so many days"), [Optional(), NumberRange(0, 999)])
    rules = Ticks(_l("Nothing enters without"), choices=choices(ENTRY_RULES))
    tasks = FieldList(
        FormField(StageTaskForm), label=_l("Tasks that begin with it"), max_entries=24
    )
    active = BooleanField(_l("In use"))


class WordForm(FlaskForm):
    """A category or a reason."""

    version = HiddenField()
    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=40)])
    name_en = StringField(_l("English name"), [Length(max=60)])
    active = BooleanField(_l("In use"))


class CompetitorForm(FlaskForm):
    """A competitor in the register."""

    version = HiddenField()
    name_zh = StringField(_l("Chinese name"), [InputRequired(), Length(max=80)])
    name_en = StringField(_l("English name"), [Length(max=120)])
    website = StringField(_l("Website"), [Length(max=160)])
    strengths = TextAreaField(_l("Strong in"), [Length(max=1000)], render_kw={"rows": 4})
    weaknesses = TextAreaField(_l("Weak in"), [Length(max=1000)], render_kw={"rows": 4})
    active = BooleanField(_l("In use"))


class ForecastRulesForm(FlaskForm):
    """What an opportunity must have to enter the forecast."""

    version = HiddenField()
    least_likelihood = IntegerField(
        _l("Likelihood of at least, percent"), [InputRequired(), NumberRange(0, 100)]
    )
    overdue_days = IntegerField(
        _l("Left out when its day has passed by more than so many days (0: never)"),
        [Optional(), NumberRange(0, 3650)],
    )
    ratings = Ticks(_l("Ratings that enter (none ticked: all)"), choices=choices(RATINGS))
    needed = Ticks(_l("Besides amount and day there must be"), choices=choices(NEEDED_WORDS))
