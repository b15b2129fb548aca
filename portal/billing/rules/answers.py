"""What must be known of an answer that a customer gave outside the portal (DOMAIN R3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.billing.rules.kinds import AnswerChannel
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t

LONGEST_NAME = 120
LONGEST_REASON = 500
MOST_SLIPS = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """Who signed or said it, on which day, and how it reached us; `no_paper`: why there is no file of it."""

    said_by: str
    said_on: date
    channel: str = AnswerChannel.SLIP
    no_paper: str = ""

    @property
    def source(self) -> str:
        """Whose words, and of when: the same in every language."""
        return f"{self.said_by.strip()} · {self.said_on.isoformat()}"


def check_heard(heard: Heard, published_on: date, today: date) -> None:
    """InvalidMany at said_by, said_on, channel, no_paper."""
    wrong = _wrong(heard, published_on, today)
    if wrong:
        raise InvalidMany(wrong)


def check_paper(heard: Heard, files: int) -> None:
    """What is confirmed has its stamped slip, or a reason why there is none; InvalidMany at files."""
    if files > MOST_SLIPS:
        raise InvalidMany({"files": t("At most %(most)s files.", most=MOST_SLIPS)})
    if not files and len(heard.no_paper.strip()) < 2:
        raise InvalidMany({"files": t("Add the slip, or say below why there is none.")})


def _wrong(heard: Heard, published_on: date, today: date) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not 2 <= len(heard.said_by.strip()) <= LONGEST_NAME:
        wrong["said_by"] = t("Write the name: 2 to %(most)s characters.", most=LONGEST_NAME)
    if heard.said_on > today:
        wrong["said_on"] = t("This day is still to come.")
    elif heard.said_on < published_on:
        wrong["said_on"] = t("It was published later: on %(day)s.", day=published_on.isoformat())
    if heard.channel not in set(AnswerChannel):
        wrong["channel"] = t("Choose how it reached us.")
    if len(heard.no_paper.strip()) > LONGEST_REASON:
        wrong["no_paper"] = t("A reason has at most %(most)s characters.", most=LONGEST_REASON)
    return wrong
