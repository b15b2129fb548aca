"""What other systems may read: customers, contracts, entitlements, statements, papers, balances."""

from __future__ import annotations

from portal.api.rules.records import Field, Listed, Record
from portal.api.rules.shapes import (
    Count,
    Day,
    Decimals,
    Flag,
    Instant,
    Maybe,
    Money,
    OneOf,
    Sentence,
    Words,
)
from portal.billing.rules.kinds import LineKind
from portal.billing.rules.states import LineState, StatementState
from portal.contracts.rules.entitlement_states import EntitlementState
from portal.contracts.rules.kinds import Allowance, Overage
from portal.contracts.rules.states import ContractState
from portal.customers.rules.kinds import CustomerKind
from portal.kernel.text import t

ANY, ID = Words(), Field("id", Count(1), t("The id in addresses here."))
WHOSE = Field("customer", Words(example="HARBOUR"), t("The customer's code."))
PERIOD = (
    Field("starts_on", Day(), t("The first day.")),
    Field("ends_on", Day(), t("The last day.")),
)
NAMES = (
    Field("name_zh", ANY, t("The Chinese name.")),
    Field("name_en", ANY, t("The English name; empty where there is none.")),
)
CURRENCY = Field("currency", Words(example="CNY"), t("ISO 4217."))
CHANGED = Field("updated_at", Instant(), t("When it last changed."))
SUMS = (
    Field("net_amount", Money(), t("Before tax.")),
    Field("tax_amount", Money(), t("Tax.")),
    Field("gross_amount", Money(), t("With tax.")),
)

CUSTOMER = Record(
    "Customer",
    t("A customer, in short."),
    (
        ID,
        Field("code", Words(example="HARBOUR"), t("The customer's code.")),
        *NAMES,
        Field("short_name", ANY, t("How it is called in a sentence.")),
        Field("kind", OneOf(tuple(CustomerKind)), t("What it is.")),
        Field("group", Maybe(Words()), t("The code of the group that a branch belongs to.")),
        Field("credit_code", Maybe(Words()), t("The unified social credit code.")),
        Field("currency", ANY, t("The currency it is usually billed in."), take=lambda row: row.default_currency),
        Field("active", Flag(), t("Whether it is served at present.")),
        CHANGED,
    ),
)  # fmt: skip

CONTRACT_LINE = Record(
    "ContractLine",
    t("One service that was bought, at its frozen price."),
    (
        Field("id", Count(1), t("The line's id.")),
        Field("item", ANY, t("The code of the service item."), take=lambda row: row.item.code),
        *NAMES,
        Field("quantity", Maybe(Decimals()), t("How much was bought; null: without limit.")),
        Field("unit", ANY, t("The unit of the quantity.")),
        Field("allowance", OneOf(tuple(Allowance)), t("How often the quantity is granted.")),
        Field("overage", OneOf(tuple(Overage)), t("What happens beyond the quantity.")),
        CURRENCY,
        Field("rate", Maybe(Decimals()), t("The price of one unit; null where it goes by steps.")),
        Field("discount_percent", Decimals(), t("The discount on it.")),
        Field("tax_percent", Decimals(), t("The rate of tax.")),
        Field("tax_inclusive", Flag(), t("Whether the price holds the tax.")),
        Field("from_on", Day(), t("The first day on which it counts.")),
        Field("until_on", Day(), t("The last one.")),
    ),
)
_CONTRACT = (
    ID,
    Field("number", Words(example="CT-2026-000001"), t("The contract's number.")),
    WHOSE,
    Field("title", ANY, t("What it is about.")),
    Field("state", OneOf(tuple(ContractState)), t("Its state today.")),
    *PERIOD,
    CURRENCY,
    Field("signed_on", Maybe(Day()), t("The day of the signature.")),
    Field("document_id", Maybe(Count()), t("The stored paper.")),
    CHANGED,
)
CONTRACT = Record("Contract", t("A contract, without its lines."), _CONTRACT)
CONTRACT_WHOLE = Record(
    "ContractWhole",
    t("A contract with the lines that count today."),
    (*_CONTRACT, Field("lines", Listed(CONTRACT_LINE), t("The lines that count today."))),
)

ENTITLEMENT = Record(
    "Entitlement",
    t("What was bought for a period, and what is left of it."),
    (
        ID,
        WHOSE,
        Field("contract_id", Count(1), t("The contract that granted it.")),
        Field("item", ANY, t("The code of the service item."), take=lambda row: row.item.code),
        Field("name_zh", ANY, t("The Chinese name."), take=lambda row: row.item.name_zh),
        Field("name_en", ANY, t("The English name; empty where there is none."), take=lambda row: row.item.name_en),
        Field("state", OneOf(tuple(EntitlementState)), t("How it stands today.")),
        *PERIOD,
        Field("unit", ANY, t("The unit of the quantities.")),
        Field("unlimited", Flag(), t("Whether it has no limit."), take=lambda row: row.is_unlimited),
        Field("granted", Decimals(), t("What was granted.")),
        Field("reserved", Decimals(), t("What bookings hold of it.")),
        Field("used", Decimals(), t("What was used.")),
        Field("over_used", Decimals(), t("What was used beyond it.")),
        Field("remaining", Maybe(Decimals()), t("What is left; null: without limit.")),
        Field("overage", OneOf(tuple(Overage)), t("What happens beyond the quantity.")),
    ),
)  # fmt: skip

STATEMENT = Record(
    "Statement",
    t("What one settlement party owes for one period in one currency."),
    (
        ID,
        Field("number", Words(example="ST-2026-000001"), t("The statement's number.")),
        Field("customer", Words(example="HARBOUR"), t("The settlement party's code.")),
        Field("state", OneOf(tuple(StatementState)), t("Its state.")),
        *PERIOD,
        CURRENCY,
        Field("revision", Count(), t("The published revision; 0 before that."), take=lambda row: row.revision_no),
        Field("line_count", Count(), t("How many lines it has.")),
        *SUMS,
        Field("confirmed_amount", Money(), t("What the customer has confirmed.")),
        Field("disputed_amount", Money(), t("What is disputed.")),
        Field("invoiced_amount", Money(), t("What invoices cover.")),
        Field("due_on", Maybe(Day()), t("When it is to be paid.")),
        Field("published_at", Maybe(Instant()), t("When it was published.")),
        Field("confirmed_at", Maybe(Instant()), t("When it was confirmed.")),
        Field("document_id", Maybe(Count()), t("The paper of the published revision.")),
        CHANGED,
    ),
)  # fmt: skip

STATEMENT_LINE = Record(
    "StatementLine",
    t("One charge with how it was worked out."),
    (
        ID,
        Field("serial", Count(1), t("Its number on the statement.")),
        Field("kind", OneOf(tuple(LineKind)), t("Where it comes from.")),
        Field("state", OneOf(tuple(LineState)), t("What the customer says to it.")),
        Field("served", ANY, t("The code of the customer or branch that was served.")),
        Field("item", Maybe(Words()), t("The code of the service item.")),
        *NAMES,
        Field("contract", Maybe(Words()), t("The contract's number.")),
        Field("entitlement_id", Maybe(Count()), t("The entitlement it was drawn from.")),
        Field("usage_id", Maybe(Count()), t("The usage it charges.")),
        Field("reference", ANY, t("The usage's reference.")),
        *PERIOD,
        Field("is_late", Flag(), t("Whether its day lies before the period.")),
        Field("quantity", Decimals(signed=True), t("How much.")),
        Field("unit", ANY, t("The unit of the quantity.")),
        Field("rate", Maybe(Decimals(signed=True)), t("The price of one unit.")),
        Field("line_currency", ANY, t("The currency of the price.")),
        Field("amount", Money(signed=True), t("Quantity by price, in that currency.")),
        Field("exchange_rate", Maybe(Decimals()), t("The rate of exchange into the statement's currency.")),
        Field("tax_percent", Decimals(), t("The rate of tax.")),
        *SUMS,
        Field("working", Listed(Sentence()), t("How it was worked out, one sentence a step.")),
    ),
)  # fmt: skip

DOCUMENT = Record(
    "Document",
    t("A stored paper; its bytes never change."),
    (
        ID,
        WHOSE,
        Field(
            "kind", Words(example="statement"), t("What it is: statement, contract, quotation …")
        ),
        Field("number", ANY, t("The number on it.")),
        Field("file_name", ANY, t("A name for the file.")),
        Field("size", Count(), t("Bytes.")),
        Field("pages", Count(), t("Pages.")),
        Field("sha256", ANY, t("The SHA-256 of the bytes.")),
        Field("state", ANY, t("What the paper is worth today.")),
        Field("created_at", Instant(), t("When it was stored.")),
    ),
)

AGE = Record(
    "Age",
    t("What is overdue by so many days."),
    (
        Field("from_days", Count(), t("The first day of the span.")),
        Field("to_days", Maybe(Count()), t("The last one; null: no end.")),
        Field("amount", Money(signed=True), t("The amount.")),
    ),
)
BALANCE = Record(
    "Balance",
    t("What a customer owes in one currency."),
    (
        CURRENCY,
        Field("open_amount", Money(signed=True), t("Everything that is open.")),
        Field("not_due", Money(signed=True), t("What has still time.")),
        Field("overdue", Money(signed=True), t("What is late and undisputed.")),
        Field("disputed", Money(signed=True), t("What is disputed; it does not age.")),
        Field("ages", Listed(AGE), t("The overdue part by age.")),
    ),
)
BALANCES = Record(
    "Balances",
    t("What a customer owes at the end of a day."),
    (
        WHOSE,
        Field("as_of", Day(), t("The day.")),
        Field("balances", Listed(BALANCE), t("One for each currency; none where nothing is open.")),
    ),
)
