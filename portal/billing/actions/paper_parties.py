"""Who stands on a paper of billing: the customer with its contact, our own person, the accounts to pay into."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

from sqlalchemy import select

from portal.accounts.models import User
from portal.billing.rules.statement_paper import LedgerParty, Verification
from portal.customers.models import Contact, Customer, SettlementTerms
from portal.db.base import db
from portal.documents import verification
from portal.documents.rules.firm import BankAccount, Firm
from portal.documents.rules.names import paper_file_name
from portal.documents.rules.words import NO_WORDS, PaperLanguage, Words, same
from portal.kernel.capitals import capital_amount, english_amount
from portal.kernel.money import minor_units

LANGUAGES = {"zh": PaperLanguage.ZH, "en": PaperLanguage.EN, "zh_en": PaperLanguage.BOTH}
DRAFT = Words("草稿", "Draft")
SUPERSEDED = Words("已被替代", "Superseded")


def customer_party(customer: Customer) -> LedgerParty:
    """The settlement party as papers name it, with the contact that reconciles, else its main one."""
    contact = _reconciliation_contact(customer)
    ways = (contact.phone, contact.email) if contact else (customer.phone,)
    return LedgerParty(
        Words(customer.name_zh, customer.name_en),
        customer.credit_code or "",
        same(customer.address),
        same(contact.name) if contact else NO_WORDS,
        tuple(way for way in ways if way),
    )


def our_contact(firm: Firm, *user_ids: int | None) -> LedgerParty:
    """The first of these people who is still with us; else the firm's own telephone and mail."""
    people = (db.session.get(User, each) for each in user_ids if each is not None)
    person = next((each for each in people if each is not None and each.active), None)
    if person is None:
        return LedgerParty(firm.name, contacts=tuple(filter(None, (firm.phone, firm.email))))
    ways = (person.phone or firm.phone, person.email)
    return LedgerParty(
        firm.name, person=same(person.name), contacts=tuple(way for way in ways if way)
    )


def accounts_for(firm: Firm, currencies: Collection[str]) -> tuple[BankAccount, ...]:
    """The firm's accounts in these currencies; all of them where it has none."""
    return tuple(each for each in firm.accounts if each.currency in currencies) or firm.accounts


def in_words(amount: Decimal, currency: str) -> Words:
    """The capital amount in both languages (F8); nothing in currencies of three decimals."""
    if minor_units(currency) > 2:
        return NO_WORDS
    return Words(capital_amount(amount, currency), english_amount(amount, currency))


def proof(code: str) -> Verification | None:
    """The verification code with its address; None on a preview."""
    return Verification(code, verification.address_of(code)) if code else None


def file_name(customer: Customer, kind: Words, language: str, *parts: str) -> str:
    """客户简称_对账单_2026-03_ST-2026-000012.pdf (DOMAIN 18)."""
    english = language == "en"
    name = customer.name_en if english and customer.name_en else customer.label
    return paper_file_name(name, kind.en if english else kind.zh, *parts)


def _reconciliation_contact(customer: Customer) -> Contact | None:
    wanted = select(Contact).join(
        SettlementTerms, SettlementTerms.reconciliation_contact_id == Contact.id
    )
    named = db.session.scalar(
        wanted.where(SettlementTerms.customer_id == customer.id, Contact.active.is_(True))
    )
    main = (each for each in customer.contacts if each.is_main and each.active)
    return named or next(main, None)
