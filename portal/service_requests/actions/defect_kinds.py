"""The firm's catalogue of kinds of defects: what every firm needs to begin with, and its own words for them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from portal.access.permissions import Permission
from portal.access.viewer import Viewer
from portal.db import audit
from portal.db.base import db
from portal.kernel.errors import Forbidden, InvalidMany
from portal.kernel.text import Text, t
from portal.service_requests.models import DefectKind

SEED = (
    ("delay", "延误", "Delay"),
    ("loss", "丢失", "Loss"),
    ("damage", "破损", "Damage"),
    ("shortage", "短少", "Shortage"),
    ("wrong_goods", "错发", "Wrong goods sent"),
    ("false_signature", "虚假签收", "False proof of delivery"),
    ("attitude", "服务态度", "Conduct of staff"),
    ("charge", "收费差错", "Wrong charge"),
    ("document", "单证错误", "Document error"),
    ("information", "信息不及时", "Information late or missing"),
    ("system", "系统故障", "System fault"),
    ("other", "其他", "Other"),
)
"""DOMAIN T1: the real list of reasons, without those that are no fault of a service."""
LONGEST_CODE, LONGEST_ZH, LONGEST_EN = 24, 60, 80


def seed() -> int:
    """The kinds to begin with, where the catalogue is still empty; how many."""
    if db.session.scalar(select(func.count(DefectKind.id))):
        return 0
    db.session.add_all(
        DefectKind(code=code, name_zh=zh, name_en=en, position=at)
        for at, (code, zh, en) in enumerate(SEED, start=1)
    )
    db.session.flush()
    return len(SEED)


def save(
    kind: DefectKind | None, code: str, name_zh: str, name_en: str, active: bool, actor: Viewer, now: datetime
) -> DefectKind:  # fmt: skip
    """A new kind, or another name for one; what was recorded keeps its kind. InvalidMany at code, name_zh."""
    if not actor.may(Permission.SERVICE_SET):
        raise Forbidden()
    code, name_zh, name_en = code.strip(), name_zh.strip(), name_en.strip()
    _check(kind, code, name_zh, name_en)
    row = kind or DefectKind(position=_next_position())
    before = None if kind is None else _facts(kind)
    row.code, row.name_zh, row.name_en, row.active = code, name_zh, name_en, active
    db.session.add(row)
    audit.record(actor, "defect_kind.changed", row, now, before=before, after=_facts(row))
    return row


def _next_position() -> int:
    return (db.session.scalar(select(func.max(DefectKind.position))) or 0) + 1


def _facts(kind: DefectKind) -> dict[str, object]:
    return {"code": kind.code, "zh": kind.name_zh, "en": kind.name_en, "active": kind.active}


def _check(kind: DefectKind | None, code: str, name_zh: str, name_en: str) -> None:
    wrong: dict[str, Text] = {}
    for name, value, most in (("code", code, LONGEST_CODE), ("name_zh", name_zh, LONGEST_ZH)):
        if not value:
            wrong[name] = t("This is needed.")
        elif len(value) > most:
            wrong[name] = t("At most %(most)s characters.", most=most)
    if len(name_en) > LONGEST_EN:
        wrong["name_en"] = t("At most %(most)s characters.", most=LONGEST_EN)
    other = db.session.scalar(select(DefectKind.id).where(DefectKind.code == code))
    if other is not None and (kind is None or kind.id != other):
        wrong["code"] = t("Another kind has this code.")
    if wrong:
        raise InvalidMany(wrong)
