"""The life of one version of a proposal: written, issued once, then replaced or taken back (REQUIREMENTS O14)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from portal.kernel.lifecycle import Lifecycle
from portal.kernel.text import Text, t


class ProposalState(StrEnum):
    """Where a version is."""

    DRAFT = "draft"
    ISSUED = "issued"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class ProposalStep(StrEnum):
    """What may be done with it."""

    ISSUE = "issue"
    SUPERSEDE = "supersede"
    WITHDRAW = "withdraw"


S, A = ProposalState, ProposalStep

STATE_WORDS: Mapping[ProposalState, Text] = {
    S.DRAFT: t("Draft"),
    S.ISSUED: t("Issued"),
    S.SUPERSEDED: t("Superseded"),
    S.WITHDRAWN: t("Withdrawn"),
}

STEPS = Lifecycle(
    {
        (S.DRAFT, A.ISSUE): S.ISSUED,
        (S.DRAFT, A.WITHDRAW): S.WITHDRAWN,
        (S.ISSUED, A.SUPERSEDE): S.SUPERSEDED,
        (S.ISSUED, A.WITHDRAW): S.WITHDRAWN,
    },
    STATE_WORDS,
)
