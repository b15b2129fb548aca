"""Reminders of payment 催收: taken once each, mailed, called, written, or held; and the firm's steps (DOMAIN R10).

The job may run as often as it likes, and twice at once: who comes second finds the step taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portal.access.viewer import SYSTEM, Viewer
from portal.customers.models import Customer
from portal.db import audit, series
from portal.db.base import db
from portal.db.turns import Turn, take_turn
from portal.kernel.clock import business_day
from portal.kernel.errors import InvalidMany
from portal.kernel.text import Text, t
from portal.receivables.actions import reminding, standing
from portal.receivables.models import DunningNotice, DunningStep
from portal.receivables.queries import dunning as queries
from portal.receivables.rules import dunning as rules
from portal.receivables.rules.dunning import FIRST_STEPS, Reminder
from portal.receivables.rules.kinds import Channel

SERIES = "DN"
Printer = Callable[[DunningNotice, Viewer, datetime], Any]
"""Prints a letter and gives its Document: `actions.papers.print_dunning`, given by the caller."""
EDITED = ("channel", "name_zh", "name_en", "text_zh", "text_en", "holds", "stops", "active")


def remind(
    customer_id: int, currency: str, now: datetime, printer: Printer | None = None, actor: Viewer = SYSTEM
) -> list[DunningNotice]:  # fmt: skip
    """Take every step that is due for one customer and currency; the notices, none when nothing is due."""
    take_turn(Turn.MONEY)
    today = business_day(now)
    found = queries.reminders_for(customer_id, currency, today, SYSTEM)
    return [_taken(customer_id, currency, each, printer, actor, now) for each in found]


def _taken(
    customer_id: int, currency: str, reminder: Reminder, printer: Printer | None, actor: Viewer, now: datetime
) -> DunningNotice:  # fmt: skip
    today, channel = business_day(now), reminder.step.channel
    customer = db.session.get_one(Customer, customer_id)
    notice = DunningNotice(
        customer_id=customer_id, customer=customer, step_day=reminder.step.day,
        number=series.next_number(SERIES, today.year), channel=channel.value, on=today,
        currency=currency, amount=reminder.amount, oldest_id=reminder.oldest.id,
        receivables=named(reminder, today), by_id=actor.user_id, at=now,
    )  # fmt: skip
    db.session.add(notice)
    db.session.flush()
    if rules.holds_from(queries.ladder(), reminder.step.day):
        standing.hold_for_dunning(customer_id, now)
    if channel is Channel.LETTER and printer is not None:
        notice.document_id = printer(notice, actor, now).id
    notice.sent_to = reminding.tell(notice, step_of(reminder.step.day), now)[:254]
    after = {
        "step": reminder.step.day,
        "channel": channel.value,
        "amount": reminder.amount,
        "currency": currency,
    }
    audit.record(actor, "dunning.sent", notice, now, after=after)
    return notice


def named(reminder: Reminder, today: date) -> list[dict[str, Any]]:
    """What a notice keeps of the receivables that it names."""
    return [
        {
            "id": each.id,
            "reference": each.reference,
            "due_on": each.due_on.isoformat(),
            "days": each.days(today),
            "amount": str(each.dunned),
        }
        for each in reminder.items
    ]


def step_of(day: int) -> DunningStep | None:
    """The firm's step of a day."""
    return db.session.scalar(select(DunningStep).where(DunningStep.day == day))


def seed_steps(actor: Viewer, now: datetime) -> int:
    """The usual steps (DOMAIN section 17) where the firm has none; how many."""
    if db.session.scalar(select(DunningStep.id).limit(1)) is not None:
        return 0
    for first in FIRST_STEPS:
        row = DunningStep(
            day=first.step.day, channel=first.step.channel.value, name_zh=first.name_zh,
            name_en=first.name_en, text_zh=first.text_zh, text_en=first.text_en,
            holds=first.step.holds, stops=first.step.stops,
        )  # fmt: skip
        db.session.add(row)
        audit.record(actor, "dunning_step.changed", row, now, after=_told(row))
    return len(FIRST_STEPS)


def change_step(
    step: DunningStep | None, day: int, values: Mapping[str, Any], actor: Viewer, now: datetime
) -> DunningStep:
    """Change a step, or make one (None). `values`: those of EDITED that change. InvalidMany by field."""
    wrong = _wrong_step(step, day, values)
    if wrong:
        raise InvalidMany(wrong)
    row = step or DunningStep(name_zh="", channel=Channel.MAIL.value)
    before = _told(row) if step is not None else None
    row.day = day
    for name in EDITED:
        if name in values:
            setattr(row, name, values[name])
    if step is None:
        db.session.add(row)
    db.session.flush()
    audit.record(actor, "dunning_step.changed", row, now, before=before, after=_told(row))
    return row


def _wrong_step(step: DunningStep | None, day: int, values: Mapping[str, Any]) -> dict[str, Text]:
    wrong: dict[str, Text] = {}
    if not -60 <= day <= 730:
        wrong["day"] = t("From %(low)s to %(high)s.", low=-60, high=730)
    other = step_of(day)
    if other is not None and (step is None or other.id != step.id):
        wrong["day"] = t("There is a step of this day already.")
    if values.get("channel", Channel.MAIL) not in set(Channel):
        wrong["channel"] = t("Choose how it goes out.")
    if "name_zh" in values and not str(values["name_zh"]).strip():
        wrong["name_zh"] = t("This must be filled in.")
    return wrong


def _told(row: DunningStep) -> dict[str, Any]:
    return {"day": row.day, **{name: getattr(row, name) for name in EDITED}}
