"""What a request says besides its text, by its kind: kept in `ServiceRequest.details` under these keys (S13)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.kernel.text import Text, t
from portal.service_requests.rules.kinds import RequestKind


class Detail(StrEnum):
    """A detail; its value is kept as text, a day as 2026-03-02."""

    PEOPLE = "people"
    WANTED_ON = "wanted_on"
    PLACE = "place"


DETAIL_WORDS: Mapping[Detail, Text] = {
    Detail.PEOPLE: t("How many people"),
    Detail.WANTED_ON: t("Wanted on"),
    Detail.PLACE: t("Where"),
}

DETAILS_OF: Mapping[RequestKind, tuple[Detail, ...]] = {
    RequestKind.TRAINING: (Detail.PEOPLE, Detail.WANTED_ON, Detail.PLACE),
    RequestKind.FIELD_SERVICE: (Detail.WANTED_ON, Detail.PLACE),
    RequestKind.MATERIALS: (Detail.WANTED_ON, Detail.PLACE),
    RequestKind.RETURN: (Detail.WANTED_ON, Detail.PLACE),
}
"""Which of them are asked for; of other kinds none."""


def kept(kind: RequestKind, typed: Mapping[Detail, object]) -> dict[str, str]:
    """The details that this kind has, as they are kept; what was left empty is left out."""
    wanted = {each: typed.get(each) for each in DETAILS_OF.get(kind, ())}
    return {each.value: _text(value) for each, value in wanted.items() if value not in (None, "")}


def worded(details: Mapping[str, object]) -> list[tuple[Text, str]]:
    """(what, how) of the details of a request, for people; keys that are none of these are left out."""
    return [
        (words, str(details[each])) for each, words in DETAIL_WORDS.items() if details.get(each)
    ]


def _text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    return str(value).strip()
