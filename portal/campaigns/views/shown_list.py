"""The desk's lists of notices and of recommended services."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from portal.campaigns.labels import SHOWN, shown_label
from portal.campaigns.models import Interest, Notice, Offer
from portal.campaigns.queries.shown import readers
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.text import t
from portal.web.chips import chip
from portal.web.icons import icon
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

ANY = ("", t("Any"))


def tiers_in_words(tiers: list[str]) -> str:
    """The tiers that it is meant for."""
    return say(t("All customers")) if not tiers else " · ".join(say(SEGMENTS[x]) for x in tiers)


def label_of(row: Any) -> Any:
    """How a notice or an offer stands today."""
    return shown_label(row.state, row.from_on, row.until_on, clock.today())


def notices() -> Select[Any]:
    """Every notice with how many read it: rows of (Notice, count)."""
    return select(Notice, readers().label("readers"))


def offers() -> Select[Any]:
    """Every offer with how many customers were interested: rows of (Offer, count)."""
    count = select(func.count()).where(Interest.offer_id == Offer.id).correlate(Offer)
    statement = select(Offer, count.scalar_subquery().label("interested"))
    return statement.options(joinedload(Offer.item), joinedload(Offer.bundle))


def _searching(model: Any) -> Any:
    def searched(statement: Select[Any], words: str) -> Select[Any]:
        for word in words[:80].split():
            titles = (model.title_zh, model.title_en)
            statement = statement.where(or_(*(c.icontains(word, autoescape=True) for c in titles)))
        return statement

    return searched


def _states(model: Any) -> Filter:
    return Filter(
        "state", t("State"), lambda: [ANY, *((k, label.text) for k, label in SHOWN.items())],
        lambda s, value: s.where(model.state == value) if value in SHOWN else s,
    )  # fmt: skip


def _days(row: Any) -> str:
    return f"{row.from_on} – {row.until_on or ''}".rstrip()


def _title(row: Any) -> Any:
    mark = icon("pin-angle", say(t("At the top"))) + " " if getattr(row, "pinned", False) else ""
    return mark + name_of(row)


NOTICE_LIST = ListSpec(
    key="notices",
    columns=(
        Column("title", t("Notice to customers"), lambda r: _title(r[0]), value=lambda r: name_of(r[0])),
        Column("state", t("State"), lambda r: chip(label_of(r[0])), sort=Notice.state,
               value=lambda r: say(label_of(r[0]).text)),
        Column("days", t("Shown"), lambda r: _days(r[0])),
        Column("tiers", t("For whom"), lambda r: tiers_in_words(r[0].tiers)),
        Column("readers", t("Read by"), lambda r: r[1], align="num", value=lambda r: r[1]),
        Column("from", t("Shown from"), lambda r: str(r[0].from_on), sort=Notice.from_on, value=lambda r: r[0].from_on,
               only_in_files=True),
    ),
    row_id=Notice.id,
    sort="-from",
    url=lambda r: url_for("desk_notices.show", notice_id=r[0].id),
    filters=(_states(Notice),),
    search=_searching(Notice),
    empty=Empty(
        t("No notices yet"), t("What you publish here stands on the first page of the customers that it is meant for."),
        t("New notice"), "desk_notices.new",
    ),
)  # fmt: skip

OFFER_LIST = ListSpec(
    key="offers",
    columns=(
        Column("title", t("Recommended service"), lambda r: name_of(r[0])),
        Column("thing", t("Service item or bundle"), lambda r: name_of(r[0].item or r[0].bundle)),
        Column("state", t("State"), lambda r: chip(label_of(r[0])), sort=Offer.state,
               value=lambda r: say(label_of(r[0]).text)),
        Column("days", t("Shown"), lambda r: _days(r[0])),
        Column("tiers", t("For whom"), lambda r: tiers_in_words(r[0].tiers)),
        Column("interested", t("Interested"), lambda r: r[1], align="num", value=lambda r: r[1]),
        Column("from", t("Shown from"), lambda r: str(r[0].from_on), sort=Offer.from_on, value=lambda r: r[0].from_on,
               only_in_files=True),
    ),
    row_id=Offer.id,
    sort="-from",
    url=lambda r: url_for("desk_offers.show", offer_id=r[0].id),
    filters=(_states(Offer),),
    search=_searching(Offer),
    empty=Empty(
        t("Nothing recommended yet"),
        t("Recommend a service: customers who have not bought it see it under “For you” and press one button."),
        t("New recommendation"), "desk_offers.new",
    ),
)  # fmt: skip
