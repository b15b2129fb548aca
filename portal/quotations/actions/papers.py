"""A version as a paper: assembled, previewed, printed, kept (DOMAIN section 8, DESIGN rule 5)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.access.viewer import Viewer
from portal.catalogue.queries.places import all_places
from portal.catalogue.rules.places import Gazetteer
from portal.db.base import db
from portal.documents import page, render, verification
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper, firm_profile
from portal.documents.rules.codes import new_code
from portal.documents.rules.firm import BankAccount, Firm, Picture
from portal.documents.rules.names import paper_file_name
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.clock import business_day
from portal.quotations.actions import paper_facts
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.charged import Charged, columns, tax_shown
from portal.quotations.rules.charged import TaxShown as Shown
from portal.quotations.rules.grouping import (
    StoredTotals,
    comparison,
    currency_totals,
    grand_total,
    needs_conversion,
    sections,
    tax_totals,
)
from portal.quotations.rules.paper import (
    MOST_OPTIONS,
    QuotationPaper,
    Section,
    TextBlock,
    Verification,
)
from portal.quotations.rules.states import QuotationState

TEMPLATE = "quotation.html"
KIND = "quotation"
LANGUAGES = {
    "zh": PaperLanguage.ZH,
    "en": PaperLanguage.EN,
    "zh_en": PaperLanguage.BOTH,
}
MARKS = {
    QuotationState.DRAFT: Words("草稿", "Draft"),
    QuotationState.PENDING_APPROVAL: Words("草稿", "Draft"),
    QuotationState.APPROVED: Words("草稿", "Draft"),
    QuotationState.SUPERSEDED: Words("已被替代", "Superseded"),
    QuotationState.WITHDRAWN: Words("已撤回", "Withdrawn"),
}
"""What is written across a preview; an issued paper carries no mark."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that was printed before it is kept; good for the very facts it shows."""

    paper: QuotationPaper
    code: str
    printed: render.PrintedPaper


def print_version(
    version: QuotationVersion, actor: Viewer, now: datetime, proof: Proof | None = None
) -> Document:
    """Print an issued version once and for all: the bytes go to the archive, the row says where.

    A `proof` spares the press where nothing has changed since. Raises PressBusy or PressFailed when there is no
    paper; nothing has changed then.
    """
    code = proof.code if proof else new_code()
    paper = final_paper(version, now, code)
    if proof is None or proof.paper != paper:
        proof = proof_of(paper, code)
    printed = proof.printed
    document = Document(
        customer_id=version.customer_id,
        kind=KIND,
        number=f"{version.quotation.number}-v{version.version_no}",
        file_name=file_name_of(version),
        sha256=archive().store(printed),
        size=len(printed),
        pages=printed.pages,
        language=version.language,
        subject_type=version.__tablename__,
        subject_id=version.id,
        verification_code=code,
        valid_until=version.valid_until.isoformat() if version.valid_until else None,
        created_at=now,
        created_by=actor.user_id,
    )
    db.session.add(document)
    db.session.flush()
    return document


def final_paper(version: QuotationVersion, now: datetime, code: str) -> QuotationPaper:
    """The paper of a version that is issued: with its verification code, without a mark across it."""
    return replace(paper_of(version, now, code), mark=NO_WORDS)


def proof_of(paper: QuotationPaper, code: str) -> Proof:
    """Print a final paper without keeping it: only the press works, for half a second."""
    return Proof(paper, code, render.render(TEMPLATE, paper, paper.language))


def preview(version: QuotationVersion, now: datetime, stylesheets: tuple[str, ...] = ()) -> str:
    """The paper as an HTML page for the browser, marked as what it is; pictures come with it."""
    paper = paper_of(version, now)
    pictures = {"logo": paper.firm.logo, "seal": paper.firm.seal}
    return page.draw(
        TEMPLATE,
        paper,
        paper.language,
        address=lambda name: _inline(pictures[name]),
        stylesheets=stylesheets,
    )


def file_name_of(version: QuotationVersion) -> str:
    """海港食品_报价单_QT-2026-000128-v2.pdf (DOMAIN 18)."""
    customer, number = version.quotation.customer, version.quotation.number
    english = version.language == "en"
    name = customer.name_en if english and customer.name_en else customer.label
    return paper_file_name(
        name, "Quotation" if english else "报价单", f"{number}-v{version.version_no}"
    )


def paper_of(
    version: QuotationVersion,
    now: datetime,
    code: str = "",
    language: PaperLanguage | None = None,
    known: Gazetteer | None = None,
) -> QuotationPaper:
    """Everything that a version's paper shows; `code` is the verification code, none on a draft.

    `language`: a reader's, else the version's own; `known`: every place, where they are at hand.
    Sealed only when issued, that is when whatever approval it needed was given (DOMAIN Q4).
    """
    quotation = version.quotation
    language = language or LANGUAGES.get(version.language, PaperLanguage.BOTH)
    known, profile = known or all_places(), firm_profile()
    charges = paper_facts.charges_of(version, language, known)
    stored = paper_facts.totals_of(version)
    firm, on = firm_on_paper(), business_day(version.issued_at or now)
    paper = QuotationPaper(
        number=quotation.number,
        revision=f"v{version.version_no}",
        issued_on=on,
        valid_until=version.valid_until or on,
        currencies=_currencies(charges),
        firm=replace(firm, accounts=_accounts(firm, charges, version.total_currency)),
        customer=paper_facts.customer_party(quotation),
        sender=paper_facts.sender_party(quotation.owner),
        created_at=version.issued_at or now,
        lanes=paper_facts.lanes_of(version, known, alternatives=len(stored)),
        facts=paper_facts.facts_of(version, charges),
        terms=tuple(Words(each["zh"], each["en"]) for each in version.terms or ()),
        text_blocks=_blocks(version),
        hides_zero_lines=version.hides_zero_lines,
        is_sealed=version.issued_at is not None,
        verification=Verification(code, verification.address_of(code)) if code else None,
        mark=MARKS.get(QuotationState(version.state), NO_WORDS),
        language=language,
    )
    return with_charges(paper, version, charges, stored, profile.currency or "CNY")


def with_charges(
    paper: QuotationPaper,
    version: QuotationVersion,
    charges: Sequence[Charged],
    stored: Sequence[StoredTotals],
    functional: str,
) -> QuotationPaper:
    """The charges and what they come to: one sum, or alternatives each with its own.

    `functional` is the firm's own currency, the only one whose total is written in capitals (F8).
    """
    currency, converts = version.total_currency, version.shows_converted_total
    titles = paper_facts.option_titles(stored, charges)
    beside = comparison(
        charges,
        stored,
        titles,
        currency,
        converts=converts,
        bilingual=paper.language is PaperLanguage.BOTH,
    )
    if beside is not None:
        collect = [each for each in charges if each.is_collect]
        groups = sections(collect, version.category, Shown.INCLUDED)
        return replace(paper, comparison=beside, sections=groups)
    shown = tax_shown(charges)
    paper = replace(paper, columns=columns(shown), prices_include_tax=shown is not Shown.APART)
    if len(stored) > MOST_OPTIONS:
        return replace(paper, sections=_one_below_the_other(version, charges, stored, shown))
    (only,) = stored or (StoredTotals("", {}),)
    taxes = tax_totals(charges)
    converts = converts and needs_conversion(only, currency)
    return replace(
        paper,
        sections=sections(charges, version.category, shown),
        tax_totals=taxes,
        totals=currency_totals(taxes, only, converts),
        grand_total=grand_total(only, currency, functional, converts=converts),
    )


def _one_below_the_other(
    version: QuotationVersion,
    charges: Sequence[Charged],
    stored: Sequence[StoredTotals],
    shown: Shown,
) -> tuple[Section, ...]:
    """More options than stand side by side: each with its charges and subtotals; no sum of all."""
    titles = paper_facts.option_titles(stored, charges)
    found: list[Section] = []
    for option in (*(each.option for each in stored), ""):
        own = [each for each in charges if each.option == option]
        title = titles.get(option)
        for group in sections(own, version.category, shown):
            name = group.title
            if title is not None:
                name = Words(f"{title.zh} · {name.zh}", f"{title.en} · {name.en}")
            found.append(replace(group, title=name))
    return tuple(found)


def _currencies(charges: Sequence[Charged]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.currency for each in charges if not each.is_collect))


def _accounts(firm: Firm, charges: Sequence[Charged], currency: str) -> tuple[BankAccount, ...]:
    """The accounts in this paper's currencies; all of them where none fits."""
    wanted = {currency, *_currencies(charges)}
    return tuple(each for each in firm.accounts if each.currency in wanted) or firm.accounts


def _blocks(version: QuotationVersion) -> tuple[TextBlock, ...]:
    if not version.note.strip():
        return ()
    return (TextBlock(Words("说明", "Note"), same(version.note.strip())),)


def _inline(picture: Picture | None) -> str:
    if picture is None:
        return ""
    return f"data:{picture.kind.value};base64,{b64encode(picture.content).decode()}"
