"""The lists of the catalogue: items, schemes, surcharges, bundles, rates, places."""

from __future__ import annotations

from typing import Any

from flask import g, url_for
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.catalogue.labels import (
    CATEGORIES,
    PLACE_KINDS,
    SCHEME_KINDS,
    SECTION_WORDS,
    TAX_KINDS,
)
from portal.catalogue.models import (
    Bundle,
    ExchangeRate,
    FirmPlace,
    PriceScheme,
    ServiceItem,
    SurchargeRule,
    TaxRate,
)
from portal.catalogue.queries.items import having_words
from portal.catalogue.rules.termwords import short
from portal.catalogue.views.drawing import ANY, chip, days, lane, place_names, whole_days, words_of
from portal.kernel.text import t
from portal.kernel.units import unit_word
from portal.web.fields import plain_number
from portal.web.labels import ACTIVE, INACTIVE
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say


def _active(row: Any) -> Any:
    return chip(ACTIVE if row.active else INACTIVE)


def _active_word(row: Any) -> str:
    return say((ACTIVE if row.active else INACTIVE).text)


def _state_filter(model: Any) -> Filter:
    return Filter(
        "state",
        t("State"),
        lambda: [ANY, ("active", t("Active")), ("inactive", t("Inactive"))],
        lambda s, v: s.where(model.active.is_(v == "active")),
    )


def _share(percent: Any) -> str:
    return "—" if percent is None else f"{plain_number(percent)} %"


def _muted(row: Any) -> str:
    return "" if row.active else "row-muted"


ITEMS = ListSpec(
    key="service_items",
    columns=(
        Column("name", t("Service item"), name_of, sort=ServiceItem.name_zh),
        Column("charge", t("Charge"), lambda r: r.charge_code),
        Column("category", t("Category"), lambda r: words_of(CATEGORIES, r.category)),
        Column("lane", t("Lane"), lane),
        Column("packaging", t("Box"), lambda r: r.packaging or "—"),
        Column("unit", t("Counted in"), lambda r: say(unit_word(r.main_unit))),
        Column("section", t("Part"), lambda r: words_of(SECTION_WORDS, r.section)),
        Column("state", t("State"), _active, value=_active_word),
    ),
    row_id=ServiceItem.id,
    sort="name",
    url=lambda r: url_for("desk_catalogue.item", item_id=r.id),
    filters=(
        Filter(
            "category",
            t("Category"),
            lambda: [ANY, *CATEGORIES.items()],
            lambda s, v: s.where(ServiceItem.category == v),
        ),
        _state_filter(ServiceItem),
    ),
    search=having_words,
    search_hint=t("Name, pinyin, place, code"),
    row_classes=_muted,
    empty=Empty(
        t("No service items yet"),
        t("They come by themselves with the first rate sheet; single ones are made by hand."),
        t("New service item"),
        "desk_catalogue.new_item",
        Permission.SERVICE_ITEM_EDIT,
    ),
)


def _search_schemes(statement: Select[Any], words: str) -> Select[Any]:
    for word in words.split():
        statement = statement.where(
            PriceScheme.code.icontains(word, autoescape=True)
            | PriceScheme.name_zh.icontains(word, autoescape=True)
            | PriceScheme.name_en.icontains(word, autoescape=True)
        )
    return statement


SCHEMES = ListSpec(
    key="price_schemes",
    columns=(
        Column("code", t("Scheme code"), lambda r: r.code, sort=PriceScheme.code),
        Column("name", t("Price scheme"), name_of, sort=PriceScheme.name_zh),
        Column("kind", t("For whom"), lambda r: words_of(SCHEME_KINDS, r.kind)),
        Column(
            "floor",
            t("Lowest margin"),
            lambda r: _share(r.floor_margin_percent),
            align="num",
            permission=Permission.COST_SEE,
        ),
        Column(
            "discount",
            t("Largest discount"),
            lambda r: _share(r.discount_limit_percent),
            align="num",
        ),
        Column("state", t("State"), _active, value=_active_word),
    ),
    row_id=PriceScheme.id,
    sort="code",
    url=lambda r: url_for("desk_catalogue.scheme", scheme_id=r.id),
    filters=(
        Filter(
            "kind",
            t("For whom"),
            lambda: [ANY, *SCHEME_KINDS.items()],
            lambda s, v: s.where(PriceScheme.kind == v),
        ),
        _state_filter(PriceScheme),
    ),
    search=_search_schemes,
    search_hint=t("Code or name"),
    row_classes=_muted,
    empty=Empty(
        t("No price schemes yet"),
        t("A scheme says whom its prices are for and who may quote from it."),
        t("New price scheme"),
        "desk_catalogue.new_scheme",
        Permission.SERVICE_ITEM_EDIT,
    ),
)

SURCHARGES = ListSpec(
    key="surcharges",
    columns=(
        Column("item", t("Surcharge"), lambda r: name_of(r.item), sort=ServiceItem.name_zh),
        Column("charge", t("Charge"), lambda r: r.item.charge_code, sort=ServiceItem.charge_code),
        Column("price", t("Price"), lambda r: say(short(r.price_terms)), align="end"),
        Column("category", t("Category"), lambda r: words_of(CATEGORIES, r.category) or "—"),
        Column("lane", t("Lane"), lane),
        Column("packaging", t("Box"), lambda r: r.packaging or "—"),
        Column("carrier", t("Carrier"), lambda r: r.carrier or "—"),
        Column("scheme", t("Price scheme"), lambda r: r.scheme.code if r.scheme else "—"),
        Column(
            "valid",
            t("Valid"),
            lambda r: whole_days(r.valid_from, r.valid_to),
            sort=SurchargeRule.valid_from,
            value=lambda r: days(r.valid_from, r.valid_to),
        ),
        Column("state", t("State"), _active, value=_active_word),
    ),
    row_id=SurchargeRule.id,
    sort="charge",
    url=lambda r: (
        url_for("desk_catalogue.edit_surcharge", rule_id=r.id)
        if g.viewer.may(Permission.SERVICE_ITEM_EDIT)
        else None
    ),
    filters=(
        Filter(
            "category",
            t("Category"),
            lambda: [ANY, *CATEGORIES.items()],
            lambda s, v: s.where(SurchargeRule.category == v),
        ),
        _state_filter(SurchargeRule),
    ),
    search=having_words,
    search_hint=t("Name, pinyin, code"),
    row_classes=_muted,
    empty=Empty(
        t("No surcharges yet"),
        t(
            "A rule attaches its charge to every quotation that it fits: fuel, terminal handling, papers."
        ),
        t("New surcharge"),
        "desk_catalogue.new_surcharge",
        Permission.SERVICE_ITEM_EDIT,
    ),
)

BUNDLES = ListSpec(
    key="bundles",
    columns=(
        Column("code", t("Bundle code"), lambda r: r.code, sort=Bundle.code),
        Column("name", t("Bundle"), name_of, sort=Bundle.name_zh),
        Column("lines", t("Service items"), lambda r: len(r.lines), align="num"),
        Column("state", t("State"), _active, value=_active_word),
    ),
    row_id=Bundle.id,
    sort="code",
    url=lambda r: url_for("desk_catalogue.bundle", bundle_id=r.id),
    filters=(_state_filter(Bundle),),
    search=lambda s, words: having_words(s, words, Bundle),
    search_hint=t("Name, pinyin, code"),
    row_classes=_muted,
    empty=Empty(
        t("No bundles yet"),
        t("What is always sold together becomes one step in a quotation."),
        t("New bundle"),
        "desk_catalogue.new_bundle",
        Permission.BUNDLE_EDIT,
    ),
)

EXCHANGE = ListSpec(
    key="exchange_rates",
    columns=(
        Column(
            "on", t("Day"), lambda r: r.on.isoformat(), sort=ExchangeRate.on, value=lambda r: r.on
        ),
        Column("currency", t("Currency"), lambda r: r.currency, sort=ExchangeRate.currency),
        Column("base", t("Against"), lambda r: r.base),
        Column(
            "rate",
            t("One unit is worth"),
            lambda r: plain_number(r.rate),
            align="num",
            value=lambda r: r.rate,
        ),
        Column("source", t("Source"), lambda r: r.source),
    ),
    row_id=ExchangeRate.id,
    sort="-on",
    url=lambda r: None,
    filters=(
        Filter(
            "currency",
            t("Currency"),
            lambda: [ANY, *((code, code) for code in ("USD", "EUR", "HKD", "JPY", "GBP"))],
            lambda s, v: s.where(ExchangeRate.currency == v),
        ),
    ),
    empty=Empty(
        t("No rates of exchange yet"),
        t("Without a rate nothing is converted: a missing rate is never taken as 1."),
        t("Record a rate"),
        "desk_catalogue.new_exchange",
        Permission.RATE_EDIT,
    ),
)

TAXES = ListSpec(
    key="tax_rates",
    columns=(
        Column("class", t("Tax class"), lambda r: r.tax_class, sort=TaxRate.tax_class),
        Column("name", t("Tax"), name_of),
        Column("kind", t("Kind"), lambda r: words_of(TAX_KINDS, r.kind)),
        Column("percent", t("Per cent"), lambda r: plain_number(r.percent), align="num"),
        Column("label", t("Printed"), lambda r: f"{r.label_zh} / {r.label_en}"),
        Column(
            "from",
            t("Valid from"),
            lambda r: r.valid_from.isoformat(),
            sort=TaxRate.valid_from,
            value=lambda r: r.valid_from,
        ),
    ),
    row_id=TaxRate.id,
    sort="class",
    url=lambda r: None,
    empty=Empty(
        t("No tax rates of our own yet"),
        t("The shipped rates count; record one here to change a rate or a label from a day on."),
        t("Record a tax rate"),
        "desk_catalogue.new_tax",
        Permission.RATE_EDIT,
    ),
)

PLACES = ListSpec(
    key="places",
    columns=(
        Column("code", t("Place code"), lambda r: r.code, sort=FirmPlace.code),
        Column("name", t("Place"), name_of, sort=FirmPlace.name_zh),
        Column("kind", t("Kind"), lambda r: words_of(PLACE_KINDS, r.kind)),
        Column("parent", t("Lies in"), lambda r: place_names()(r.parent)),
        Column("aliases", t("Also called"), lambda r: ", ".join(r.aliases or ()) or "—"),
    ),
    row_id=FirmPlace.id,
    sort="code",
    url=lambda r: None,
    empty=Empty(
        t("No places of our own yet"),
        t(
            "Ports, airports, cities and provinces are known; add a warehouse, a park, a small port."
        ),
        t("Add a place"),
        "desk_catalogue.new_place",
        Permission.SERVICE_ITEM_EDIT,
    ),
)
