"""What every installation begins with: rates, steps, limits, targets and words that its owner may change."""

from __future__ import annotations

from datetime import datetime

from portal.access.viewer import Viewer
from portal.care.actions import plans
from portal.catalogue.actions.rates import seed_tax_rates
from portal.claims.actions.limits import seed_limits
from portal.insights.actions import seeding as tier_cards
from portal.opportunities.actions import seeding as opportunities
from portal.proposals.actions import outlines
from portal.receivables.actions.dunning import seed_steps
from portal.satisfaction.actions import editing as surveys
from portal.service_requests.actions import defect_kinds, targets
from portal.service_requests.actions.seeding import seed_service_words


def seed(actor: Viewer, now: datetime) -> None:
    """Each where the firm has none of it yet; what somebody changed stays, and doing it again changes nothing."""
    seed_tax_rates(actor, now)
    seed_steps(actor, now)
    targets.seed(actor, now)
    seed_service_words(actor, now)
    defect_kinds.seed()
    seed_limits(actor, now)
    surveys.seed(actor, now)
    tier_cards.seed(actor, now)
    opportunities.seed(actor, now)
    outlines.seed(actor, now)
    plans.seed(actor, now)
