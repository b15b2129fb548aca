"""What the address of a comparison asks for: which report, which months, what they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask import request, url_for

from portal.insights.queries.comparison import Region
from portal.insights.rules.comparison import Against, compared_with
from portal.kernel import clock
from portal.kernel.text import Text, t
from portal.receivables.rules.report_months import Months, asked_months

SPANS = (1, 3, 12)


class Report(StrEnum):
    """The comparisons there are."""

    BUSINESS = "business"
    GROWTH = "growth"
    CHURN = "churn"
    REGION = "region"
    REQUESTS = "requests"
    SATISFACTION = "satisfaction"
    LOAD = "load"


REPORT_WORDS: Mapping[Report, Text] = {
    Report.BUSINESS: t("Business"),
    Report.GROWTH: t("Growth"),
    Report.CHURN: t("Churn"),
    Report.REGION: t("Regions and markets"),
    Report.REQUESTS: t("Requests by kind"),
    Report.SATISFACTION: t("Satisfaction"),
    Report.LOAD: t("Staff load"),
}
AGAINST_WORDS: Mapping[Against, Text] = {
    Against.BEFORE: t("The months before"),
    Against.YEAR: t("The year before"),
}
SPAN_WORDS: Mapping[int, Text] = {
    1: t("One month"),
    3: t("Three months"),
    12: t("Twelve months"),
}
REGION_WORDS: Mapping[Region, Text] = {
    Region.AREA: t("Area"),
    Region.MARKET: t("Market"),
    Region.REACH: t("Reach"),
    Region.NATURE: t("Nature"),
    Region.SOURCE: t("Source"),
    Region.TIER: t("Tier"),
    Region.INDUSTRY: t("Industry"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One comparison."""

    report: Report
    month: date
    span: int = 1
    against: Against = Against.BEFORE
    region: Region = Region.AREA

    @property
    def months(self) -> Months:
        """The months that it is about."""
        return Months(self.month, self.month).back(self.span)

    @property
    def before(self) -> Months:
        """Those that they are compared with."""
        return compared_with(self.months, self.against)

    def url(self, **changed: Any) -> str:
        """The page with some of it changed."""
        parts = {
            "report": self.report.value,
            "month": f"{self.month:%Y-%m}",
            "span": self.span if self.span != 1 else None,
            "against": self.against.value if self.against is not Against.BEFORE else None,
            "region": self.region.value if self.report is Report.REGION else None,
        }
        return url_for("desk_comparisons.index", **{**parts, **changed})


def asked() -> Question:
    """The question of this request; what it does not say, or says wrongly, is the usual."""
    given = request.args
    month, span = given.get("month", ""), given.get("span", "")
    return Question(
        Report(given["report"]) if given.get("report") in tuple(Report) else Report.BUSINESS,
        asked_months(month, month, clock.today()).first,
        int(span) if span in map(str, SPANS) else 1,
        Against(given["against"]) if given.get("against") in tuple(Against) else Against.BEFORE,
        Region(given["region"]) if given.get("region") in tuple(Region) else Region.AREA,
    )


def words(months: Months) -> str:
    """Months in words."""
    first, last = f"{months.first:%Y-%m}", f"{months.last:%Y-%m}"
    return first if first == last else f"{first} – {last}"


def rows_url(what: str, months: Months, **key: Any) -> str:
    """The rows behind a figure: `what` is customers or requests."""
    span: dict[str, Any] = {"from": f"{months.first:%Y-%m}", "to": f"{months.last:%Y-%m}"}
    return url_for("desk_comparisons.rows", what=what, **span, **key)
