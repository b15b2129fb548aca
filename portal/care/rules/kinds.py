"""The words of customer care."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from portal.kernel.text import Text, t


class VisitKind(StrEnum):
    """How we meet a customer (REQUIREMENTS K5)."""

    ON_SITE = "on_site"
    TELEPHONE = "telephone"
    VIDEO = "video"
    RECEPTION = "reception"  # they come to us
    MANAGEMENT = "management"  # 高层拜访: one of our managers goes to a key customer


class Mood(StrEnum):
    """How they took us."""

    GOOD = "good"
    NEUTRAL = "neutral"
    BAD = "bad"


class NextKind(StrEnum):
    """What the next step of a visit becomes."""

    NONE = ""
    VISIT = "visit"
    CALL = "call"


class WatchSubject(StrEnum):
    """Whom or what a watch note is about."""

    PERSON = "person"
    FIRM = "firm"
    INDUSTRY = "industry"


class Importance(StrEnum):
    """How much it matters."""

    HIGH = "high"
    MIDDLE = "middle"
    LOW = "low"


class AssetKind(StrEnum):
    """What is lent to customers (REQUIREMENTS K9)."""

    PRINTER = "printer"
    SCANNER = "scanner"
    SCALE = "scale"
    CONTAINER = "container"  # boxes, cages, pallets that come back
    COMPUTER = "computer"
    OTHER = "other"


class MarketKind(StrEnum):
    """What is heard of the market (REQUIREMENTS K10)."""

    PRICE = "price"
    MOVE = "move"  # what a competitor does
    NEWS = "news"
    RULE = "rule"  # law, customs, carriers' conditions


class Reliability(StrEnum):
    """How sure it is."""

    SURE = "sure"
    LIKELY = "likely"
    RUMOUR = "rumour"


VISIT_KINDS: Mapping[str, Text] = {
    VisitKind.ON_SITE: t("On their ground"),
    VisitKind.TELEPHONE: t("By telephone"),
    VisitKind.VIDEO: t("By video"),
    VisitKind.RECEPTION: t("They visit us"),
    VisitKind.MANAGEMENT: t("Management visit"),
}

BY_PLAN, BY_MANAGEMENT = t("Visit by plan"), t("Management visit")
"""What a visit is for that planned itself; kept as the English words, read in each reader's language."""
_PURPOSES = {each.msgid: each for each in (BY_PLAN, BY_MANAGEMENT)}


def purpose_words(kept: str) -> Text | str:
    """What a visit is for: words of the house, or those of a person as they were typed."""
    return _PURPOSES.get(kept, kept)


def purpose_kept(typed: str, said: Callable[[Text], str]) -> str:
    """What is kept of a purpose: words of the house that were left as they stood in the form stay the house's."""
    return next((each.msgid for each in _PURPOSES.values() if said(each) == typed.strip()), typed)


MOODS: Mapping[str, Text] = {
    Mood.GOOD: t("Well disposed"),
    Mood.NEUTRAL: t("Businesslike"),
    Mood.BAD: t("Displeased"),
}

NEXT_KINDS: Mapping[str, Text] = {
    NextKind.NONE: t("Only noted"),
    NextKind.VISIT: t("The next visit"),
    NextKind.CALL: t("A call to be made"),
}

WATCH_SUBJECTS: Mapping[str, Text] = {
    WatchSubject.PERSON: t("A person"),
    WatchSubject.FIRM: t("The firm"),
    WatchSubject.INDUSTRY: t("Its industry"),
}

IMPORTANCES: Mapping[str, Text] = {
    Importance.HIGH: t("Important"),
    Importance.MIDDLE: t("Worth knowing"),
    Importance.LOW: t("By the way"),
}

ASSET_KINDS: Mapping[str, Text] = {
    AssetKind.PRINTER: t("Label printer"),
    AssetKind.SCANNER: t("Scanner"),
    AssetKind.SCALE: t("Scale"),
    AssetKind.CONTAINER: t("Boxes, cages or pallets"),
    AssetKind.COMPUTER: t("Computer or terminal"),
    AssetKind.OTHER: t("Another thing"),
}

MARKET_KINDS: Mapping[str, Text] = {
    MarketKind.PRICE: t("A competitor's price"),
    MarketKind.MOVE: t("A competitor's move"),
    MarketKind.NEWS: t("News of the market"),
    MarketKind.RULE: t("Law or carriers' conditions"),
}

RELIABILITIES: Mapping[str, Text] = {
    Reliability.SURE: t("Seen in writing"),
    Reliability.LIKELY: t("Heard from a good source"),
    Reliability.RUMOUR: t("Rumour"),
}
