"""The desk's list of articles, and an article's history."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import g, url_for
from sqlalchemy import Select, func, select
from sqlalchemy.sql.expression import ColumnElement

from portal.access.permissions import Permission as P
from portal.customers.rules.kinds import SEGMENTS
from portal.kernel import clock
from portal.kernel.pinyin import normalise
from portal.kernel.text import t
from portal.knowledge.labels import ARTICLES, AUDIENCES, EXPIRED, REVIEW_DUE
from portal.knowledge.models import Article, ArticleTerm
from portal.knowledge.queries.reading import TIERS
from portal.knowledge.queries.shelves import review_due, shelves
from portal.knowledge.rules.kinds import ArticleState
from portal.knowledge.rules.ranking import MOST_ASKED
from portal.knowledge.rules.terms import terms
from portal.web.chips import chip
from portal.web.filters import day, instant
from portal.web.listing import Column, Empty, Filter, ListSpec
from portal.web.words import name_of, say

A = Article
ANY = ("", t("All"))


def searched(statement: Select[Any], words: str) -> Select[Any]:
    """Articles that hold every term of `words`; words without a term (pinyin) are looked for in titles."""
    asked = terms(words)[:MOST_ASKED]
    by_title = [
        A.search_text.contains(word, autoescape=True)
        for word in normalise(words).lower().split()[:8]
    ]
    if not asked:
        return statement.where(*by_title)
    return statement.where(_holds_all(asked) | _all(by_title))


def _holds_all(asked: tuple[str, ...]) -> ColumnElement[bool]:
    having = (
        select(ArticleTerm.article_id)
        .where(ArticleTerm.term.in_(asked))
        .group_by(ArticleTerm.article_id)
        .having(func.count() == len(asked))
    )
    return A.id.in_(having)


def _all(criteria: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    first, *rest = criteria
    for each in rest:
        first = first & each
    return first


def _by_state(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(A.state == value) if value in ARTICLES else statement


def _by_audience(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(A.audience == value) if value in AUDIENCES else statement


def _by_tier(statement: Select[Any], value: str) -> Select[Any]:
    return statement.where(TIERS.contains(f'"{value}"')) if value in SEGMENTS else statement


def _by_time(statement: Select[Any], value: str) -> Select[Any]:
    today = clock.today()
    if value == "review":
        return statement.where(review_due(today))
    return statement.where(A.expires_on < today) if value == "expired" else statement


def _by_shelf(statement: Select[Any], value: str) -> Select[Any]:
    if value == "none":
        return statement.where(A.category_id.is_(None))
    return statement.where(A.category_id == int(value)) if _is_id(value) else statement


def _is_id(value: str) -> bool:
    return value.isdecimal() and len(value) <= 9


def shelf_choices() -> list[tuple[str, str]]:
    """Every shelf, those that stand in another set in."""
    listed = shelves(g.viewer, all_of_them=True)
    return [(str(each.shelf.id), "　" * each.depth + name_of(each.shelf)) for each in listed]


def state(row: Article, today: date | None = None) -> Any:
    """Where the article is, and what its days say."""
    drawn = chip(ARTICLES[row.state])
    if row.state != ArticleState.PUBLISHED:
        return drawn
    on = today or clock.today()
    if row.expires_on is not None and row.expires_on < on:
        drawn = chip(EXPIRED)
    return drawn + chip(REVIEW_DUE) if row.review_on is not None and row.review_on <= on else drawn


def _tiers(row: Article) -> str:
    return ", ".join(say(SEGMENTS[each]) for each in row.tiers if each in SEGMENTS)


ARTICLES_LIST = ListSpec(
    key="articles",
    columns=(
        Column("number", t("Number"), lambda a: a.number, sort=A.number),
        Column("title", t("Title"), name_of, value=lambda a: a.title_zh),
        Column("title_en", t("English title"), lambda a: a.title_en, only_in_files=True),
        Column("shelf", t("Shelf"), lambda a: name_of(a.category) if a.category else ""),
        Column("audience", t("For whom"), lambda a: chip(AUDIENCES[a.audience]),
               value=lambda a: say(AUDIENCES[a.audience].text)),
        Column("tiers", t("Customer tiers"), _tiers, only_in_files=True),
        Column("state", t("State"), state, value=lambda a: say(ARTICLES[a.state].text)),
        Column("helped", t("Helped"), lambda a: f"{a.helped} / {a.did_not_help}", align="num", sort=A.helped,
               value=lambda a: a.helped),
        Column("did_not_help", t("Did not help"), lambda a: a.did_not_help, only_in_files=True),
        Column("review_on", t("Look over"), lambda a: day(a.review_on) if a.review_on else "",
               value=lambda a: a.review_on),
        Column("expires_on", t("Last day for customers"), lambda a: a.expires_on, value=lambda a: a.expires_on,
               only_in_files=True),
        Column("edition", t("Edition"), lambda a: str(a.edition), value=lambda a: a.edition, only_in_files=True),
        Column("author", t("Author"), lambda a: a.author.name if a.author else "", only_in_files=True),
        Column("updated", t("Changed"), lambda a: instant(a.updated_at), sort=A.updated_at,
               value=lambda a: a.updated_at),
    ),
    row_id=A.id,
    sort="-updated",
    url=lambda a: url_for("desk_knowledge.show", article_id=a.id),
    filters=(
        Filter("state", t("State"), lambda: [ANY, *((s, w.text) for s, w in ARTICLES.items())], _by_state),
        Filter("audience", t("For whom"), lambda: [ANY, *((a, w.text) for a, w in AUDIENCES.items())], _by_audience),
        Filter("tier", t("Customer tier"), lambda: [ANY, *SEGMENTS.items()], _by_tier),
        Filter("shelf", t("Shelf"), lambda: [ANY, ("none", t("On no shelf")), *shelf_choices()], _by_shelf),
        Filter("time", t("Time"), lambda: [ANY, ("review", t("To be looked over")), ("expired", t("Expired"))],
               _by_time),
    ),
    search=searched,
    search_hint=t("Words of the article, number, pinyin …"),
    row_classes=lambda a: "" if a.state == ArticleState.PUBLISHED else "row-muted",
    empty=Empty(
        t("No articles yet"),
        t("Write down what is asked often: it is suggested to customers before they ask."),
        t("New article"),
        "desk_knowledge.new",
        P.KNOWLEDGE_EDIT,
    ),
)  # fmt: skip
