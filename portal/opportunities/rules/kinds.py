"""The words opportunities are sorted by."""

from __future__ import annotations

from enum import StrEnum

from portal.kernel.text import Text, t


class OpportunityKind(StrEnum):
    """New business, more of it, the same again, or a project."""

    NEW = "new"
    EXPANSION = "expansion"
    RENEWAL = "renewal"
    PROJECT = "project"


class Rating(StrEnum):
    """How good the chance looks to its owner."""

    HOT = "hot"
    WARM = "warm"
    COLD = "cold"


class ForecastCategory(StrEnum):
    """In which sum of the forecast an opportunity counts (REQUIREMENTS O3)."""

    OMITTED = "omitted"
    PIPELINE = "pipeline"
    BEST_CASE = "best_case"
    COMMIT = "commit"


class AmountFrom(StrEnum):
    """Where the amount of an opportunity comes from (REQUIREMENTS O9)."""

    HAND = "hand"
    ITEMS = "items"
    QUOTATION = "quotation"
    CONTRACT = "contract"


class EntryRule(StrEnum):
    """What must be there before an opportunity may enter a stage (REQUIREMENTS O4)."""

    AMOUNT = "amount"
    CLOSE_ON = "close_on"
    CONTACT = "contact"
    DECIDER = "decider"  # a contact of the customer who decides
    SITE = "site"
    ITEMS = "items"
    COMPETITOR = "competitor"
    QUOTATION = "quotation"  # one of ours was issued for it
    PROPOSAL = "proposal"
    TASKS_DONE = "tasks_done"  # of the stage that it leaves


class PartyRole(StrEnum):
    """The part of a third party (REQUIREMENTS O5)."""

    AGENT = "agent"
    CARRIER = "carrier"
    PARTNER = "partner"
    CONSULTANT = "consultant"
    BROKER = "broker"
    END_CUSTOMER = "end_customer"
    OTHER = "other"


class Threat(StrEnum):
    """How much a competitor endangers an opportunity (REQUIREMENTS O13)."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


KINDS: dict[str, Text] = {
    OpportunityKind.NEW: t("New business"),
    OpportunityKind.EXPANSION: t("More of what they buy"),
    OpportunityKind.RENEWAL: t("Renewal of a contract"),
    OpportunityKind.PROJECT: t("Project business"),
}

RATINGS: dict[str, Text] = {
    Rating.HOT: t("Hot"),
    Rating.WARM: t("Warm"),
    Rating.COLD: t("Cold"),
}

FORECAST_CATEGORIES: dict[str, Text] = {
    ForecastCategory.OMITTED: t("Not in the forecast"),
    ForecastCategory.PIPELINE: t("Pipeline"),
    ForecastCategory.BEST_CASE: t("Best case"),
    ForecastCategory.COMMIT: t("Committed"),
}

AMOUNTS_FROM: dict[str, Text] = {
    AmountFrom.HAND: t("Entered by hand"),
    AmountFrom.ITEMS: t("Sum of the service items"),
    AmountFrom.QUOTATION: t("From the quotation"),
    AmountFrom.CONTRACT: t("From the contract"),
}

ENTRY_RULES: dict[str, Text] = {
    EntryRule.AMOUNT: t("an amount"),
    EntryRule.CLOSE_ON: t("a day by which it is decided"),
    EntryRule.CONTACT: t("a contact"),
    EntryRule.DECIDER: t("a contact who decides"),
    EntryRule.SITE: t("a site"),
    EntryRule.ITEMS: t("at least one service item"),
    EntryRule.COMPETITOR: t("the competitors named, or that there is none"),
    EntryRule.QUOTATION: t("a quotation that was issued"),
    EntryRule.PROPOSAL: t("a proposal that was issued"),
    EntryRule.TASKS_DONE: t("the tasks of the stage before done"),
}

PARTY_ROLES: dict[str, Text] = {
    PartyRole.AGENT: t("Agent"),
    PartyRole.CARRIER: t("Carrier"),
    PartyRole.PARTNER: t("Partner"),
    PartyRole.CONSULTANT: t("Consultant"),
    PartyRole.BROKER: t("Customs broker"),
    PartyRole.END_CUSTOMER: t("The customer's customer"),
    PartyRole.OTHER: t("Another party"),
}

THREATS: dict[str, Text] = {
    Threat.LOW: t("Little danger"),
    Threat.MIDDLE: t("Some danger"),
    Threat.HIGH: t("Great danger"),
}
