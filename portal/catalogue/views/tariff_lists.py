"""The lists around tariffs: tariffs, the prices of one, sheets on their way, saved layouts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import g, url_for
from sqlalchemy import Select

from portal.access.permissions import Permission
from portal.catalogue.labels import (
    CATEGORIES,
    IMPORT_STATES,
    LAYOUTS,
    SCHEME_KINDS,
    TARIFF_STATES,
)
from portal.catalogue.models import MappingProfile, Price, PriceScheme, RateImport, Tariff
from portal.catalogue.queries.tariffs import having_words
from portal.catalogue.rules.termwords import short
from portal.catalogue.views.drawing import ANY, chip, days, lane, whole_days, words_of
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.filters import instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

PRICE, ITEM = 0, 1
ENDING, SOON = "ending", 30


def _by_tariff_state(statement: Select[Any], state: str) -> Select[Any]:
    """Those of one state; `ending`: in force, and not for `SOON` days any more."""
    if state != ENDING:
        return statement.where(Tariff.state == state)
    today = clock.today()
    until = today + timedelta(days=SOON)
    return statement.where(Tariff.state == "active", Tariff.valid_to.between(today, until))


def _search_tariffs(statement: Select[Any], words: str) -> Select[Any]:
    for word in words.split():
        found = (
            Tariff.code.icontains(word, autoescape=True)
            | PriceScheme.name_zh.icontains(word, autoescape=True)
            | PriceScheme.name_en.icontains(word, autoescape=True)
            | Tariff.source_name.icontains(word, autoescape=True)
        )
        statement = statement.where(found)
    return statement


TARIFFS = ListSpec(
    key="tariffs",
    columns=(
        Column("code", t("Tariff"), lambda r: r.code, sort=Tariff.code),
        Column("scheme", t("Price scheme"), lambda r: name_of(r.scheme), sort=PriceScheme.code),
        Column("kind", t("For whom"), lambda r: words_of(SCHEME_KINDS, r.scheme.kind)),
        Column(
            "state",
            t("State"),
            lambda r: chip(TARIFF_STATES.get(r.state), r.state),
            sort=Tariff.state,
            value=lambda r: say(TARIFF_STATES[r.state].text),
        ),
        Column(
            "valid_from",
            t("Valid"),
            lambda r: whole_days(r.valid_from, r.valid_to),
            sort=Tariff.valid_from,
            value=lambda r: days(r.valid_from, r.valid_to),
        ),
        Column(
            "prices",
            t("Prices"),
            lambda r: f"{r.price_count:,}",
            sort=Tariff.price_count,
            align="num",
            value=lambda r: r.price_count,
            total=True,
        ),
        Column("source", t("From the file"), lambda r: r.source_name or "—"),
    ),
    row_id=Tariff.id,
    sort="-valid_from",
    url=lambda r: url_for("desk_tariffs.show", tariff_id=r.id),
    filters=(
        Filter(
            "state",
            t("State"),
            lambda: [
                ANY,
                *((state, label.text) for state, label in TARIFF_STATES.items()),
                (ENDING, t("In force, ends within 30 days")),
            ],
            _by_tariff_state,
        ),
        Filter(
            "kind",
            t("For whom"),
            lambda: [ANY, *((kind, text) for kind, text in SCHEME_KINDS.items() if _seen(kind))],
            lambda s, v: s.where(PriceScheme.kind == v),
        ),
    ),
    search=_search_tariffs,
    search_hint=t("Code, scheme or file"),
    row_classes=lambda r: "row-muted" if r.state in ("superseded", "retired") else "",
    empty=Empty(
        t("No tariffs yet"),
        t("A rate sheet becomes the first one: send it, look at what it says, put it in force."),
        t("Import a rate sheet"),
        "desk_tariffs.new_import",
        Permission.TARIFF_IMPORT,
    ),
)


def _seen(kind: str) -> bool:
    return kind != "cost" or g.viewer.may(Permission.COST_SEE)


def _lane(row: Any) -> str:
    return lane(row[PRICE])


def _chosen_category(statement: Select[Any], category: str) -> Select[Any]:
    return statement.where(Price.category == category)


def _categories() -> Sequence[tuple[str, Any]]:
    return [ANY, *CATEGORIES.items()]


PRICES = ListSpec(
    key="prices",
    columns=(
        Column("item", t("Service item"), lambda r: name_of(r[ITEM])),
        Column("charge", t("Charge"), lambda r: r[PRICE].charge_code),
        Column("lane", t("Lane"), _lane),
        Column("packaging", t("Box"), lambda r: r[PRICE].packaging or "—"),
        Column("carrier", t("Carrier"), lambda r: r[PRICE].carrier or "—"),
        Column("price", t("Price"), lambda r: say(short(r[PRICE].price_terms)), align="end"),
        Column(
            "transit",
            t("Transit days"),
            lambda r: "" if r[PRICE].transit_days is None else r[PRICE].transit_days,
            align="num",
        ),
        Column(
            "row",
            t("Row of the sheet"),
            lambda r: r[PRICE].source_row or "",
            sort=Price.id,
            align="num",
        ),
    ),
    row_id=Price.id,
    sort="row",
    url=lambda r: url_for("desk_tariffs.price", tariff_id=r[PRICE].tariff_id, price_id=r[PRICE].id),
    filters=(Filter("category", t("Category"), _categories, _chosen_category),),
    search=having_words,
    search_hint=t("Place, charge, box, pinyin"),
    empty=Empty(t("No prices"), t("This tariff is empty.")),
)


IMPORTS = ListSpec(
    key="rate_sheets",
    columns=(
        Column("file", t("File"), lambda r: r.file_name, sort=RateImport.file_name),
        Column("scheme", t("Price scheme"), lambda r: name_of(r.scheme)),
        Column(
            "state",
            t("State"),
            lambda r: chip(IMPORT_STATES.get(r.state), r.state),
            sort=RateImport.state,
            value=lambda r: say(IMPORT_STATES[r.state].text),
        ),
        Column(
            "prices",
            t("Prices"),
            lambda r: f"{r.counts.get('prices', 0):,}" if r.counts else "—",
            align="num",
            value=lambda r: r.counts.get("prices", 0),
        ),
        Column(
            "errors",
            t("Errors"),
            lambda r: f"{r.counts.get('errors', 0):,}" if r.counts else "—",
            align="num",
            value=lambda r: r.counts.get("errors", 0),
        ),
        Column(
            "at",
            t("Sent"),
            lambda r: instant(r.created_at),
            sort=RateImport.created_at,
            value=lambda r: r.created_at,
        ),
    ),
    row_id=RateImport.id,
    sort="-at",
    url=lambda r: url_for("desk_tariffs.show_import", import_id=r.id),
    filters=(
        Filter(
            "state",
            t("State"),
            lambda: [ANY, *((state, label.text) for state, label in IMPORT_STATES.items())],
            lambda s, v: s.where(RateImport.state == v),
        ),
    ),
    empty=Empty(
        t("No rate sheets yet"),
        t("Excel and CSV files are read; nothing is saved before you have seen what they say."),
        t("Import a rate sheet"),
        "desk_tariffs.new_import",
        Permission.TARIFF_IMPORT,
    ),
)

PROFILES = ListSpec(
    key="layouts",
    columns=(
        Column("name", t("Layout"), lambda r: r.name, sort=MappingProfile.name),
        Column("layout", t("How prices lie"), lambda r: words_of(LAYOUTS, r.profile["layout"])),
        Column("columns", t("Columns"), lambda r: len(r.profile["columns"]), align="num"),
        Column(
            "updated",
            t("Changed"),
            lambda r: instant(r.updated_at),
            sort=MappingProfile.updated_at,
            value=lambda r: r.updated_at,
        ),
    ),
    row_id=MappingProfile.id,
    sort="name",
    url=lambda r: url_for("desk_tariffs.show_profile", profile_id=r.id),
    empty=Empty(
        t("No layouts yet"),
        t("When a carrier's sheet is sent for the first time, you say once which column is what."),
        t("Import a rate sheet"),
        "desk_tariffs.new_import",
        Permission.TARIFF_IMPORT,
    ),
)
