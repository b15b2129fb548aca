"""What a customer and a guest with a link see of a version: one page, the same for both doors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import g, url_for

from portal.access.permissions import Permission as P
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.documents import filters
from portal.documents.labels import LABELS
from portal.documents.rules.words import PaperLanguage, Words
from portal.kernel import clock
from portal.kernel.money import format_money
from portal.kernel.text import t
from portal.quotations import addressed, queries
from portal.quotations.actions import paper_facts, papers
from portal.quotations.actions.answering import options_of
from portal.quotations.labels import label_for_customer, state_of
from portal.quotations.models import Quotation, QuotationVersion
from portal.quotations.rules.charged import Charged
from portal.quotations.rules.difference import Change, ComparedLine, difference
from portal.quotations.rules.paper import Option, QuotationPaper
from portal.quotations.rules.states import QuotationState as S
from portal.web.labels import Label
from portal.web.words import locale_code

CHANGE_MARKS = {
    Change.NEW: ("plus-lg", "info", t("new")),
    Change.GONE: ("x-lg", "done", t("gone")),
    Change.UP: ("arrow-up", "bad", t("dearer")),
    Change.DOWN: ("arrow-down", "good", t("cheaper")),
    Change.CHANGED: ("arrow-left-right", "neutral", t("changed")),
}


@dataclass(frozen=True, slots=True)
class Way:
    """The addresses of one quotation behind one door: `my_quotations` by id, `quotations` by token."""

    door: str
    values: tuple[tuple[str, Any], ...]

    def to(self, step: str, number: int | None = None) -> str:
        """The address of a step with a version, or of the quotation itself."""
        wanted = dict(self.values) if number is None else {**dict(self.values), "number": number}
        return url_for(f"{self.door}.{step}", **wanted)


@dataclass(frozen=True, slots=True)
class Moved:
    """One charge that differs from the version before."""

    name: Words
    before: ComparedLine | None
    after: ComparedLine | None
    icon: str
    tone: str
    word: Any
    percent: Decimal | None


def context(quotation: Quotation, version: QuotationVersion, way: Way) -> dict[str, Any]:
    """Everything that the page shows; nothing of what the firm keeps to itself."""
    state = state_of(version, today())
    history = queries.versions(quotation, g.viewer)
    opened, may = state is S.ISSUED, g.viewer.may(P.QUOTATION_ACCEPT)
    return {
        **short_context(quotation, version, way),
        "state": state,
        "states": S,
        "label": customer_label(version),
        "is_current": version.version_no == quotation.issued_no,
        "may_answer": opened and may,
        "accepters": _accepters(quotation) if opened and not may else None,
        "document": addressed.paper(version, g.viewer),
        "others": [each for each in history if each.version_no != version.version_no],
        "label_of": customer_label,
        "changes": changes(version, history),
        "questions": addressed.questions(quotation, g.viewer),
        "chosen": _chosen(version),
    }


def _chosen(version: QuotationVersion) -> int | None:
    """The place of the accepted alternative among those of the paper."""
    names = options_of(version)
    return names.index(version.accepted_option) if version.accepted_option in names else None


def short_context(quotation: Quotation, version: QuotationVersion, way: Way) -> dict[str, Any]:
    """What the pages of the answers say: exactly which paper is meant."""
    return {
        **_read(version),
        "quotation": quotation,
        "version": version,
        "way": way,
        "layout": layout(),
        "days_left": days_left(version),
    }


def layout() -> str:
    """Customers have their menu; a guest with a link sees one plain sheet."""
    return "layouts/my.html" if g.viewer.kind == "customer" else "layouts/plain.html"


def option_choices(
    paper: QuotationPaper, version: QuotationVersion, read: Callable[[Words], str]
) -> list[tuple[str, str]]:
    """(option, its name and total) of each alternative; none where there is nothing to choose."""
    names = options_of(version)
    shown = paper.comparison.options if paper.comparison else ()
    told = {name: _told(option, read) for name, option in zip(names, shown, strict=False)}
    return [(name, told.get(name, name)) for name in names]


def _told(option: Option, read: Callable[[Words], str]) -> str:
    sums = [option.converted] if option.converted else option.totals
    return f"{read(option.title)} · {' + '.join(format_money(s.amount, s.currency) for s in sums)}"


def today() -> date:
    """The business day."""
    return clock.today()


def days_left(version: QuotationVersion) -> int | None:
    """Days until the last valid one; 0 on that day, negative afterwards."""
    return (version.valid_until - today()).days if version.valid_until else None


def customer_label(row: Any) -> Label:
    """The chip of a version as its customer reads it."""
    return label_for_customer(row, today())


def known_places() -> Gazetteer:
    """Every place that this firm knows, read once a request."""
    if "known_places" not in g:
        g.known_places = all_places()
    return g.known_places


def language_here() -> PaperLanguage:
    """The paper's language for this reader: never both on a page."""
    return PaperLanguage.EN if locale_code() == "en" else PaperLanguage.ZH


def reading() -> Callable[[Words], str]:
    """Words in the reader's language."""
    first = 1 if locale_code() == "en" else 0
    return lambda words: (words.zh, words.en)[first] or words.zh or words.en


def changes(version: QuotationVersion, history: Sequence[QuotationVersion]) -> list[Moved]:
    """What moved since the version that was issued before this one; nothing for the first."""
    earlier = [each for each in history if each.version_no < version.version_no]
    if not earlier:
        return []
    before = queries.version(version.quotation, earlier[0].version_no, g.viewer)
    found = difference(_compared(before), _compared(version))
    return [_moved(each) for each in found if each.change is not Change.SAME]


def _read(version: QuotationVersion) -> dict[str, Any]:
    language, known = language_here(), known_places()
    paper = papers.paper_of(version, clock.now(), language=language, known=known)
    return {
        "paper": paper,
        "w": reading(),
        "fact_labels": LABELS,
        "rate": filters.rate,
        "exchange_rate": filters.exchange_rate,
    }


def _accepters(quotation: Quotation) -> list[str]:
    return addressed.who_may_accept(quotation, g.viewer) if g.viewer.user_id else []


def _compared(version: QuotationVersion | None) -> list[ComparedLine]:
    if version is None:
        return []
    charges = paper_facts.charges_of(version, language_here(), known_places())
    return [_line(each) for each in charges if not each.does_not_apply]


def _line(charge: Charged) -> ComparedLine:
    return ComparedLine(
        key=(*charge.key, charge.option),
        name_zh=charge.name.zh,
        name_en=charge.name.en,
        currency=charge.currency,
        rate=charge.rate,
        quantity=charge.quantity,
        amount=None if charge.amount is None else charge.gross,
    )


def _moved(change: Any) -> Moved:
    line = change.after or change.before
    icon, tone, word = CHANGE_MARKS[change.change]
    name = Words(line.name_zh, line.name_en)
    return Moved(name, change.before, change.after, icon, tone, word, change.percent)
