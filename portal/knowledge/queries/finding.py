"""Finding articles by words, and suggesting them to somebody who is writing (REQUIREMENTS S8).

Two statements each, the same on both databases: how many articles have each term, then the best articles that this
viewer may read. Terms that most articles have are not looked up as long as there are rarer ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, case, func, select
from sqlalchemy.orm import defer

from portal.access.viewer import Viewer
from portal.db.base import db
from portal.kernel.pinyin import normalise
from portal.knowledge.models import Article, ArticleTerm
from portal.knowledge.queries.reading import readable
from portal.knowledge.rules import ranking
from portal.knowledge.rules.snippets import Part, snippet
from portal.knowledge.rules.terms import terms

LIMIT = 20
SUGGESTED = 5
TOO_FEW = 2
"""Characters that are no question yet: nothing is suggested."""

READ_OF_A_TEXT = 600
"""Characters of a text that suggestions are made from: what it is about is said at its beginning."""


@dataclass(frozen=True, slots=True)
class Found:
    """An article that answers: how much of the question it holds (per cent), and a piece of it."""

    article: Article
    share: int
    snippet: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as terms: what each that is looked up says, rarest first, and what all of it says together."""

    rarities: dict[str, int]
    together: int


def find(words: str, viewer: Viewer, limit: int = LIMIT, tier: str | None = None) -> list[Found]:
    """Articles that hold any of `words`, the best first; a word of pinyin finds titles.

    Only what `viewer` may read; staff may look with the eyes of a customer of `tier`.
    """
    asked = _asked(terms(words)[: ranking.MOST_ASKED])
    if not asked.rarities:
        return _by_title(words, viewer, limit, tier)
    found = _best(asked, viewer, limit, tier, with_bodies=True)
    return [
        Found(row, share, snippet(body_of(row, viewer), list(asked.rarities)))
        for row, share, *_ in found
    ]


def suggest(text: str, viewer: Viewer, limit: int = SUGGESTED) -> list[Found]:
    """Articles that may answer what somebody is writing; none when nothing is good enough."""
    wanted = normalise(text)[:READ_OF_A_TEXT]
    if len(wanted) < TOO_FEW:
        return []
    asked = _asked(terms(wanted)[: ranking.MOST_ASKED])
    if not asked.rarities:
        return []
    found = _best(asked, viewer, limit, None, with_bodies=False)
    return [
        Found(row, share)
        for row, share, top, terms_in in found
        if ranking.is_good(share, top, terms_in)
    ]


def body_of(article: Article, viewer: Viewer) -> str:
    """The body in the viewer's language, the other where that one is missing."""
    if viewer.locale == "en":
        return article.body_en or article.body_zh
    return article.body_zh or article.body_en


def _asked(asked: Sequence[str]) -> _Asked:
    if not asked:
        return _Asked({}, 0)
    everything = select(func.count()).select_from(Article).scalar_subquery()
    counting = (
        select(ArticleTerm.term, func.count(), everything)
        .where(ArticleTerm.term.in_(asked))
        .group_by(ArticleTerm.term)
    )
    found = db.session.execute(counting).all()
    if not found:
        return _Asked({}, 0)
    articles = found[0][2]
    counts = {term: count for term, count, _articles in found}
    looked_up = ranking.chosen(counts)
    rarities = {term: ranking.rarity(counts[term], articles) for term in looked_up}
    unsaid = ranking.unanswered(len(asked) - len(counts), articles)
    return _Asked(rarities, sum(rarities.values()) + unsaid)


def _best(
    asked: _Asked, viewer: Viewer, limit: int, tier: str | None, *, with_bodies: bool
) -> list[tuple[Article, int, int, int]]:
    """(article, share, the weight of its heaviest term, how many of the terms it has) of the best, in order."""
    says = case(asked.rarities, value=ArticleTerm.term, else_=0)
    scored = (
        select(
            ArticleTerm.article_id,
            func.sum(says).cast(BigInteger).label("matched"),
            func.sum(says * ArticleTerm.weight).cast(BigInteger).label("weighted"),
            func.max(ArticleTerm.weight).label("heaviest"),
            func.count().label("terms"),
        )
        .where(ArticleTerm.term.in_(list(asked.rarities)))
        .group_by(ArticleTerm.article_id)
        .subquery()
    )
    points = (scored.c.weighted * scored.c.matched).label("points")
    best = (
        select(scored, points)
        .join(Article, scored.c.article_id == Article.id)
        .where(readable(viewer, tier=tier))
        .order_by(points.desc(), Article.helped.desc(), Article.id)
        .limit(limit)
        .subquery()
    )
    wanted = (
        select(Article, best.c.matched, best.c.heaviest, best.c.terms)
        .join(best, best.c.article_id == Article.id)
        .order_by(best.c.points.desc(), Article.helped.desc(), Article.id)
        .options(*([] if with_bodies else [defer(Article.body_zh), defer(Article.body_en)]))
    )
    return [
        (row, ranking.share(matched, asked.together), heaviest, terms_in)
        for row, matched, heaviest, terms_in in db.session.execute(wanted)
    ]


def _by_title(words: str, viewer: Viewer, limit: int, tier: str | None) -> list[Found]:
    """Articles whose titles are written or read like every word: baoguan, bg, 报."""
    wanted = normalise(words).lower().split()[:8]
    if not wanted:
        return []
    statement = (
        select(Article)
        .where(
            *(Article.search_text.contains(word, autoescape=True) for word in wanted),
            readable(viewer, tier=tier),
        )
        .order_by(Article.helped.desc(), Article.id)
        .limit(limit)
    )
    return [
        Found(row, 100, snippet(body_of(row, viewer), ())) for row in db.session.scalars(statement)
    ]
