"""The demo firm's knowledge base: shelves, articles in both languages, and what readers said of them.

Each article is a file of `knowledge_texts/`: lines `name: value`, then the Chinese text, then the English one, with
`---` between. Days are counted from the day on which the demo is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy import select

from portal.db.base import db
from portal.demo.stage import Stage, Timeline
from portal.knowledge.actions import judging, publishing, shelving, writing
from portal.knowledge.models import Article, ArticleCategory
from portal.knowledge.rules.kinds import Audience
from portal.knowledge.rules.writing import Written

TEXTS = Path(__file__).parent / "knowledge_texts"
WRITER, LEAD = "zhao.min", "sun.jie"
SHELVES = {
    "booking": ("订舱与操作", "Booking and handling"),
    "customs": ("报关与单证", "Customs and papers"),
    "storage": ("仓储", "Storage"),
    "charges": ("费用与计费", "Charges and how they are counted"),
    "bills": ("对账与付款", "Bills and payment"),
    "claims": ("异常、投诉与索赔", "Trouble, complaints and claims"),
    "portal": ("门户使用", "Using the portal"),
    "internal": ("内部规程", "Internal rules"),
}
# article | who read it: + helped, - did not | what they wrote
_SAID = """
01|+lin +tang +erik +fang|
02|+lin +erik|
04|+fang -erik|请补充空运锂电池的要求
05|+lin +erik +huang +xu +fang|
06|+fang +lin|
07|+fang +lin +tang|
08|+zhou +lin +huang|
09|+zhou|
10|+fang +xu -lin|查勘一般多久能到？
11|+xu|
12|+zhou -huang|希望写明美元账户的手续费由谁承担
"""
CORRECTED = "05"
"""The article that got a second edition: the last line came later."""


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An article of the demo as its file tells it."""

    code: str
    facts: Mapping[str, str]
    body_zh: str
    body_en: str

    def written(self, days: Timeline, shelves: Mapping[str, int]) -> Written:
        """The article as somebody writes it."""
        facts = self.facts
        return Written(
            title_zh=facts["zh"],
            title_en=facts["en"],
            body_zh=self.body_zh,
            body_en=self.body_en,
            keywords=facts.get("keywords", ""),
            audience=Audience(facts.get("audience", "public")),
            tiers=tuple(facts.get("tiers", "").split()),
            category_id=shelves[facts["shelf"]],
            review_on=days.day(int(facts["review"])) if "review" in facts else None,
            expires_on=days.day(int(facts["expires"])) if "expires" in facts else None,
        )


def tell_knowledge(stage: Stage) -> None:
    """Shelves first, then one article after the other, and later what readers said."""
    days = stage.timeline
    days.add(days.day(-220), "09:00", partial(_shelves, stage))
    for place, each in enumerate(demo_articles()):
        begun = int(each.facts.get("published", -210 + 4 * place))
        days.add(days.day(begun), "10:30", partial(_write, stage, each))
    days.add(days.day(-40), "15:20", partial(_correct, stage))
    for code, who, comment in _verdicts():
        said = partial(_judge, stage, code, who, comment)
        days.add(days.day(-30 + int(code)), "11:00", said)


def demo_articles() -> Iterator[DemoArticle]:
    """The articles, in the order of their files."""
    for path in sorted(TEXTS.glob("*.md")):
        head, body_zh, body_en = path.read_text(encoding="utf-8").split("\n---\n")
        facts = dict(line.split(": ", 1) for line in head.splitlines())
        yield DemoArticle(path.name[:2], facts, body_zh.strip(), body_en.strip())


def _shelves(stage: Stage, at: datetime) -> None:
    for place, (zh, en) in enumerate(SHELVES.values(), 1):
        values = {
            "name_zh": zh,
            "name_en": en,
            "parent_id": None,
            "position": place,
            "active": True,
        }
        shelving.new_shelf(values, stage.people[LEAD], at)


def _ids() -> dict[str, int]:
    rows = {row.name_zh: row.id for row in db.session.scalars(select(ArticleCategory))}
    return {code: rows[zh] for code, (zh, _en) in SHELVES.items()}


def _write(stage: Stage, each: DemoArticle, at: datetime) -> None:
    writer = stage.people[LEAD if each.facts.get("audience") == "internal" else WRITER]
    written = each.written(stage.timeline, _ids())
    if each.code == CORRECTED:
        written = _first_edition(written)
    row = writing.write(written, writer, at)
    if each.facts.get("state") != "draft":
        publishing.publish(row, writer, at)


def _first_edition(written: Written) -> Written:
    """The article before its last line was added in both languages."""
    values = {name: getattr(written, name) for name in Written.__dataclass_fields__}
    for name in ("body_zh", "body_en"):
        values[name] = values[name].rpartition("\n")[0]
    return Written(**values)


def _correct(stage: Stage, at: datetime) -> None:
    each = next(article for article in demo_articles() if article.code == CORRECTED)
    row = _article(each)
    writing.change(row, each.written(stage.timeline, _ids()), row.version, stage.people[WRITER], at)


def _verdicts() -> Iterator[tuple[str, str, str]]:
    """(article, reader with + or - before the name, what the one who missed something wrote)."""
    for line in _SAID.strip().splitlines():
        code, readers, comment = line.split("|")
        for reader in readers.split():
            yield code, reader, comment if reader.startswith("-") else ""


def _judge(stage: Stage, code: str, who: str, comment: str, at: datetime) -> None:
    each = next(article for article in demo_articles() if article.code == code)
    judging.judge(_article(each), who.startswith("+"), comment, stage.people[who[1:]], at)


def _article(each: DemoArticle) -> Article:
    return db.session.scalars(select(Article).where(Article.title_zh == each.facts["zh"])).one()
