"""Which proof a claim needs, by what happened to the goods (DOMAIN T9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.claims.rules.kinds import EvidenceKind, Loss
from portal.claims.rules.states import EvidenceState

K, E = EvidenceKind, EvidenceState

NEEDED: Mapping[Loss, tuple[EvidenceKind, ...]] = {
    Loss.LOST: (K.GOODS_INVOICE, K.PACKING_LIST),
    Loss.DAMAGED: (K.PHOTOS, K.DELIVERY_SHEET, K.GOODS_INVOICE),
    Loss.SHORT: (K.DELIVERY_SHEET, K.WEIGHT, K.GOODS_INVOICE),
    Loss.DELAYED: (K.DELIVERY_SHEET, K.OTHER),
    Loss.OTHER: (K.GOODS_INVOICE, K.OTHER),
}
TAKES_FILES = frozenset({E.ASKED, E.REFUSED, E.GIVEN})
"""A piece that may still be sent, or sent again."""
SETTLED = frozenset({E.ACCEPTED, E.WAIVED})


def is_missing(state: str) -> bool:
    """Whether the customer has to do something about a piece."""
    return state in (E.ASKED, E.REFUSED)


def can_file(states: Iterable[str]) -> bool:
    """Whether a claim can be filed: something at least is there to look at, or nothing was needed."""
    known = list(states)
    return not known or any(each in (E.GIVEN, E.ACCEPTED, E.WAIVED) for each in known)
