"""What an article must say, and where a shelf may stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.customers.rules.kinds import Segment
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.knowledge.rules.kinds import Audience

LONGEST_BODY = 40_000


@dataclass(frozen=True, slots=True)
class Written:
    """An article as it was written; `tiers` () is every tier; bodies are Markdown."""

    title_zh: str
    body_zh: str
    title_en: str = ""
    body_en: str = ""
    keywords: str = ""
    audience: Audience = Audience.INTERNAL
    tiers: tuple[str, ...] = ()
    category_id: int | None = None
    review_on: date | None = None
    expires_on: date | None = None

    def tidy(self) -> dict[str, object]:
        """The values as columns hold them. InvalidMany for what is missing, too long or unknown."""
        errors: dict[str, Text] = {}
        if not self.title_zh.strip() and not self.title_en.strip():
            errors["title_zh"] = t("Give the article a title.")
        for name in ("body_zh", "body_en"):
            if len(getattr(self, name)) > LONGEST_BODY:
                errors[name] = t("At most %(count)s characters.", count=f"{LONGEST_BODY:,}")
        if set(self.tiers) - set(Segment):
            errors["tiers"] = t("There is no such customer tier.")
        if errors:
            raise InvalidMany(errors)
        return {
            "title_zh": self.title_zh.strip(),
            "title_en": self.title_en.strip(),
            "body_zh": lines(self.body_zh),
            "body_en": lines(self.body_en),
            "keywords": " ".join(self.keywords.split()),
            "audience": Audience(self.audience).value,
            "tiers": sorted(self.tiers) if self.audience is Audience.PUBLIC else [],
            "category_id": self.category_id,
            "review_on": self.review_on,
            "expires_on": self.expires_on,
        }


def lines(text: str) -> str:
    """A text with the line ends of this house and no blanks around it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def refuse_unreadable(texts: Mapping[str, str], expires_on: date | None, today: date) -> None:
    """InvalidMany for an article that nobody could read once it is published."""
    errors: dict[str, Text] = {}
    bodies = texts["body_zh"], texts["body_en"]
    if not any(bodies):
        errors["body_zh"] = t("Write the article before you publish it.")
    for language in ("zh", "en"):
        if texts[f"body_{language}"] and not texts[f"title_{language}"]:
            errors[f"title_{language}"] = t("This text has no title in its language.")
    if expires_on is not None and expires_on < today:
        errors["expires_on"] = t("This day is over: customers would not see the article.")
    if errors:
        raise InvalidMany(errors)
