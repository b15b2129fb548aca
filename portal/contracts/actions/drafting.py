"""Writing a draft: from an accepted quotation or by hand; what it says apart from its lines."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from portal.access.viewer import Viewer
from portal.contracts.actions.carrying import carried_lines, categories
from portal.contracts.actions.values import counted, terms_facts, write_terms
from portal.contracts.models import ClauseTemplate, Contract, ContractLine, ContractTerms
from portal.contracts.queries import standing
from portal.contracts.rules.checks import TermsFacts, wrong_period, wrong_terms
from portal.contracts.rules.states import STATE_WORDS, ContractState
from portal.contracts.rules.totals import total_in
from portal.customers.models import Customer
from portal.db import audit
from portal.db.base import db
from portal.db.series import next_number
from portal.kernel.clock import business_day
from portal.kernel.errors import Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.pinyin import search_words
from portal.kernel.text import Text, t
from portal.quotations.models import QuotationVersion
from portal.quotations.rules.states import QuotationState

NUMBER_KIND = "CT"
LANGUAGES = ("zh", "en", "zh_en")


@dataclass(frozen=True, slots=True)
class Basics:
    """What a contract is called, how long it lasts, in which currency and language, who pays."""

    title: str
    starts_on: date
    ends_on: date
    currency: str = "CNY"
    language: str = "zh_en"
    payer_id: int | None = None
    internal_note: str = ""


def a_year_from(day: date) -> date:
    """The last day of a year that begins on `day`."""
    leap = day.month == 2 and day.day == 29
    following = date(day.year + 1, 3, 1) if leap else day.replace(year=day.year + 1)
    return following - timedelta(days=1)


def draft_from(
    version: QuotationVersion,
    actor: Viewer,
    now: datetime,
    *,
    starts_on: date | None = None,
    ends_on: date | None = None,
    title: str = "",
) -> Contract:
    """A contract of what the customer accepted, each charge with its own frozen price (DESIGN section 4, DOMAIN Q7).

    `carrying.left_out` names the charges that become no line. NotAllowedNow when the version is not accepted, or has
    its contract already.
    """
    state = select(QuotationVersion.state).where(QuotationVersion.id == version.id)
    if db.session.scalar(state.with_for_update()) != QuotationState.ACCEPTED:
        raise NotAllowedNow(t("Only what the customer has accepted becomes a contract."))
    made = contract_of(version)
    if made is not None:
        raise NotAllowedNow(t("This version has its contract: %(number)s.", number=made.number))
    begins = starts_on or business_day(now)
    quotation = version.quotation
    basics = Basics(
        title.strip() or quotation.title, begins, ends_on or a_year_from(begins),
        currency=version.total_currency, language=version.language,
    )  # fmt: skip
    contract = _created(quotation.customer, basics, categories(version), actor, now)
    contract.quotation_version_id = version.id
    contract.opportunity_id = quotation.opportunity_id
    add_rows(contract, carried_lines(version, contract))
    after = {
        "number": contract.number,
        "quotation": quotation.number,
        "version": version.version_no,
    }
    audit.record(actor, "contract.created", contract, now, after=after)
    recount(contract, now)
    return contract


def draft_by_hand(customer: Customer, basics: Basics, actor: Viewer, now: datetime) -> Contract:
    """An empty draft for a customer; its lines are added by `lines`. It will need approval."""
    contract = _created(customer, basics, (), actor, now)
    audit.record(actor, "contract.created", contract, now, after={"number": contract.number})
    recount(contract, now)
    return contract


def contract_of(version: QuotationVersion) -> Contract | None:
    """The contract that was made of a quotation's version."""
    statement = select(Contract).where(Contract.quotation_version_id == version.id)
    return db.session.scalar(statement)


def change(
    contract: Contract,
    basics: Basics,
    terms: TermsFacts,
    actor: Viewer,
    now: datetime,
    seen: int | None = None,
) -> None:
    """Say anew what a draft says apart from its lines; lines that lasted as long as the contract still do."""
    check_editable(contract, seen)
    terms = replace(terms, ends_on=basics.ends_on)
    _check_basics(basics)
    errors = wrong_terms(terms, basics.starts_on)
    if errors:
        raise InvalidMany(errors)
    row = standing.counting_terms(contract)[0]
    before = _said(contract, row)
    _move_lines(contract, basics)
    _describe(contract, basics)
    row.from_on = basics.starts_on
    write_terms(row, terms)
    index(contract)
    audit.record(
        actor, "contract.changed", contract, now, before=before, after=_said(contract, row)
    )
    recount(contract, now)


def check_editable(contract: Contract, seen: int | None = None) -> None:
    """Only a draft is edited, and only as its editor last saw it (`seen` is the version counter of the page)."""
    if contract.state != ContractState.DRAFT:
        state = STATE_WORDS[ContractState(contract.state)]
        raise NotAllowedNow(
            t("Only a draft can be changed; this contract is “%(state)s”.", state=state)
        )
    check_seen(contract, contract, seen)


def check_seen(row: Any, contract: Contract, seen: int | None) -> None:
    """StaleEdit when `row` was saved by somebody since its page was drawn; the history says by whom."""
    if seen is None or seen == row.version:
        return
    entries = audit.timeline(row, public_only=False)
    if not entries:
        raise StaleEdit(t("Somebody else saved %(number)s a moment ago.", number=contract.number))
    raise StaleEdit(_who_changed(entries[0].actor_name, entries[0].label, row.number))


def _who_changed(who: str, what: Text, number: str) -> Text:
    return t(
        "%(who)s changed %(number)s after you opened it (%(what)s). "
        "Nothing of yours was saved; compare, then repeat.",
        who=who, what=what, number=number,
    )  # fmt: skip


def add_rows(contract: Contract, rows: Iterable[ContractLine]) -> None:
    """Put lines at the end; each is the root of its own chain."""
    position = max((each.position for each in contract.lines), default=-1)
    for row in rows:
        position += 1
        row.position = position
        contract.lines.append(row)
    db.session.flush()
    for each in contract.lines:
        each.root_id = each.root_id or each.id
    db.session.flush()


def recount(contract: Contract, now: datetime) -> None:
    """The sum, and the counter: a changed line is a changed contract."""
    lines = [counted(row) for row in standing.tails(contract)]
    contract.total_amount = total_in(lines, contract.currency)
    contract.updated_at = now
    flag_modified(contract, "updated_at")
    db.session.flush()


def index(contract: Contract) -> None:
    """The words by which lists find it."""
    customer = contract.customer
    contract.search_text = search_words(
        contract.number, contract.title, customer.name_zh, customer.name_en, customer.code
    )[:600]


def _created(
    customer: Customer, basics: Basics, kinds: Iterable[str], actor: Viewer, now: datetime
) -> Contract:
    if not customer.active:
        raise Invalid(t("This customer is inactive."), "customer")
    _check_basics(basics)
    contract = Contract(
        customer=customer,
        customer_id=customer.id,
        number=next_number(NUMBER_KIND, business_day(now).year),
        owner_id=actor.user_id,
        author_id=actor.user_id,
        created_at=now,
        updated_at=now,
    )
    _describe(contract, basics)
    index(contract)
    db.session.add(contract)
    db.session.flush()
    terms = ContractTerms(customer_id=customer.id, from_on=basics.starts_on)
    write_terms(terms, TermsFacts(basics.ends_on, clauses=standing_clauses(kinds)))
    contract.terms.append(terms)
    db.session.flush()
    return contract


def standing_clauses(kinds: Iterable[str]) -> tuple[dict[str, str], ...]:
    """The firm's clauses that every contract starts with, and those for its kinds of service."""
    statement = select(ClauseTemplate).where(
        ClauseTemplate.active.is_(True), ClauseTemplate.scope.in_(("", *kinds))
    )
    rows = db.session.scalars(statement.order_by(ClauseTemplate.position, ClauseTemplate.id))
    names = ("title_zh", "title_en", "body_zh", "body_en")
    return tuple({name: getattr(row, name) for name in names} for row in rows)


def _check_basics(basics: Basics) -> None:
    errors = wrong_period(basics.starts_on, basics.ends_on)
    if not basics.title.strip():
        errors["title"] = t("Say in a few words what is agreed.")
    if basics.language not in LANGUAGES:
        errors["language"] = t("Choose a language.")
    if errors:
        raise InvalidMany(errors)


def _describe(contract: Contract, basics: Basics) -> None:
    contract.title = basics.title.strip()[:160]
    for name in ("starts_on", "ends_on", "currency", "language", "payer_id", "internal_note"):
        setattr(contract, name, getattr(basics, name))


def _move_lines(contract: Contract, basics: Basics) -> None:
    """Lines go along with the contract's days; one that would fall outside is cut to them."""
    for row in contract.lines:
        begins = basics.starts_on if row.from_on == contract.starts_on else row.from_on
        ends = basics.ends_on if row.until_on == contract.ends_on else row.until_on
        row.from_on = min(max(begins, basics.starts_on), basics.ends_on)
        row.until_on = max(min(ends, basics.ends_on), row.from_on)


def _said(contract: Contract, row: ContractTerms) -> dict[str, Any]:
    """What history keeps of the draft."""
    facts = terms_facts(row)
    names = (
        "payment_days",
        "payment_from",
        "notice_days",
        "deemed_confirmation_days",
        "no_minimum_order",
    )
    shown = ("title", "starts_on", "ends_on", "currency", "payer_id")
    return {name: getattr(contract, name) for name in shown} | {
        name: getattr(facts, name) for name in names
    }
