"""Points: the rules they follow, each customer's account with its ledger, and what was redeemed."""

from __future__ import annotations

from portal.loyalty.models.points import PointsAccount, PointsEntry, PointsRule, Redemption

__all__ = ["PointsAccount", "PointsEntry", "PointsRule", "Redemption"]
