"""What the demo's firm knows of its customers: who decides there, what happened, and a customer taken in twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from portal.customers.actions import notes, people, profile
from portal.customers.models import Contact
from portal.customers.queries import facts_of
from portal.customers.rules.kinds import Attitude, Influence, Market, NoteKind, Segment, Source
from portal.customers.rules.notes import NoteFacts
from portal.customers.rules.people import ContactFacts
from portal.customers.rules.profile import CustomerFacts
from portal.db.base import db
from portal.demo.files import leave_to_be_seen
from portal.demo.stage import Stage
from portal.intake.actions import duplicates
from portal.intake.rules.kinds import IntakeKind

SALES, OTHER, DESK, MANAGER = "chen.li", "wang.fang", "zhao.min", "wu.mei"
PART, A = Influence, Attitude


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a customer: a new contact, or (without a position) what was learnt of a known one."""

    customer: str
    name: str
    influence: Influence
    attitude: Attitude
    reports_to: str = ""
    position: str = ""
    email: str = ""
    phone: str = ""


PEOPLE = (
    Person("HARBOUR", "顾振华", PART.DECIDES, A.FOR, "", "总经理", "gu@harbour.example", "138 0000 0010"),
    Person("HARBOUR", "林晓雯", PART.ADVISES, A.FOR, "顾振华"),
    Person("HARBOUR", "周倩", PART.GUARDS, A.NEUTRAL, "顾振华"),
    Person("HARBOUR", "唐宁", PART.USES, A.FOR, "林晓雯", "物流专员", "tang@harbour.example", "138 0000 0002"),
    Person("HARBOUR", "邵勇", PART.USES, A.AGAINST, "林晓雯", "仓库主管", "shao@harbour.example", "138 0000 0011"),
    Person("NORDWIND", "Karin Berg", PART.DECIDES, A.NEUTRAL, "", "Managing director", "karin@nordwind.example",
           "0512-5555 7100"),
    Person("NORDWIND", "Erik Nord", PART.ADVISES, A.FOR, "Karin Berg"),
    Person("NORDWIND", "陆晨", PART.USES, A.FOR, "Erik Nord", "船务主管", "lu@nordwind.example", "0512-5555 7102"),
    Person("LONGTENG", "梁伟东", PART.DECIDES, A.NEUTRAL, "", "供应链副总裁", "liang@longteng.example",
           "139 0000 2203"),
    Person("LONGTENG", "黄镕", PART.ADVISES, A.FOR, "梁伟东"),
)  # fmt: skip
LEAVER = Person(
    "YUNSHANG", "潘悦", PART.DECIDES, A.FOR, "", "运营总监", "pan@yunshang.example", "136 0000 4402"
)
"""Who spoke for us there, and went."""
HEAD = ("客户代码", "姓名", "职务", "邮箱", "手机", "影响力")
ROWS = (
    ("JINGHE", "白璐", "质量经理", "bai@jinghe.example", "137 0000 3301", "建议者"),
    ("JINGHE", "程越", "副总经理", "cheng@jinghe.example", "137 0000 3302", "决策人"),
    ("CHONGHE", "董力", "总经理", "dong@chonghe.example", "135 0000 5501", "决策人"),
    ("YUNSHANG", "金晶", "直播运营", "jin@yunshang.example", "136 0000 4401", "使用者"),
)


def tell_relations(stage: Stage) -> None:
    """People and notes, then the customer that was taken in twice, and a list of contacts that waits."""
    days = stage.timeline
    for place, person in enumerate(PEOPLE):
        days.add(days.day(-320 + 3 * place), "14:10", partial(_person, stage, person))
    days.add(days.day(-260), "17:00", partial(_note, stage, "HARBOUR", NoteKind.MEETING, "年度业务回顾",
             "顾总认可冷库服务，希望来年把洛杉矶航线也交给我们；担心旺季舱位，要求书面的保舱方案。"))  # fmt: skip
    days.add(days.day(-88), "11:20", partial(_note, stage, "CHONGHE", NoteKind.CHAT, "微信沟通出货计划",
             "冉经理说四季度迪拜项目推迟，月均减到 8 柜，同时在比较另外两家货代。"))  # fmt: skip
    days.add(days.day(-230), "10:30", partial(_person, stage, LEAVER))
    days.add(days.day(-60), "16:00", partial(_left, stage))
    days.add(days.day(-24), "10:00", partial(_taken_in_again, stage))
    days.add(days.day(-24), "23:30", duplicates.search)
    days.add(days.day(-1), "16:20", partial(_contacts_wait, stage))


def _contact(stage: Stage, code: str, name: str) -> Contact:
    customer_id = stage.customer(code).id
    wanted = select(Contact).where(Contact.customer_id == customer_id, Contact.name == name)
    return db.session.scalars(wanted).one()


def _person(stage: Stage, person: Person, at: datetime) -> None:
    customer = stage.customer(person.customer)
    above = _contact(stage, person.customer, person.reports_to).id if person.reports_to else None
    owner = stage.people[SALES if person.customer in ("HARBOUR", "NORDWIND") else OTHER]
    if person.position:
        new = ContactFacts(
            person.name, person.position, person.email, person.phone, influence=person.influence,
            attitude=person.attitude, reports_to_id=above,
        )  # fmt: skip
        people.add_contact(customer, new, owner, at)
        return
    contact = _contact(stage, person.customer, person.name)
    facts = replace(
        ContactFacts(**facts_of(contact)), influence=person.influence, attitude=person.attitude,
        reports_to_id=above,
    )  # fmt: skip
    people.change_contact(contact, facts, contact.version, owner, at)


def _left(stage: Stage, at: datetime) -> None:
    contact = _contact(stage, LEAVER.customer, LEAVER.name)
    people.remove_contact(contact, stage.people[OTHER], at)


def _note(stage: Stage, code: str, kind: NoteKind, subject: str, text: str, at: datetime) -> None:
    facts = NoteFacts(kind, at - timedelta(hours=2), subject, text)
    owner = stage.people[SALES if code == "HARBOUR" else OTHER]
    notes.add_note(stage.customer(code), facts, owner, at)


def _taken_in_again(stage: Stage, at: datetime) -> None:
    """The desk did not find the shop by its short name, and took it in a second time."""
    facts = CustomerFacts(
        code="YSFS001", name_zh="云裳服饰有限公司", short_name="云裳", segment=Segment.FLOATING,
        industry="服装电商", phone="0571-5555 4400", market=Market.E_COMMERCE, source=Source.PHONE,
        note="电话询问退货入库，客服先建档。",
    )  # fmt: skip
    owner = stage.people[OTHER].user_id
    profile.create(facts, stage.people[DESK], at, owner_id=owner)


def _contacts_wait(stage: Stage, at: datetime) -> None:
    leave_to_be_seen(
        IntakeKind.CONTACTS, "展会名片_联系人.csv", [HEAD, *ROWS], stage.people[MANAGER], at
    )
