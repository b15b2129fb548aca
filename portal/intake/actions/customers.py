"""Customers from a file: found again by code, else credit code, else exact name; written in bulk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from portal.access.viewer import Viewer
from portal.customers.models import Customer
from portal.customers.rules import profile
from portal.customers.rules.kinds import CustomerKind
from portal.customers.rules.profile import CustomerFacts
from portal.db.base import db
from portal.intake.actions import customer_writing
from portal.intake.actions.customer_writing import COLUMNS, FACTS, OWNER, PARENT, PLAIN, RENAMED
from portal.intake.actions.planning import Change, Plan, Reading, changed
from portal.intake.queries import known
from portal.intake.queries.known import Named
from portal.intake.rules.countries import HOME
from portal.intake.rules.fields import ASIDE
from portal.intake.rules.reading import Line, Values
from portal.intake.rules.spelling import Vocabulary, folded
from portal.intake.rules.words import INDUSTRIES
from portal.kernel.creditcode import clean_credit_code, credit_code_problem
from portal.kernel.pinyin import is_chinese, normalise
from portal.kernel.text import t

PARENTS = "parents"


class CustomersWay:
    """How files of customers are compared and written."""

    def known(self, viewer: Viewer) -> Mapping[str, Vocabulary]:
        """Our people, and the industries that are known."""
        industry = Vocabulary.of([*INDUSTRIES, *known.industries(viewer)])
        return {"owner": known.staff(), "industry": industry}

    def wanted(self, values: Values) -> Iterable[str]:
        """Every word that may be a customer of ours."""
        names = ("code", "name", "name_zh", "name_en", PARENT)
        yield from filter(None, (values.get(name) for name in names))
        if code := values.get("credit_code"):
            yield _credit_code(code)

    def compare(self, reading: Reading, lines: list[Line]) -> list[Plan]:
        """What lines come to, against the customers as they are."""
        plans = [plan for line in lines if (plan := _planned(reading, line)) is not None]
        there = _rows([plan.row_id for plan in plans if plan.row_id is not None])
        owners = known.owner_ids(there)
        for plan in plans:
            before = there.get(plan.row_id or 0)
            _check(reading, plan, before)
            if before is not None:
                plan.changes = _changes(plan, before, owners.get(plan.row_id or 0))
        _check_codes(reading, plans, there)
        return [plan for plan in plans if plan.row not in reading.reader.wrong_rows]

    def write(self, reading: Reading, plans: list[Plan], actor: Viewer) -> None:
        """Insert what is new, then change what is there; who belongs to whom comes last."""
        there = [plan for plan in plans if plan.row_id is not None]
        news = [plan for plan in plans if plan.row_id is None]
        customer_writing.insert_new(reading, news, actor)
        customer_writing.update_changed(there, reading, actor)
        below = reading.facts.setdefault(PARENTS, [])
        below += [(plan.row_id, plan.values[PARENT]) for plan in plans if PARENT in plan.values]

    def finish(self, reading: Reading, actor: Viewer) -> None:
        """Put branches under their groups, now that all of them are there."""
        below = reading.facts.get(PARENTS, [])
        named = known.customers_named({folded(word) for _, word in below}, reading.viewer)
        for some in known.chunks(below):
            rows = {row.id: row for row in customer_writing.rows_of([row_id for row_id, _ in some])}
            meant = {row_id: found[0].id for row_id, word in some if (found := named.meant(word))}
            groups = {row.id: row for row in customer_writing.rows_of(meant.values())}
            for row_id, group_id in meant.items():
                groups[group_id].kind = CustomerKind.GROUP.value
                rows[row_id].kind = CustomerKind.BRANCH.value
                rows[row_id].parent_id = group_id
            db.session.flush()


WAY = CustomersWay()


def _credit_code(code: str) -> str:
    return code if credit_code_problem(code) else clean_credit_code(code)


def _planned(reading: Reading, line: Line) -> Plan | None:
    """A line's values by our columns, and the customer that it is about."""
    values = _values(line.values)
    names = [values.get("name_zh", ""), values.get("name_en", "")]
    label = next(filter(None, names), values.get("code", ""))
    reader = reading.reader
    if not any(names) and not values.get("code"):
        reader.wrong(line.row, ("name", "name_zh", "name_en"), "", t("a name"))
        return None
    key = next(filter(None, (values.get("code"), values.get("credit_code"), *names)), "")
    if not reading.once(folded(key), line.row, ("code", "credit_code", "name", "name_zh"), key):
        return None
    found = _meant(reading, line, values, names)
    if found is None:
        return None
    if PARENT in values:
        _check_parent(reading, line.row, values)
        if "kind" in values:
            values["kind"] = CustomerKind.BRANCH.value
    return Plan(line.row, values, label, row_id=found.id if isinstance(found, Named) else None)


def _values(given: Values) -> Values:
    """What a line says, by the columns of a customer."""
    found: Values = {name: given[name] for name in PLAIN if name in given}
    found |= {ours: given[name] for name, ours in RENAMED.items() if given.get(name)}
    if given.get("name"):
        name = normalise(given["name"])
        found.setdefault("name_zh" if is_chinese(name) else "name_en", name)
    if "code" in found:
        found["code"] = found["code"].upper()
    if found.get("credit_code"):
        found["credit_code"] = _credit_code(found["credit_code"])
    if country := given.get("country"):
        _settle(found, country)
    if given.get(ASIDE):
        found["note"] = "\n".join(filter(None, [found.get("note", ""), *given[ASIDE]]))
    found |= {name: given[name] for name in (PARENT, OWNER) if given.get(name)}
    return found


def _settle(values: Values, country: str) -> None:
    """A known country says whether the customer is a foreign one; it stands for the address where that is not given."""
    if len(country) == 2 and country.isupper():
        values["is_foreign"] = country != HOME
    values.setdefault("address", country)


def _meant(reading: Reading, line: Line, values: Values, names: list[str]) -> Named | bool | None:
    """The customer that a line is about, False for a new one; None when that cannot be told."""
    named = reading.named
    by_code = named.codes.get(folded(values.get("code") or ""))
    found = by_code or named.credit_codes.get(folded(values.get("credit_code") or ""))
    if found is not None:
        return found
    alike = named.by_name(*filter(None, names))
    if len(alike) > 1:
        codes = ", ".join(each.code for each in alike)
        expected = t("one customer; several have this name: %(codes)s", codes=codes)
        reading.reader.wrong(
            line.row, ("name", "name_zh", "name_en"), names[0] or names[1], expected
        )
        return None
    if alike and not values.get("code"):
        return alike[0]
    if alike:
        expected = t("another name? %(code)s has this one already", code=alike[0].code)
        fields_ = ("name", "name_zh", "name_en")
        reading.reader.warn(line.row, fields_, names[0] or names[1], expected)
    return False


def _check_parent(reading: Reading, row: int, values: Values) -> None:
    """The group must be a customer of ours, or one that this file brings."""
    reader = reading.reader
    word = reader.as_meant(PARENT, values[PARENT])
    values[PARENT] = word
    meant = reading.named.meant(word)
    brought = _brought(reading)
    below = [each.kind for each in meant if each.kind in (CustomerKind.BRANCH, CustomerKind.PERSON)]
    if below or brought.get(folded(word)):
        reader.wrong(row, (PARENT,), word, t("a group; a branch or a person has no branches"))
    if meant or folded(word) in brought:
        return
    column = reading.heads.of(PARENT)
    if column is not None:
        near = known.nearest_customers([word], reading.viewer).get(word)
        reader.unknown(column, row, word, near, needed=True)


def _brought(reading: Reading) -> dict[str, bool]:
    """Folded code or name of every line of the file → whether that one is a branch itself."""
    if "brought" not in reading.facts:
        names = ("code", "name", "name_zh", "name_en")
        reading.facts["brought"] = {
            folded(line.values[name]): bool(line.values.get(PARENT))
            for piece in reading.lines.pieces()
            for line in piece
            for name in names
            if line.values.get(name)
        }
    found: dict[str, bool] = reading.facts["brought"]
    return found


def _rows(ids: list[int]) -> dict[int, dict[str, Any]]:
    """The present values of customers by our columns."""
    found: dict[int, dict[str, Any]] = {}
    columns = [getattr(Customer, name) for name in ("id", *COLUMNS)]
    for some in known.chunks(ids):
        for row in db.session.execute(select(*columns).where(Customer.id.in_(some))).mappings():
            found[row["id"]] = dict(row)
    return found


def _changes(plan: Plan, before: Mapping[str, Any], owner: int | None) -> list[Change]:
    values = {n: v for n, v in plan.values.items() if n in COLUMNS and n != "parent_id"}
    if before["name_zh"] == before["name_en"] and "name_zh" not in values and values.get("name_en"):
        values["name_zh"] = values["name_en"]  # it has no Chinese name: both follow
    found = changed(values, before)
    if plan.values.get(OWNER) and int(plan.values[OWNER]) != owner:
        found.append(Change(OWNER, owner, int(plan.values[OWNER])))
    if PARENT in plan.values and before["parent_id"] != _parent_id(plan):
        found.append(Change(PARENT, before["parent_id"], plan.values[PARENT]))
    return found


def _parent_id(plan: Plan) -> int | None:
    found: int | None = plan.values.get("parent_id")
    return found


def _check(reading: Reading, plan: Plan, before: Mapping[str, Any] | None) -> None:
    """The rules of a customer's form, told at the file's columns."""
    if PARENT in plan.values:
        meant = reading.named.meant(plan.values[PARENT])
        plan.values["parent_id"] = meant[0].id if meant else None
    known_facts = {n: before[n] for n in FACTS if before and before.get(n) is not None}
    known_facts |= {n: v for n, v in plan.values.items() if n in FACTS and v is not None}
    if PARENT in plan.values:
        known_facts |= {
            "kind": CustomerKind.BRANCH.value,
            "parent_id": plan.values["parent_id"] or 0,
        }
    known_facts.setdefault("name_zh", known_facts.get("name_en", ""))
    for name, expected in profile.problems_of(CustomerFacts(**known_facts)).items():
        given = "parent" if name == "parent_id" else _given(name)
        reading.reader.wrong(plan.row, (given, "name"), plan.values.get(name, ""), expected)


def _given(name: str) -> str:
    """The file's field for one of our columns."""
    return next((given for given, ours in RENAMED.items() if ours == name), name)


def _check_codes(
    reading: Reading, plans: list[Plan], there: Mapping[int, Mapping[str, Any]]
) -> None:
    """A credit code that another customer holds."""
    for plan in plans:
        credit = plan.values.get("credit_code")
        holder = reading.named.credit_codes.get(folded(credit)) if credit else None
        if holder is not None and holder.id != plan.row_id:
            expected = t("another code; %(code)s has it already", code=holder.code)
            reading.reader.wrong(plan.row, ("credit_code",), credit, expected)
