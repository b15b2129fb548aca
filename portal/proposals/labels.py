"""States of proposals with mark and tone."""

from __future__ import annotations

from collections.abc import Mapping

from portal.kernel.text import Text, t
from portal.proposals.rules.states import STATE_WORDS, ProposalState
from portal.web.labels import Label

PROPOSALS: Mapping[str, Label] = {
    ProposalState.DRAFT: Label(STATE_WORDS[ProposalState.DRAFT], "neutral", "pencil"),
    ProposalState.ISSUED: Label(STATE_WORDS[ProposalState.ISSUED], "good", "send-check"),
    ProposalState.SUPERSEDED: Label(STATE_WORDS[ProposalState.SUPERSEDED], "done", "layers"),
    ProposalState.WITHDRAWN: Label(
        STATE_WORDS[ProposalState.WITHDRAWN], "neutral", "arrow-return-left"
    ),
}
LANGUAGES: Mapping[str, Text] = {
    "zh_en": t("Chinese and English"),
    "zh": t("Chinese"),
    "en": t("English"),
}
