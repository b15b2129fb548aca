"""A contract or an amendment as a paper: assembled, previewed, printed for signature, kept (DOMAIN section 18)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from portal.access.viewer import Viewer
from portal.catalogue.queries.rates import TaxInForce, tax_of
from portal.catalogue.rules.storage import StoragePolicy
from portal.catalogue.rules.storagewords import words as storage_words
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.catalogue.rules.termwords import describe
from portal.contracts.actions.values import terms_facts
from portal.contracts.models import Amendment, Contract, ContractLine, ContractTerms
from portal.contracts.rules.difference import Row
from portal.contracts.rules.paper import (
    Change,
    ContractPaper,
    PriceLine,
    SigningParty,
    Verification,
)
from portal.contracts.rules.paper_words import ALLOWANCES, BEYOND, PREAMBLE, amending, articles
from portal.contracts.rules.states import AmendmentState, ContractState
from portal.customers.models import Customer
from portal.db.base import db
from portal.documents import page, render, verification
from portal.documents.archive import archive
from portal.documents.models import Document
from portal.documents.queries import firm_on_paper
from portal.documents.rules.codes import new_code
from portal.documents.rules.firm import BankAccount, Firm, Picture
from portal.documents.rules.names import paper_file_name
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.clock import business_day
from portal.kernel.text import Text, t
from portal.kernel.units import UNITS
from portal.quotations.rules.wording import basis_words

TEMPLATE = "contract.html"
LANGUAGES = {"zh": PaperLanguage.ZH, "en": PaperLanguage.EN, "zh_en": PaperLanguage.BOTH}
DRAFT = Words("草稿", "Draft")
UNAPPROVED = frozenset(
    {ContractState.DRAFT, ContractState.PENDING_APPROVAL, ContractState.VOID}
    | {AmendmentState.DRAFT, AmendmentState.PENDING_APPROVAL, AmendmentState.VOID}
)
"""States in which a paper is a draft; from the approval on it carries the firm's seal."""
_SAID_BY_RATE = frozenset({Basis.PER_UNIT, Basis.FLAT})


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that was printed before it is kept; good for the very facts it shows."""

    paper: ContractPaper
    code: str
    printed: render.PrintedPaper


def print_contract(
    contract: Contract, actor: Viewer, now: datetime, proof: Proof | None = None
) -> Document:
    """Print the paper that both sides sign, once for this approval; an earlier one is superseded.

    A `proof` spares the press where nothing has changed since. Raises PressBusy or PressFailed when there is no
    paper; nothing has changed then.
    """
    code = proof.code if proof else new_code()
    paper = final_contract(contract, now, code)
    return _kept(_printed(paper, code, proof), contract, contract, "contract", actor, now)


def print_amendment(
    amendment: Amendment,
    changes: Sequence[Row],
    actor: Viewer,
    now: datetime,
    proof: Proof | None = None,
) -> Document:
    """The same for an amendment; `changes` is what it makes different."""
    code = proof.code if proof else new_code()
    paper = final_amendment(amendment, changes, now, code)
    kept = _printed(paper, code, proof)
    return _kept(kept, amendment, amendment.contract, "amendment", actor, now)


def final_contract(contract: Contract, now: datetime, code: str) -> ContractPaper:
    """The paper to be signed: sealed, of today, without a mark across it."""
    return _final(contract_paper(contract, now, code), now)


def final_amendment(
    amendment: Amendment, changes: Sequence[Row], now: datetime, code: str
) -> ContractPaper:
    """The same of an amendment."""
    return _final(amendment_paper(amendment, changes, now, code), now)


def proof_of(paper: ContractPaper, code: str) -> Proof:
    """Print a final paper without keeping it: only the press works, for half a second."""
    return Proof(paper, code, render.render(TEMPLATE, paper, paper.language))


def preview(paper: ContractPaper, stylesheets: tuple[str, ...] = ()) -> str:
    """The paper as an HTML page for the browser; pictures come with it."""
    pictures = {"logo": paper.firm.logo, "seal": paper.firm.seal}
    return page.draw(
        TEMPLATE,
        paper,
        paper.language,
        address=lambda name: _inline(pictures[name]),
        stylesheets=stylesheets,
    )


def contract_paper(
    contract: Contract, now: datetime, code: str = "", language: PaperLanguage | None = None
) -> ContractPaper:
    """What the contract said when it was drawn up: its own terms and lines, no amendment's."""
    terms = next(each for each in contract.terms if each.amendment_id is None)
    lines = [each for each in contract.lines if each.amendment_id is None]
    version = contract.quotation_version
    paper = _common(contract, terms, lines, contract.document_id, now, code, language)
    return replace(
        paper,
        number=contract.number,
        quotation=f"{version.quotation.number}-v{version.version_no}" if version else "",
        renews=contract.predecessor.number if contract.predecessor else "",
        preamble=PREAMBLE,
        articles=articles(contract.starts_on, terms_facts(terms)),
        mark=DRAFT if ContractState(contract.state) in UNAPPROVED else NO_WORDS,
        is_sealed=ContractState(contract.state) not in UNAPPROVED,
    )


def amendment_paper(
    amendment: Amendment,
    changes: Sequence[Row],
    now: datetime,
    code: str = "",
    language: PaperLanguage | None = None,
) -> ContractPaper:
    """What an amendment changes, with the lines as they are from its day on."""
    contract = amendment.contract
    terms = next(each for each in contract.terms if each.amendment_id == amendment.id)
    lines = [
        each for each in contract.lines if each.amendment_id == amendment.id and not each.is_end
    ]
    paper = _common(contract, terms, lines, amendment.document_id, now, code, language)
    is_draft = AmendmentState(amendment.state) in UNAPPROVED
    return replace(
        paper,
        number=amendment.number,
        amends=contract.number,
        starts_on=amendment.from_on,
        preamble=amending(contract.number, amendment.from_on),
        changes=tuple(Change(row.label, row.old or "", row.new or "", row.line) for row in changes),
        articles=(),
        mark=DRAFT if is_draft else NO_WORDS,
        is_sealed=not is_draft,
    )


def file_name_of(contract: Contract, number: str, *, is_amendment: bool) -> str:
    """海港食品_合同_CT-2026-000012.pdf (DOMAIN 18)."""
    english = contract.language == "en"
    customer = contract.customer
    name = customer.name_en if english and customer.name_en else customer.label
    kind = Words("变更协议", "Amendment") if is_amendment else Words("合同", "Contract")
    return paper_file_name(name, kind.en if english else kind.zh, number)


def _common(
    contract: Contract,
    terms: ContractTerms,
    lines: Iterable[ContractLine],
    document_id: int | None,
    now: datetime,
    code: str,
    language: PaperLanguage | None,
) -> ContractPaper:
    firm, rows = firm_on_paper(), list(lines)
    untaxed = {each.tax_class for each in rows if not each.tax_percent}
    labels = {each: tax_of(each, contract.starts_on) for each in sorted(untaxed)}
    priced = tuple(_line(each, labels) for each in rows)
    drawn = db.session.get(Document, document_id) if document_id else None
    at = drawn.created_at if drawn else now
    return ContractPaper(
        number="",
        title=same(contract.title),
        drawn_on=business_day(at),
        created_at=at,
        starts_on=contract.starts_on,
        ends_on=terms.ends_on,
        currency=contract.currency,
        firm=replace(firm, accounts=_accounts(firm, priced, contract.currency)),
        customer=_customer(contract.customer),
        supplier=_supplier(firm, contract),
        lines=priced,
        verification=Verification(code, verification.address_of(code)) if code else None,
        language=language or LANGUAGES.get(contract.language, PaperLanguage.BOTH),
    )


def _line(row: ContractLine, labels: Mapping[str, TaxInForce]) -> PriceLine:
    terms = PriceTerms.from_json(row.price_terms) if row.price_terms else None
    policy = StoragePolicy.from_json(row.storage_policy) if row.storage_policy else None
    said_by_rate = terms is not None and terms.basis in _SAID_BY_RATE and policy is None
    details: tuple[Text, ...] = ()
    if policy is not None:
        details = storage_words(policy)
    elif terms is not None and not (said_by_rate and len(describe(terms)) == 1):
        details = describe(terms)
    unit = UNITS.get(row.unit)
    return PriceLine(
        name=Words(row.name_zh, row.name_en),
        basis=basis_words(row.unit),
        currency=row.currency,
        quantity=None if row.quantity is None else _plain(row.quantity),
        unit=Words(unit.short_zh, unit.short_en) if unit else same(row.unit),
        allowance=ALLOWANCES[row.allowance],
        rate=row.rate if said_by_rate else None,
        tax_label=_tax_label(row, labels),
        details=(*details, *_discount(row)),
        beyond=BEYOND[row.overage],
    )


def _discount(row: ContractLine) -> tuple[Text, ...]:
    if not row.discount_percent:
        return ()
    return (t("Discount %(percent)s %%", percent=f"{_plain(row.discount_percent):f}"),)


def _tax_label(row: ContractLine, labels: Mapping[str, TaxInForce]) -> Words:
    if row.tax_percent:
        return same(f"{_plain(row.tax_percent):f}%")
    tax = labels[row.tax_class]
    return Words(tax.label_zh, tax.label_en)


def _customer(customer: Customer) -> SigningParty:
    main = next((each for each in customer.contacts if each.is_main and each.active), None)
    return SigningParty(
        Words(customer.name_zh, customer.name_en),
        customer.credit_code or "",
        same(customer.address),
        same(main.name) if main else NO_WORDS,
        tuple(way for way in ((main.phone, main.email) if main else (customer.phone,)) if way),
    )


def _supplier(firm: Firm, contract: Contract) -> SigningParty:
    owner = contract.owner
    reach = tuple(way for way in (owner.phone or firm.phone, owner.email) if way)
    return SigningParty(firm.name, firm.credit_code, firm.address, same(owner.name), reach)


def _accounts(firm: Firm, lines: Sequence[PriceLine], currency: str) -> tuple[BankAccount, ...]:
    wanted = {currency, *(line.currency for line in lines)}
    return tuple(each for each in firm.accounts if each.currency in wanted) or firm.accounts


def _final(paper: ContractPaper, now: datetime) -> ContractPaper:
    return replace(paper, mark=NO_WORDS, is_sealed=True, drawn_on=business_day(now), created_at=now)


def _printed(paper: ContractPaper, code: str, proof: Proof | None) -> Proof:
    return proof if proof is not None and proof.paper == paper else proof_of(paper, code)


def _kept(
    proof: Proof,
    subject: Contract | Amendment,
    contract: Contract,
    kind: str,
    actor: Viewer,
    now: datetime,
) -> Document:
    """Into the archive; the row that says where, and the paper that it replaces is worth nothing more."""
    printed, number = proof.printed, proof.paper.number
    before = db.session.get(Document, subject.document_id) if subject.document_id else None
    if before is not None and before.state == "valid":
        before.state = "superseded"
    document = Document(
        customer_id=contract.customer_id,
        kind=kind,
        number=number,
        file_name=file_name_of(contract, number, is_amendment=kind == "amendment"),
        sha256=archive().store(printed),
        size=len(printed),
        pages=printed.pages,
        language=contract.language,
        subject_type=subject.__tablename__,
        subject_id=subject.id,
        verification_code=proof.code,
        created_at=now,
        created_by=actor.user_id,
    )
    db.session.add(document)
    db.session.flush()
    subject.document_id = document.id
    return document


def _plain(number: Decimal) -> Decimal:
    short = number.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short


def _inline(picture: Picture | None) -> str:
    if picture is None:
        return ""
    return f"data:{picture.kind.value};base64,{b64encode(picture.content).decode()}"
