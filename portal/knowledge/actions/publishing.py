"""Publish an article, take it out of use, look it over."""

from __future__ import annotations

from datetime import date, datetime

from portal.access.viewer import Viewer
from portal.db import audit
from portal.kernel import clock
from portal.kernel.errors import Invalid
from portal.kernel.text import t
from portal.knowledge.actions.writing import keep_edition
from portal.knowledge.models import Article
from portal.knowledge.rules.editions import texts_of
from portal.knowledge.rules.kinds import ARTICLE_STEPS, ArticleState, ArticleStep
from portal.knowledge.rules.writing import refuse_unreadable


def publish(article: Article, actor: Viewer, now: datetime) -> Article:
    """Let it be read by those it is for. InvalidMany while it says nothing or its last day is over."""
    state = ARTICLE_STEPS.next(ArticleState(article.state), ArticleStep.PUBLISH)
    refuse_unreadable(texts_of(article), article.expires_on, clock.business_day(now))
    article.state = state.value
    article.published_at = article.updated_at = now
    keep_edition(article, actor, now)
    told = {"edition": article.edition, "audience": article.audience, "tiers": article.tiers}
    audit.record(actor, "article.published", article, now, after=told)
    return article


def retire(article: Article, reason: str, actor: Viewer, now: datetime) -> Article:
    """Take it out of use: only writers see it from now on. Invalid without a reason."""
    state = ARTICLE_STEPS.next(ArticleState(article.state), ArticleStep.RETIRE)
    if not reason.strip():
        raise Invalid(t("Say why it goes out of use."), "reason")
    before = article.state
    article.state = state.value
    article.updated_at = now
    audit.record(
        actor,
        "article.retired",
        article,
        now,
        before={"state": before},
        reason=reason.strip()[:500],
    )
    return article


def review(article: Article, next_on: date | None, actor: Viewer, now: datetime) -> Article:
    """It was looked over and is right as it stands; `next_on`: when to look again. Invalid for a day that is over."""
    if next_on is not None and next_on <= clock.business_day(now):
        raise Invalid(t("The next look is on a later day."), "review_on")
    before = article.review_on
    article.review_on = next_on
    audit.record(
        actor,
        "article.reviewed",
        article,
        now,
        before={"review_on": before},
        after={"review_on": next_on},
    )
    return article
