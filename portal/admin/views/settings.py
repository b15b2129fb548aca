"""The settings, in five parts; each part is a form of its own."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, g, redirect, url_for
from flask_babel import gettext as _

from portal.access.guards import fresh, requires
from portal.access.permissions import Permission
from portal.admin import actions
from portal.admin.forms import (
    SPARE_ACCOUNTS,
    SPARE_TERMS,
    AccountsForm,
    BillingForm,
    LookForm,
    NamesForm,
    QuotingForm,
    SettingsForm,
)
from portal.billing.queries.limits import dispute_limit
from portal.documents.queries import firm_profile
from portal.documents.rules.firm import Colours
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.kernel.text import t
from portal.receivables.queries.ageing_columns import ageing_days
from portal.web.forms import form_page, tried


def attach(bp: Blueprint) -> None:
    """Put the five parts behind the desk's door."""
    for path, name, view in (
        ("/settings", "settings", names),
        ("/settings/look", "settings_look", look),
        ("/settings/accounts", "settings_accounts", accounts),
        ("/settings/quotations", "settings_quotations", quoting),
        ("/settings/billing", "settings_billing", billing),
    ):
        bp.add_url_rule(path, name, view, methods=["GET", "POST"])


@requires(Permission.SETTINGS_SEE)
def names() -> Any:
    """Name, address, numbers."""
    profile = firm_profile()
    form = NamesForm(obj=profile)
    return _answer(
        form,
        "names",
        lambda: actions.change_names(form.value(), g.viewer, clock.now(), version=form.seen),
    )


@requires(Permission.SETTINGS_SEE)
@fresh(t("Logo and seal of the firm"))
def look() -> Any:
    """Colour, logo, seal."""
    kept = firm_profile().look or {}
    form = LookForm(accent=kept.get("accent", Colours().accent), version=_version())
    return _answer(
        form,
        "look",
        lambda: actions.change_look(
            form.accent.data,
            form.pictures(),
            g.viewer,
            clock.now(),
            version=form.seen,
        ),
    )


@requires(Permission.SETTINGS_SEE)
@fresh(t("Bank accounts of the firm"))
def accounts() -> Any:
    """Bank accounts."""
    kept = list(firm_profile().banks or [])
    form = AccountsForm(accounts=kept + [{"currency": "CNY"}] * SPARE_ACCOUNTS, version=_version())
    return _answer(
        form,
        "accounts",
        lambda: actions.change_accounts(form.values(), g.viewer, clock.now(), version=form.seen),
    )


@requires(Permission.SETTINGS_SEE)
def quoting() -> Any:
    """Defaults of quotations and their standing texts."""
    profile = firm_profile()
    kept = {"valid_days": 14, "number_prefix": "QT", "language": "zh_en", **(profile.quoting or {})}
    kept["floor_margin_percent"] = _exact(kept.get("floor_margin_percent"))
    texts = [{**text, "place": place} for place, text in enumerate(profile.texts or [], start=1)]
    form = QuotingForm(data={**kept, "terms": texts + [{}] * SPARE_TERMS, "version": _version()})
    return _answer(
        form,
        "quoting",
        lambda: actions.change_quoting(
            form.value(), form.texts(), g.viewer, clock.now(), version=form.seen
        ),
    )


@requires(Permission.SETTINGS_SEE)
def billing() -> Any:
    """What one person may decide about bills alone."""
    kept = {"dispute_limit": dispute_limit(), "ageing_days": ageing_days()}
    form = BillingForm(data={**kept, "version": _version()})
    return _answer(
        form,
        "billing",
        lambda: actions.change_billing(form.value(), g.viewer, clock.now(), version=form.seen),
    )


def _exact(kept: str | None) -> Decimal | None:
    """The floor as it is kept, text, as a number."""
    return Decimal(kept) if kept else None


def _version() -> int:
    """The version to be seen in a form; 1 is the one that a first change will find."""
    return firm_profile().version or 1


def _answer(form: SettingsForm, part: str, verb: Callable[[], None]) -> Any:
    """The part's page; after a good change the page again, fresh; what was typed stays when somebody was quicker."""
    if form.is_submitted() and not g.viewer.may(Permission.SETTINGS_EDIT):
        raise Forbidden()
    if form.validate_on_submit() and tried(form, lambda: _done(verb)):
        flash(_("The settings are saved."), "success")
        return redirect(url_for(".settings" if part == "names" else f".settings_{_PAGES[part]}"))
    firm = firm_profile()
    context = {"part": part, "look": firm.look or {}, "currency": firm.currency or "CNY"}
    return form_page(f"admin/settings_{part}.html", form, **context)


def _done(verb: Callable[[], None]) -> bool:
    verb()
    return True


_PAGES = {"look": "look", "accounts": "accounts", "quoting": "quotations", "billing": "billing"}
