"""Who is reminded of what, and how: the step that a due day has reached (DOMAIN R10, section 17)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.receivables.rules.ageing import disputed_part
from portal.receivables.rules.kinds import Channel


@dataclass(frozen=True, slots=True)
class Step:
    """One step, `day` days after the due day. `holds`: credit waits from here; `stops`: no automatic step follows."""

    day: int
    channel: Channel
    holds: bool = False
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """What is open of one receivable of a customer in one currency; `promised_on`: they said they pay by then."""

    id: int
    reference: str
    due_on: date
    open_amount: Decimal
    disputed_amount: Decimal = Decimal(0)
    promised_on: date | None = None

    @property
    def dunned(self) -> Decimal:
        """What is asked for: nothing that is disputed."""
        return max(self.open_amount - disputed_part(self.open_amount, self.disputed_amount), Decimal(0))  # fmt: skip

    def days(self, today: date) -> int:
        """Days since it was due; negative before."""
        return (today - self.due_on).days


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken before, and the receivables that it named."""

    day: int
    receivable_ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class Reminder:
    """A step that is to be taken now, for these receivables, the oldest due first."""

    step: Step
    items: tuple[Due, ...]

    @property
    def oldest(self) -> Due:
        """Which one stands for the reminder."""
        return self.items[0]

    @property
    def amount(self) -> Decimal:
        """What it asks for."""
        return sum((each.dunned for each in self.items), Decimal(0))


def reminders(
    steps: Iterable[Step], items: Iterable[Due], taken: Collection[Taken], today: date
) -> list[Reminder]:
    """The steps to be taken today for one customer and currency, the earliest first.

    Each receivable is reminded by the last step whose day has come, once; steps that nobody took in time are not made
    up for. A promise stops it until its day has passed, and a step that `stops` for good.
    """
    ladder = sorted(steps, key=lambda each: each.day)
    last = last_taken(taken)
    stops = {each.day for each in ladder if each.stops}
    found: dict[int, list[Due]] = {}
    for item in sorted(items, key=lambda each: (each.due_on, each.id)):
        step = _reached(ladder, item, today)
        before = last.get(item.id)
        if step is None or (before is not None and (step.day <= before or before in stops)):
            continue
        found.setdefault(step.day, []).append(item)
    return [Reminder(each, tuple(found[each.day])) for each in ladder if each.day in found]


def last_taken(taken: Iterable[Taken]) -> dict[int, int]:
    """Receivable id → the day of the last step that named it."""
    found: dict[int, int] = {}
    for each in taken:
        for receivable_id in each.receivable_ids:
            found[receivable_id] = max(each.day, found.get(receivable_id, each.day))
    return found


def holds_from(steps: Iterable[Step], day: int) -> bool:
    """Whether credit is held once the step of `day` was taken: it or an earlier one says so."""
    return any(each.holds and each.day <= day for each in steps)


def is_stopped(item: Due, today: date) -> bool:
    """Whether nobody is reminded of it: nothing undisputed is open, or a promise still has time."""
    return item.dunned <= 0 or (item.promised_on is not None and today <= item.promised_on)


def _reached(ladder: Sequence[Step], item: Due, today: date) -> Step | None:
    if is_stopped(item, today):
        return None
    days = item.days(today)
    return next((each for each in reversed(ladder) if each.day <= days), None)


@dataclass(frozen=True, slots=True)
class FirstStep:
    """A step as a new installation gets it."""

    step: Step
    name_zh: str
    name_en: str
    text_zh: str
    text_en: str


FIRST_STEPS: tuple[FirstStep, ...] = (
    FirstStep(
        Step(-3, Channel.MAIL), "到期提醒", "Due soon",
        "以下款项即将到期，请安排付款。如已付款，请忽略本提醒。",
        "The following will be due soon. If you have paid already, please take no notice of this reminder.",
    ),
    FirstStep(
        Step(1, Channel.MAIL), "逾期通知", "Overdue notice",
        "以下款项已到期未收到，请尽快安排付款；如有疑问，请与我们联系。",
        "The following was due and has not reached us yet. Please arrange payment, or tell us what stands in its way.",
    ),
    FirstStep(
        Step(7, Channel.PHONE), "电话催收", "Telephone call",
        "请致电客户财务，确认付款日期并记录承诺。",
        "Call the customer's accounts department, agree on a day, and note the promise.",
    ),
    FirstStep(
        Step(15, Channel.LETTER), "催款函", "Letter of demand",
        "以下款项经提醒仍未收到。请于收函之日起七日内付清，否则我司将暂停接受新的委托。",
        "In spite of our reminders the following has not been paid. Please settle it within seven days of this letter; "
        "otherwise we shall take no new orders.",
    ),
    FirstStep(
        Step(30, Channel.SYSTEM, holds=True), "冻结信用", "Credit held",
        "因款项长期逾期，我司已暂停接单与放单。",
        "As payment is long overdue, new orders and releases are on hold.",
    ),
    FirstStep(
        Step(60, Channel.PERSON, stops=True), "移交法务", "Handed to a manager",
        "请经理决定是否发出律师函或移交法务。",
        "A manager decides about a lawyer's letter or legal steps.",
    ),
)  # fmt: skip
"""DOMAIN section 17."""
