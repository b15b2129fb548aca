"""What the address of a report asks for: months, how lines are put into them, by what, in which currency."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from portal.access.permissions import Permission as P
from portal.kernel import clock
from portal.kernel.errors import Forbidden
from portal.kernel.text import Text, t
from portal.receivables.queries.report_lines import Basis, By
from portal.receivables.rules.report_months import Months, asked_months, moved
from portal.receivables.views.list_parts import KNOWN

MONTHS_BACK = 36
BY_WORDS: dict[By, Text] = {
    By.SERVICE: t("Service"),
    By.CATEGORY: t("Category"),
    By.LANE: t("Lane"),
    By.CUSTOMER: t("Customer"),
    By.GROUP: t("Group"),
    By.PAYER: t("Payer"),
    By.OWNER: t("Sales owner"),
}
BASIS_WORDS: dict[Basis, Text] = {
    Basis.STATEMENT: t("Month of the statement"),
    Basis.SERVICE: t("Month of the service"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """One question, and the page that answers it."""

    endpoint: str
    months: Months
    basis: Basis = Basis.STATEMENT
    by: By = By.SERVICE
    currency: str = ""

    def asked(self) -> dict[str, Any]:
        """It as parts of an address."""
        return {
            "from": f"{self.months.first:%Y-%m}",
            "to": f"{self.months.last:%Y-%m}",
            "basis": self.basis.value if self.basis is not Basis.STATEMENT else None,
            "by": self.by.value if self.by is not By.SERVICE else None,
            "currency": self.currency or None,
        }

    def lines_url(self, currency: str, key: str = "", months: Months | None = None) -> str:
        """The lines behind a figure."""
        narrowed = replace(self, months=months or self.months, currency=currency)
        parts = {**narrowed.asked(), "key": key or None}
        return url_for("desk_reports.lines", **{**parts, "by": self.by.value if key else None})

    @property
    def words(self) -> str:
        """The months in words."""
        first, last = f"{self.months.first:%Y-%m}", f"{self.months.last:%Y-%m}"
        return first if first == last else f"{first} – {last}"


def asked() -> Question:
    """The question of this request; what it does not say, or says wrongly, is the usual."""
    given = request.args
    code = given.get("currency", "")
    return Question(
        endpoint=request.endpoint or "",
        months=asked_months(given.get("from", ""), given.get("to", ""), clock.today()),
        basis=Basis.SERVICE if given.get("basis") == Basis.SERVICE else Basis.STATEMENT,
        by=By(given["by"]) if given.get("by") in tuple(By) else By.SERVICE,
        currency=code if code in KNOWN else "",
    )


def wanted_file() -> tuple[str, str] | None:
    """(table, kind) of the file that is asked for; None for the page."""
    kind = request.args.get("export", "")
    return (request.args.get("table", ""), kind) if kind in ("xlsx", "csv") else None


def month_choices(months: Months) -> list[str]:
    """The months to choose from, the newest first; those that were asked for are among them."""
    this = clock.today().replace(day=1)
    known: set[date] = {moved(this, -number) for number in range(MONTHS_BACK)}
    return sorted((f"{each:%Y-%m}" for each in {*known, months.first, months.last}), reverse=True)


def context(question: Question, here: str) -> dict[str, Any]:
    """What every page of a report needs: the question, what there is to choose from, the tabs."""
    return {
        "asked": question,
        "month_choices": month_choices(question.months),
        "by_words": BY_WORDS,
        "basis_words": BASIS_WORDS,
        "currencies": ("", *KNOWN),
        "tabs": tabs(here),
    }


def tabs(here: str) -> list[tuple[str, str, bool, None]]:
    """The reports that this viewer may see."""
    found = [
        ("index", _("Overview"), None),
        ("revenue", _("Revenue"), None),
        ("unbilled", _("Not billed yet"), None),
        ("disputes", _("Disputes"), None),
        ("payment", _("Payment"), None),
        ("commission", _("Commission"), P.COST_SEE),
    ]
    drawn = [
        (words, url_for(f"desk_reports.{name}"), name == here, None)
        for name, words, right in found
        if right is None or g.viewer.may(right)
    ]
    if g.viewer.may(P.AGEING_SEE):
        drawn.append((_("Ageing"), url_for("desk_receivables.index"), False, None))
    return drawn


def check_costs() -> None:
    """Forbidden for somebody who may not see costs (DOMAIN M5)."""
    if not g.viewer.may(P.COST_SEE):
        raise Forbidden()
