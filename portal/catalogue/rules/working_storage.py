"""The steps of a storage charge as sentences (DOMAIN P19, W2-W9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.catalogue.rules.storage import DayCount, Per
from portal.catalogue.rules.storagewords import DAY_COUNTS, unit_time
from portal.catalogue.rules.working_figures import show_rate, show_short
from portal.kernel.text import Text, t
from portal.kernel.units import unit_word

_Values = Mapping[str, Any]


def _stock(v: _Values) -> dict[str, Any]:
    """The quantity of a step and its unit: a measure, or a measure for a time."""
    per = v.get("per")
    unit = unit_word(v["unit"]) if per is None else unit_time(v["unit"], Per(per))
    return {"quantity": show_short(v["quantity"]), "unit": unit}


def _days(v: _Values) -> Text:
    counted = DAY_COUNTS[DayCount(v["count"])]
    return t(
        "%(quantity)s %(unit)s in %(days)s days: %(counted)s",
        days=v["days"],
        counted=counted,
        **_stock(v),
    )


def _tier(v: _Values) -> Text:
    if v["last_day"] is None:
        return t(
            "From day %(first)s in store on: %(quantity)s %(unit)s",
            first=v["first_day"],
            **_stock(v),
        )
    return t(
        "Day %(first)s to %(last)s in store: %(quantity)s %(unit)s",
        first=v["first_day"],
        last=v["last_day"],
        **_stock(v),
    )


def _free(v: _Values) -> Text:
    return t(
        "The first %(days)s days are free: %(quantity)s %(unit)s are not charged",
        days=v["days"],
        **_stock(v),
    )


def _peak(v: _Values) -> Text:
    return t("Highest on %(day)s: %(quantity)s %(unit)s", day=v["day"], **_stock(v))


def _average(v: _Values) -> Text:
    return t(
        "Mean of %(days)s days: %(total)s ÷ %(days)s = %(quantity)s %(unit)s",
        days=v["days"],
        total=show_short(v["total"]),
        **_stock(v),
    )


def _on_day(v: _Values) -> Text:
    return t("Stock on %(day)s: %(quantity)s %(unit)s", day=v["day"], **_stock(v))


def _area(v: _Values) -> Text:
    return t("Rented: %(quantity)s %(unit)s", **_stock(v))


def _begun(v: _Values) -> Text:
    return t(
        _BEGUN[Per(v["per"])].msgid,
        count=v["count"],
        **_stock(v),
    )


_BEGUN = {
    Per.WEEK: t("%(count)s weeks of lots begun in the period: %(quantity)s %(unit)s"),
    Per.MONTH: t("%(count)s months of lots begun in the period: %(quantity)s %(unit)s"),
}


def _minimum_days(v: _Values) -> Text:
    return t(
        "With at least %(least)s a day: %(quantity)s %(unit)s",
        least=show_short(v["least"]),
        **_stock(v),
    )


def _share(v: _Values) -> Text:
    return t("%(days)s of the %(of)s days of the month", days=v["days"], of=v["of"])


def _product(v: _Values) -> Text:
    figures = {"rate": show_rate(v["rate"]), "amount": show_rate(v["amount"]), **_stock(v)}
    times, of = int(v["times"]), int(v["of"])
    if of == times:
        return t("%(quantity)s %(unit)s × %(rate)s = %(amount)s", **figures)
    if times == 1:
        return t("%(quantity)s %(unit)s × %(rate)s ÷ %(of)s = %(amount)s", of=of, **figures)
    return t(
        "%(quantity)s %(unit)s × %(rate)s × %(times)s ÷ %(of)s = %(amount)s",
        times=times,
        of=of,
        **figures,
    )


STORAGE_SENTENCES: dict[str, Callable[[_Values], Text]] = {
    "storage_days": _days,
    "storage_tier": _tier,
    "storage_free": _free,
    "storage_peak": _peak,
    "storage_average": _average,
    "storage_on_day": _on_day,
    "storage_area": _area,
    "storage_begun": _begun,
    "storage_minimum_days": _minimum_days,
    "storage_share": _share,
    "storage_product": _product,
}
