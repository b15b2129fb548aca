"""The knowledge base at size: a question asked of 5,000 articles, on both databases.

Run: `python -m tests.bench knowledge [articles]`. Every article has some 400 Chinese characters and 60 English words;
common words stand in most of them, so that a question of common words is among those asked. Each row of the table is
one question, asked many times: the median and the 95th of a hundred, the processor's time of ours
(on SQLite the database's too), and how many articles answer.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from portal import create_app
from portal.access.permissions import Permission
from portal.access.scope import set_viewer
from portal.access.viewer import SYSTEM, Viewer
from portal.customers.models import Customer
from portal.db.base import db
from portal.demo.knowledge import demo_articles
from portal.kernel import clock
from portal.kernel.pinyin import search_words
from portal.knowledge.models import Article, ArticleTerm
from portal.knowledge.queries.finding import find, suggest
from portal.knowledge.rules.ranking import weighed
from tests.postgres import postgres_server

ASKED = 100
TOGETHER = 100
QUESTIONS = (
    "报关",
    "押金",
    "货物",
    "滞箱费怎么算",
    "进口箱押金多久退",
    "VGM 40HQ",
    "baoguan",
    "demurrage free time",
    "我们的货在路上破损了怎么索赔需要哪些资料和照片",
)
TEXT = (
    "你好，我们五月发出的两个高柜已经到港，还箱以后押金到现在没有收到，另外账单里有滞箱费三天，"
    "请帮忙核对一下免费期是怎么算的，我们合同里写的是十四天，谢谢。联系人王经理，提单号 FHSH26050123。"
)
Ask = Callable[[], list[Any]]


def sentences() -> tuple[list[str], list[str]]:
    """Sentences of the demo's articles, Chinese and English, to put others together from."""
    zh: list[str] = []
    en: list[str] = []
    for each in demo_articles():
        zh += [line for line in each.body_zh.splitlines() if len(line) > 8]
        en += [line for line in each.body_en.splitlines() if len(line) > 20]
    return zh, en


def rows(count: int) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """Articles and their terms; a tenth is for staff, the rest for every customer."""
    dice, (zh, en) = random.Random(7), sentences()
    titles, now = [each.facts["zh"] for each in demo_articles()], clock.now()
    for number in range(1, count + 1):
        title = (
            f"{dice.choice(titles)[:10]} {chr(0x4E00 + number % 3000)}{chr(0x5000 + number % 2900)}"
        )
        body, english = "\n".join(dice.sample(zh, 14)), "\n".join(dice.sample(en, 5))
        terms = weighed((title, ""), "", (body, english))
        yield (
            {
                "id": number, "number": f"KB-{number:06d}", "state": "published", "title_zh": title, "body_zh": body,
                "body_en": english, "audience": "internal" if number % 10 == 0 else "public", "tiers": [],
                "search_text": search_words(title), "published_at": now, "created_at": now, "updated_at": now,
                "version": 1, "helped": dice.randrange(20),
            },
            terms,
        )  # fmt: skip


def build(count: int) -> int:
    """Write them all; how many terms."""
    customer = {"id": 1, "code": "C1", "kind": "organisation", "name_zh": "客户", "search_text": ""}
    db.session.execute(insert(Customer), [customer])
    made = rows(count)
    while part := list(islice(made, TOGETHER)):
        db.session.execute(insert(Article), [article for article, _terms in part])
        terms = [
            {"article_id": article["id"], "term": term, "weight": weight}
            for article, found in part
            for term, weight in found.items()
        ]
        db.session.execute(insert(ArticleTerm), terms)
    db.session.commit()
    return db.session.scalar(select(func.count()).select_from(ArticleTerm)) or 0


def measured(label: str, ask: Ask) -> None:
    """One row of the table."""
    answers = ask()
    taken, worked = [], time.process_time()
    for _each in range(ASKED):
        db.session.rollback()
        start = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - worked) * 1000 / ASKED
    taken.sort()
    middle, late = taken[ASKED // 2], taken[ASKED * 95 // 100]
    print(f"{middle:9.1f} {late:9.1f} {cpu:9.1f} {len(answers):9}  {label}", flush=True)


def ask_all() -> None:
    """Every question, as a customer asks it."""
    permissions = frozenset({Permission.KNOWLEDGE_SEE})
    own = frozenset({1})
    buyer = Viewer("customer", "周敏", 1, frozenset(), permissions, 1, own)
    print(f"{'p50 ms':>9} {'p95 ms':>9} {'cpu ms':>9} {'answers':>9}  question")
    for words in QUESTIONS:
        measured(f"find {words}", lambda asked=words: find(asked, buyer))  # type: ignore[misc]
    measured("suggest, a text of 110 characters", lambda: suggest(TEXT, buyer))
    measured("suggest, two characters", lambda: suggest("押金", buyer))


def main(arguments: list[str]) -> None:
    """On SQLite and on a PostgreSQL server of its own, each in a folder of its own."""
    count = int(arguments[0]) if arguments else 5_000
    with ExitStack() as until_the_end:
        folder = Path(until_the_end.enter_context(tempfile.TemporaryDirectory()))
        server = until_the_end.enter_context(postgres_server())
        postgres = until_the_end.enter_context(server.database())
        for url in (f"sqlite:///{folder / 'bench.db'}", postgres):
            app = create_app({"INSTANCE": folder, "TESTING": True, "SQLALCHEMY_DATABASE_URI": url})
            with app.app_context():
                db.create_all()
                set_viewer(SYSTEM)
                start = time.perf_counter()
                terms = build(count)
                took = time.perf_counter() - start
                name = db.engine.dialect.name
                print(f"\n{name}: {count:,} articles, {terms:,} terms, written in {took:.0f} s")
                ask_all()
                db.session.remove()
                db.engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1:])
