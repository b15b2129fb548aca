"""Claims 索赔: from notice to the credit on a statement."""

from __future__ import annotations

from portal.claims.models.claims import Claim, ClaimEvidence, LiabilityLimit, RecourseReceipt

__all__ = ["Claim", "ClaimEvidence", "LiabilityLimit", "RecourseReceipt"]
