"""What insight keeps: facts by month, tier cards, classification runs and their results."""

from __future__ import annotations

from portal.insights.models.classes import (
    Classification,
    ClassificationRun,
    ClassOverride,
    CustomerMonth,
    TierCard,
    TierService,
)
from portal.insights.models.indices import DigestChoice, DigestIssue, IndexMonth, IndexSum

__all__ = [
    "ClassOverride",
    "Classification",
    "ClassificationRun",
    "CustomerMonth",
    "DigestChoice",
    "DigestIssue",
    "IndexMonth",
    "IndexSum",
    "TierCard",
    "TierService",
]
