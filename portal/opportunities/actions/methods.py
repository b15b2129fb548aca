"""The firm's ways of selling: methods and their stages, with what each asks for and begins with (REQUIREMENTS O4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, Invalid, InvalidMany, NotAllowedNow, StaleEdit
from portal.kernel.text import Text, t
from portal.opportunities.models import SalesMethod, SalesStage
from portal.opportunities.queries import words
from portal.opportunities.rules import stage_tasks, values, wording
from portal.opportunities.rules.entry import rules_of
from portal.opportunities.rules.kinds import EntryRule, ForecastCategory
from portal.opportunities.rules.stage_tasks import StageTask

CODE = re.compile(r"[a-z0-9][a-z0-9_-]{0,23}")
MOST_STAGES = 20


@dataclass(frozen=True, slots=True)
class Method:
    """What a method is called and whether it is used; `code` is given once."""

    code: str
    name_zh: str
    name_en: str = ""
    note: str = ""
    is_default: bool = False
    active: bool = True


@dataclass(frozen=True, slots=True)
class Stage:
    """What a stage is called, gives, asks for and begins with; `code` is given once."""

    code: str
    name_zh: str
    name_en: str = ""
    likelihood: int = 0
    category: str = ForecastCategory.PIPELINE.value
    rules: tuple[str, ...] = ()
    tasks: tuple[StageTask, ...] = ()
    stuck_days: int = 0
    active: bool = True


def save_method(
    kept: SalesMethod | None, wanted: Method, version: int | None, actor: Viewer, now: datetime
) -> SalesMethod:
    """A new method (with its first stage) or the words of one. InvalidMany by the names of `Method`."""
    _check_right(actor)
    _check_seen(kept, version)
    _check_method(kept, wanted)
    before = None if kept is None else _said(kept)
    row = kept or SalesMethod(code=wanted.code.strip(), position=_last_place() + 10)
    row.name_zh, row.name_en = wording.one_line(wanted.name_zh), wording.one_line(wanted.name_en)
    row.note, row.active, row.updated_at = wording.lines_of(wanted.note), wanted.active, now
    db.session.add(row)
    db.session.flush()
    if kept is None:
        db.session.add(
            SalesStage(
                method_id=row.id,
                code="first",
                position=10,
                name_zh="新建",
                name_en="New",
                likelihood=10,
            )
        )
    _set_default(row, wanted.is_default)
    audit.record(actor, "sales_method.changed", row, now, before=before, after=_said(row))
    return row


def save_stage(
    method: SalesMethod, kept: SalesStage | None, wanted: Stage, version: int | None, actor: Viewer, now: datetime
) -> SalesStage:  # fmt: skip
    """A new stage at the end, or one said anew; `version` is the method's. InvalidMany by the names of `Stage`.

    The first stage takes every opportunity: it asks for nothing. The last one that is used cannot be left out.
    """
    _check_right(actor)
    _check_seen(method, version)
    rows = words.stages(method.id, all_=True)
    _check_stage(rows, kept, wanted)
    before = None if kept is None else _stage_said(kept)
    place = rows[-1].position + 10 if rows else 10
    row = kept or SalesStage(method_id=method.id, code=wanted.code.strip(), position=place)
    row.name_zh, row.name_en = wording.one_line(wanted.name_zh), wording.one_line(wanted.name_en)
    row.likelihood, row.category, row.stuck_days = (
        wanted.likelihood,
        wanted.category,
        wanted.stuck_days,
    )
    row.entry_rules = [rule.value for rule in rules_of(wanted.rules)]
    row.tasks, row.active = [task.to_json() for task in wanted.tasks], wanted.active
    db.session.add(row)
    db.session.flush()
    _check_first(method)
    _changed(method, before, _stage_said(row), actor, now)
    return row


def order(
    method: SalesMethod, stage_ids: Sequence[int], version: int | None, actor: Viewer, now: datetime
) -> None:
    """Put the stages into this order. Invalid at "stages" unless each of them is named once."""
    _check_right(actor)
    _check_seen(method, version)
    rows = {row.id: row for row in words.stages(method.id, all_=True)}
    if sorted(stage_ids) != sorted(rows):
        raise Invalid(t("Name every stage once."), "stages")
    before = [row.name_zh for row in rows.values()]
    for place, stage_id in enumerate(stage_ids, 1):
        rows[stage_id].position = place * 10
    db.session.flush()
    _check_first(method)
    after = [rows[stage_id].name_zh for stage_id in stage_ids]
    _changed(method, {"stages": before}, {"stages": after}, actor, now)


def _check_right(actor: Viewer) -> None:
    if not actor.may(Permission.SALES_SET):
        raise Forbidden()


def _check_seen(row: SalesMethod | None, version: int | None) -> None:
    if row is not None and version is not None and row.version != version:
        raise StaleEdit(t("Somebody else changed this method a moment ago. Look at it again."))


def _check_method(kept: SalesMethod | None, wanted: Method) -> None:
    problems: dict[str, Text | None] = {
        "name_zh": wording.needed(wording.one_line(wanted.name_zh), t("Write a name."), 60),
        "name_en": wording.too_long(wording.one_line(wanted.name_en), 80),
        "note": wording.too_long(wording.lines_of(wanted.note), 500),
    }
    if kept is None:
        problems["code"] = _code_problem(
            wanted.code, set(db.session.scalars(select(SalesMethod.code)))
        )
    if wanted.is_default and not wanted.active:
        problems["active"] = t("The usual method stays in use.")
    others = select(SalesMethod.id).where(SalesMethod.active.is_(True))
    if kept is not None:
        others = others.where(SalesMethod.id != kept.id)
    if not wanted.active and db.session.scalar(others.limit(1)) is None:
        problems["active"] = t("One method at least stays in use.")
    _raise(problems)


def _check_stage(rows: Sequence[SalesStage], kept: SalesStage | None, wanted: Stage) -> None:
    tasks = [wording.one_line(each.zh or each.en) for each in wanted.tasks]
    problems: dict[str, Text | None] = {
        "name_zh": wording.needed(wording.one_line(wanted.name_zh), t("Write a name."), 40),
        "name_en": wording.too_long(wording.one_line(wanted.name_en), 60),
        "likelihood": values.likelihood_problem(wanted.likelihood),
        "category": values.choice_problem(wanted.category, ForecastCategory),
        "stuck_days": None if 0 <= wanted.stuck_days <= 3650 else t("From 0 to %(most)s days.", most=3650),
        "tasks": _tasks_problem(wanted.tasks, tasks),
    }  # fmt: skip
    if not set(wanted.rules) <= {each.value for each in EntryRule}:
        problems["rules"] = t("Choose one of the list.")
    if kept is None:
        problems["code"] = _code_problem(wanted.code, {row.code for row in rows})
        if len(rows) >= MOST_STAGES:
            problems["code"] = t("At most %(most)s stages.", most=MOST_STAGES)
    _raise(problems)


def _tasks_problem(tasks: Sequence[StageTask], titles: Sequence[str]) -> Text | None:
    if len(tasks) > stage_tasks.MOST_TASKS:
        return t("At most %(most)s tasks.", most=stage_tasks.MOST_TASKS)
    for no, (task, title) in enumerate(zip(tasks, titles, strict=True), 1):
        if (
            not title
            or max(len(task.zh), len(task.en)) > 160
            or not 0 <= task.days <= stage_tasks.MOST_DAYS
        ):
            return t("Task %(no)s: words, and from 0 to 365 working days.", no=no)
    return None


def _code_problem(code: str, taken: set[str]) -> Text | None:
    if not CODE.fullmatch(code.strip()):
        return t("Small letters, figures and dashes, at most 24.")
    return t("This code is taken.") if code.strip() in taken else None


def _check_first(method: SalesMethod) -> None:
    """NotAllowedNow when no stage is used any more; Invalid at "rules" when the first one asks for something."""
    used = words.stages(method.id)
    if not used:
        raise NotAllowedNow(t("One stage at least stays in use."))
    if used[0].entry_rules:
        raise Invalid(
            t("“%(stage)s” is the first stage: it takes every opportunity and asks for nothing.",
              stage=used[0].name_zh), "rules",
        )  # fmt: skip


def _set_default(row: SalesMethod, is_default: bool) -> None:
    """One usual method; the last one stays it until another is."""
    if is_default:
        others = update(SalesMethod).where(SalesMethod.id != row.id, SalesMethod.is_default)
        db.session.execute(others.values(is_default=False))
        row.is_default = True
    db.session.flush()


def _changed(method: SalesMethod, before: Any, after: Any, actor: Viewer, now: datetime) -> None:
    method.updated_at = now
    method.version += 1
    db.session.flush()
    audit.record(actor, "sales_method.changed", method, now, before=before, after=after)


def _last_place() -> int:
    last = select(SalesMethod.position).order_by(SalesMethod.position.desc()).limit(1)
    return db.session.scalar(last) or 0


def _said(row: SalesMethod) -> dict[str, Any]:
    names = ("code", "name_zh", "name_en", "note", "is_default", "active")
    return {name: getattr(row, name) for name in names}


def _stage_said(row: SalesStage) -> dict[str, Any]:
    names = (
        "code",
        "name_zh",
        "name_en",
        "likelihood",
        "category",
        "entry_rules",
        "tasks",
        "stuck_days",
        "active",
    )
    return {name: getattr(row, name) for name in names}


def _raise(problems: dict[str, Text | None]) -> None:
    wrong = {name: problem for name, problem in problems.items() if problem is not None}
    if wrong:
        raise InvalidMany(wrong)
