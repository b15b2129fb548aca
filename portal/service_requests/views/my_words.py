"""A request in its customer's words: what waits for whom, what each kind is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from portal.kernel.text import Text, t
from portal.service_requests.labels import REQUESTS
from portal.service_requests.rules.kinds import CUSTOMER_KINDS, KIND_WORDS, RequestKind
from portal.service_requests.rules.states import RequestState
from portal.web.labels import Label

S, K = RequestState, RequestKind

MY_REQUESTS: Mapping[str, Label] = {
    **REQUESTS,
    S.NEW: Label(t("With us"), "info", "inbox"),
    S.ACCEPTED: Label(t("Accepted by us"), "info", "person-check"),
    S.WAITING_CUSTOMER: Label(t("Waits for your answer"), "warn", "chat-dots"),
    S.WAITING_THIRD_PARTY: Label(t("We wait for somebody else"), "info", "hourglass-split"),
    S.RESOLVED: Label(t("Solved"), "good", "check-circle"),
    S.CLOSED: Label(t("Case closed"), "done", "lock"),
    S.MERGED: Label(t("Goes on in another request"), "done", "union"),
    S.REJECTED: Label(t("Not taken on"), "bad", "x-circle"),
}
"""States as a customer reads them; what the house calls them stands in labels.REQUESTS."""


@dataclass(frozen=True, slots=True)
class KindChoice:
    """One kind as it is chosen: what it is for, in a few words."""

    value: str
    icon: str
    word: Text
    hint: Text


_HINTS: Mapping[RequestKind, tuple[str, Text]] = {
    K.ENQUIRY: ("question-circle", t("Where is it, how does it work, what does it cost")),
    K.PROBLEM: ("exclamation-triangle", t("Something is stuck, late or wrong")),
    K.ORDER_HELP: ("clipboard-check", t("Change or cancel an order, papers")),
    K.COMPLAINT: ("hand-thumbs-down", t("We did not do what we promised")),
    K.CLAIM: ("shield-exclamation", t("Lost, damaged or short: compensation")),
    K.RETURN: ("arrow-return-left", t("Send goods back")),
    K.MATERIALS: ("box", t("Cartons, labels, seals, forms")),
    K.FIELD_SERVICE: ("geo-alt", t("Somebody comes to the place")),
    K.TRAINING: ("people", t("Have something explained and shown")),
    K.SUGGESTION: ("lightbulb", t("What we should do better")),
}
KIND_CHOICES = tuple(
    KindChoice(kind.value, picture, KIND_WORDS[kind], hint)
    for kind, (picture, hint) in _HINTS.items()
    if kind in CUSTOMER_KINDS
)
KIND_ICONS: Mapping[str, str] = {kind.value: picture for kind, (picture, _hint) in _HINTS.items()}
