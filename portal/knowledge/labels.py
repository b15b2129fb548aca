"""Words, marks and tones of articles."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import t
from portal.knowledge.rules.kinds import ARTICLE_WORDS, AUDIENCE_WORDS, ArticleState, Audience
from portal.web.labels import Label

A = ArticleState

ARTICLES: Mapping[str, Label] = {
    A.DRAFT: Label(ARTICLE_WORDS[A.DRAFT], "neutral", "pencil-square"),
    A.PUBLISHED: Label(ARTICLE_WORDS[A.PUBLISHED], "good", "check-circle"),
    A.RETIRED: Label(ARTICLE_WORDS[A.RETIRED], "done", "slash-circle"),
}
AUDIENCES: Mapping[str, Label] = {
    Audience.INTERNAL: Label(AUDIENCE_WORDS[Audience.INTERNAL], "warn", "lock"),
    Audience.PUBLIC: Label(AUDIENCE_WORDS[Audience.PUBLIC], "info", "people"),
}
EXPIRED = Label(t("Expired"), "bad", "calendar-x")
REVIEW_DUE = Label(t("To be looked over"), "warn", "clock-history")
