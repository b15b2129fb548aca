"""Notices and recommended services on the customers' first page: few columns, asked with the rest of the page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import exists, func, select

from portal.access.viewer import Viewer
from portal.campaigns.models import Notice, NoticeReading, Offer
from portal.campaigns.queries.bought import Bundles, is_bought
from portal.campaigns.queries.shown import MOST, on_day
from portal.campaigns.rules.shown import is_for
from portal.catalogue.models import Bundle, BundleLine, ServiceItem
from portal.customers.models import Customer
from portal.db.together import Question, Rows


class Theirs(NamedTuple):
    """What decides for which customers something is meant."""

    segment: str
    industry: str


class HomeNotice(NamedTuple):
    """A notice as a row of a list."""

    id: int
    title_zh: str
    title_en: str
    from_on: date
    pinned: bool
    tiers: list[str]
    is_read: bool


class HomeOffer(NamedTuple):
    """A recommended service as a row of a list; `name_*` of the item or the bundle."""

    id: int
    title_zh: str
    title_en: str
    name_zh: str
    name_en: str
    tiers: list[str]
    industries: list[str]
    only_new: bool
    item_id: int | None
    bundle_id: int | None


def own_facts(customer_id: int) -> Question[Theirs | None]:
    """Tier and industry of the customer for whom a user acts."""
    wanted: Any = select(Customer.segment, func.coalesce(Customer.industry, ""))
    wanted = wanted.where(Customer.id == customer_id)
    return Question(wanted, lambda rows: Theirs(*rows[0]) if rows else None)


def notices(viewer: Viewer, today: date) -> Question[list[HomeNotice]]:
    """The notices of a day, whomever they are for: the pinned first, then the latest."""
    n = Notice
    read = exists().where(NoticeReading.notice_id == n.id, NoticeReading.user_id == viewer.user_id)
    columns: Any = (n.id, n.title_zh, n.title_en, n.from_on, n.pinned, n.tiers, read)
    wanted = on_day(select(*columns), n, today).order_by(
        n.pinned.desc(), n.from_on.desc(), n.id.desc()
    )
    return Question(wanted.limit(MOST), lambda rows: [HomeNotice(*row) for row in rows])


def offers(today: date) -> Question[list[HomeOffer]]:
    """The recommended services of a day, whomever they are for, the latest first."""
    o = Offer
    names = (
        func.coalesce(getattr(ServiceItem, name), getattr(Bundle, name), "")
        for name in ("name_zh", "name_en")
    )
    columns: Any = (
        o.id, o.title_zh, o.title_en, *names, o.tiers, o.industries, o.only_new, o.item_id, o.bundle_id,
    )  # fmt: skip
    wanted = select(*columns).outerjoin(ServiceItem, ServiceItem.id == o.item_id)
    wanted = wanted.outerjoin(Bundle, Bundle.id == o.bundle_id)
    latest = on_day(wanted, o, today).order_by(o.from_on.desc(), o.id.desc()).limit(MOST)
    return Question(latest, lambda rows: [HomeOffer(*row) for row in rows])


def bundles(today: date) -> Question[Bundles]:
    """What the bundles that are recommended on a day are made of."""
    recommended = on_day(select(Offer.bundle_id), Offer, today).where(Offer.only_new.is_(True))
    columns: Any = (BundleLine.bundle_id, BundleLine.item_id)
    wanted = select(*columns).where(BundleLine.bundle_id.in_(recommended))

    def by_bundle(rows: Rows) -> Bundles:
        found: Bundles = {}
        for bundle_id, item_id in rows:
            found.setdefault(bundle_id, set()).add(item_id)
        return found

    return Question(wanted, by_bundle)


def meant(
    offers: Iterable[HomeOffer], theirs: Theirs, bought: frozenset[int], bundles: Bundles
) -> list[HomeOffer]:
    """The offers for a customer, without those that are for new buyers and that it has bought."""
    return [
        each
        for each in offers
        if is_for(each.tiers, theirs.segment, each.industries, theirs.industry)
        and not (each.only_new and is_bought(each, bought, bundles))
    ]
