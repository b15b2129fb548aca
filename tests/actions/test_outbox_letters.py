"""Every mail that a room posts has its templates, in both languages, whole."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.jobs.letters import Letter, written
from portal.web.flask_app import PortalApp

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "mail"
NAMES = sorted(path.stem for path in TEMPLATES.glob("[!_]*.txt"))
FACTS = {
    "name": "林晓雯", "contact": "林晓雯", "sender": "陈立", "inviter": "陈立",
    "number": "QT-2026-000128", "version": 2,
    "title": "上海 → 纽约 <2×40HQ>", "valid_until": "2026-03-31", "ends_on": "2026-04-01", "reason": "太贵 & 太慢",
    "option": "COSCO", "question": "含文件费吗？", "answer": "含。", "id": 7, "hours": 72, "path": "/q/token",
    "steps": 5, "asked": "您满意吗？", "more": 2, "count": 2,
    "step": "suspended", "customer": "海港食品", "starts_on": "2026-03-02", "review_on": "2026-03-02",
}  # fmt: skip
OWN = {
    "request_clocks": {"step": "warned"},
    "campaign": {
        "subject": "旺季运力", "text": "**上海—纽约** <2×40HQ>", "agreed_on": "2026-03-02",
    },
}  # fmt: skip
"""What a letter tells otherwise."""


@pytest.mark.parametrize("locale", ["zh_CN", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_has_a_subject_both_parts_and_no_hole(
    app: PortalApp, database: None, name: str, locale: str
):
    facts = {**FACTS, **OWN.get(name, {})}
    mail = written(Letter(1, "key", "lin@harbour.example", name, facts, locale))
    text = mail.get_body(("plain",)).get_content()
    page = mail.get_body(("html",)).get_content()
    assert mail["Subject"].strip() and "None" not in text + page
    assert "{{" not in text + page and "%(" not in text + page
    assert "<2×40HQ>" not in page


def test_every_mail_that_is_posted_has_its_templates():
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "portal").rglob("*.py"))
    posted = set(
        re.findall(r'"((?:quotation|customer|member)_[a-z]+|invitation|password_[a-z]+)"', source)
    )
    named = {
        name for name in posted if re.search(rf'(post_mail|_post|_tell\w*)\([^)]*"{name}"', source)
    }
    assert {"quotation_issued", "quotation_accepted", "invitation"} <= named
    assert named - set(NAMES) == set()


def test_the_mail_on_an_issued_quotation_leads_to_the_quotation(app: PortalApp, database: None):
    mail = written(Letter(1, "key", "lin@harbour.example", "quotation_issued", FACTS, "en"))
    for part in ("plain", "html"):
        assert "/my/quotations/7" in mail.get_body((part,)).get_content()


def test_a_chinese_reader_gets_a_chinese_mail(app: PortalApp, database: None):
    mail = written(Letter(1, "key", "lin@harbour.example", "password_reset", FACTS, "zh_CN"))
    assert "密码" in mail["Subject"]
    assert "Dear" not in mail.get_body(("plain",)).get_content()
