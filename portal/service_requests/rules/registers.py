"""The registers of complaints: 客户投诉案件统计表 summed, 客户投诉登记追踪表 row by row (REQUIREMENTS S12)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.documents.rules.words import Words
from portal.kernel.text import Text, t

ONE_PLACE = Decimal("0.1")
Name = Words | Text
"""A name that somebody typed in both languages, or a text of the house."""
TOTAL = t("Total")


@dataclass(frozen=True, slots=True)
class Complaint:
    """One complaint as the registers read it; what nobody has found out yet is empty.

    `kind` and `reason` are the two levels of its category, `responsible` whose fault the first defect says it was.
    `days`: from receiving to resolving, None while it is open. `is_late`: a clock of its resolution ran out.
    """

    number: str
    request_id: int
    received_on: date
    customer: Words
    content: str
    kind: Name
    reason: Name | None
    responsible: Name
    responsible_name: str = ""
    cause: str = ""
    measure: str = ""
    due_on: date | None = None
    done_on: date | None = None
    satisfaction: str = ""
    resolved_on: date | None = None
    closed_on: date | None = None
    is_late: bool = False
    days: int | None = None
    keys: tuple[Hashable, Hashable, Hashable] = field(default=("", "", ""))
    """What the row is grouped by: ids of kind, reason and responsible."""

    @property
    def month(self) -> str:
        """`2026-03`."""
        return f"{self.received_on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Group:
    """Some complaints summed. `average_days` of those that are resolved, half-up to one decimal; None for none."""

    label: Name
    count: int
    late: int
    resolved: int
    days: int

    @property
    def open(self) -> int:
        """Those that wait for their solution."""
        return self.count - self.resolved

    @property
    def average_days(self) -> Decimal | None:
        """Days to solve one of those that are solved."""
        if not self.resolved:
            return None
        return (Decimal(self.days) / self.resolved).quantize(ONE_PLACE, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Statistics:
    """The complaints of some months, in four orders; each table adds up to `total`."""

    by_kind: tuple[Group, ...]
    by_reason: tuple[Group, ...]
    by_responsible: tuple[Group, ...]
    by_month: tuple[Group, ...]
    total: Group


def statistics(complaints: Sequence[Complaint]) -> Statistics:
    """Sums by kind, reason and responsible (the most frequent first), and by month in its order."""
    return Statistics(
        by_kind=_grouped(complaints, lambda each: (each.keys[0], each.kind)),
        by_reason=_grouped(complaints, lambda each: (each.keys[1], _whole_reason(each))),
        by_responsible=_grouped(complaints, lambda each: (each.keys[2], each.responsible)),
        by_month=_months(complaints),
        total=_sum(TOTAL, complaints),
    )


def _whole_reason(each: Complaint) -> Name:
    """`运输异常 / 破损`: a reason with the kind that it belongs to."""
    kind, reason = each.kind, each.reason
    if not isinstance(kind, Words) or not isinstance(reason, Words):
        return reason or kind
    return Words(f"{kind.zh} / {reason.zh}", f"{kind.en or kind.zh} / {reason.en or reason.zh}")


def _grouped(
    complaints: Iterable[Complaint], key: Callable[[Complaint], tuple[Any, Name]]
) -> tuple[Group, ...]:
    found: dict[Any, tuple[Name, list[Complaint]]] = {}
    for each in complaints:
        value, label = key(each)
        found.setdefault(value, (label, []))[1].append(each)
    groups = [_sum(label, rows) for label, rows in found.values()]
    return tuple(sorted(groups, key=lambda group: (-group.count, _spelled(group.label))))


def _months(complaints: Iterable[Complaint]) -> tuple[Group, ...]:
    found: dict[str, list[Complaint]] = {}
    for each in complaints:
        found.setdefault(each.month, []).append(each)
    return tuple(_sum(Words(month, month), found[month]) for month in sorted(found))


def _spelled(label: Name) -> str:
    return label.zh if isinstance(label, Words) else label.msgid


def _sum(label: Name, rows: Sequence[Complaint]) -> Group:
    solved = [each.days for each in rows if each.days is not None]
    late = sum(each.is_late for each in rows)
    return Group(label, len(rows), late, len(solved), sum(solved))
