"""The knowledge base 知识库: articles, the words they are found by, and whether they helped."""

from __future__ import annotations

from portal.knowledge.models.articles import (
    Article,
    ArticleCategory,
    ArticleFile,
    ArticleTerm,
    ArticleVersion,
    ArticleVote,
)

__all__ = [
    "Article",
    "ArticleCategory",
    "ArticleFile",
    "ArticleTerm",
    "ArticleVersion",
    "ArticleVote",
]
