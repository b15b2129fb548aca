"""Who may read an article, and where it is in its life (REQUIREMENTS S8)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class Audience(StrEnum):
    """For whom it is written; PUBLIC articles may be kept to some tiers."""

    INTERNAL = "internal"
    PUBLIC = "public"


class ArticleState(StrEnum):
    """Where an article is; expired is read from its date."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class ArticleStep(StrEnum):
    """What may be done with it."""

    PUBLISH = "publish"
    RETIRE = "retire"
    REVISE = "revise"


AUDIENCE_WORDS: Mapping[Audience, Text] = {
    Audience.INTERNAL: t("Staff only"),
    Audience.PUBLIC: t("Customers"),
}

A, S = ArticleState, ArticleStep

ARTICLE_WORDS: Mapping[ArticleState, Text] = {
    A.DRAFT: t("Draft"),
    A.PUBLISHED: t("Published"),
    A.RETIRED: t("Out of use"),
}

ARTICLE_STEPS = Lifecycle(
    {
        (A.DRAFT, S.PUBLISH): A.PUBLISHED,
        (A.PUBLISHED, S.REVISE): A.PUBLISHED,
        (A.PUBLISHED, S.RETIRE): A.RETIRED,
        (A.DRAFT, S.RETIRE): A.RETIRED,
        (A.RETIRED, S.PUBLISH): A.PUBLISHED,
    },
    ARTICLE_WORDS,
)
