"""Visits and their plans, watch notes, lent things, and what is heard of the market."""

from __future__ import annotations

from portal.care.models.assets import Asset, AssetLoan
from portal.care.models.notes import MarketEntry, WatchNote
from portal.care.models.visits import Visit, VisitPromise, VisitTarget

__all__ = [
    "Asset",
    "AssetLoan",
    "MarketEntry",
    "Visit",
    "VisitPromise",
    "VisitTarget",
    "WatchNote",
]
