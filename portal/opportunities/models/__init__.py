"""Sales methods, opportunities, who has a part in them, and what is done for them."""

from __future__ import annotations

from portal.opportunities.models.methods import (
    Competitor,
    OpportunityCategory,
    OutcomeReason,
    SalesMethod,
    SalesStage,
)
from portal.opportunities.models.opportunities import (
    Collaborator,
    Opportunity,
    OpportunityCompetitor,
    OpportunityLine,
    OpportunityParty,
)
from portal.opportunities.models.work import OpportunityNote, OpportunityTask, WriteBack

__all__ = [
    "Collaborator",
    "Competitor",
    "Opportunity",
    "OpportunityCategory",
    "OpportunityCompetitor",
    "OpportunityLine",
    "OpportunityNote",
    "OpportunityParty",
    "OpportunityTask",
    "OutcomeReason",
    "SalesMethod",
    "SalesStage",
    "WriteBack",
]
