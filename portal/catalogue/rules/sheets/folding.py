"""Lines of one key folded into one price: its bands, and the alternatives it takes the largest of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from portal.catalogue.rules.sheets.assembling import (
    BAND_MEANINGS,
    SCALARS,
    make_break,
    make_key,
    make_row,
    make_terms,
    split_first,
)
from portal.catalogue.rules.sheets.bands import Band, settle_bands, split_offers
from portal.catalogue.rules.sheets.columns import Sheet, shown
from portal.catalogue.rules.sheets.line import Line
from portal.catalogue.rules.sheets.meaning import Meaning
from portal.catalogue.rules.sheets.profile import Profile, Repeats
from portal.catalogue.rules.sheets.rows import PriceKey, PriceRow
from portal.catalogue.rules.terms import Basis, PriceTerms
from portal.kernel.errors import Problem
from portal.kernel.text import t

Identity = tuple[PriceKey, date | None, date | None]
Path = tuple[int, ...]


@dataclass(slots=True)
class Node:
    """A price, or one of its alternatives: terms still without bands, and the bands with rows."""

    terms: PriceTerms
    stated: bool
    """Whether the sheet itself says how it is calculated."""
    row: int
    bands: list[Band] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """All lines of one price."""

    head: PriceRow
    nodes: dict[Path, Node]
    rows: list[int]
    whole: bool = True


class Fold:
    """Collects lines into prices, in the order in which each begins; tells `problems`."""

    def __init__(self, sheet: Sheet, profile: Profile, template: dict[str, Any]) -> None:
        self.template = template
        self.offers = profile.repeats is Repeats.OFFERS
        self.has_starts = bool(sheet.of(Meaning.OVER))
        # our own sheet states each band as it is; elsewhere a first weight may reach into it
        self.states_bands = bool(sheet.of(Meaning.CALCULATION))
        self.sheet = sheet
        self.label = sheet.label(Meaning.OVER, Meaning.UP_TO)
        self.problems: list[Problem] = []
        self.groups: dict[Identity, Group] = {}
        self.repeated: list[Group] = []
        self.last: Group | None = None

    def add(self, line: Line) -> None:
        """Put the line into its price."""
        values = line.values
        path = self._path(line)
        has_band = not BAND_MEANINGS.isdisjoint(values)
        group = self._above(line) if path else self._group(line, has_band)
        if group is None:
            return
        if group.rows[-1] != line.number:
            group.rows.append(line.number)
        node = group.nodes.get(path)
        if node is None:
            node = group.nodes[path] = self._node(line, path)
        elif line.whole:
            self._compare(node, line)
        group.whole = group.whole and line.whole
        if has_band and line.whole:
            band = make_break(values)
            parts = (band,) if self.states_bands else split_first(band)
            node.bands += [(part, line.number) for part in parts]

    def _above(self, line: Line) -> Group | None:
        """The price that an alternative stands below."""
        group = self.last
        if group is not None:
            start = line.values.get(Meaning.VALID_FROM)
            key = make_key(line.values)._replace(unit=group.head.key.unit)
            if (key, start) == (group.head.key, group.head.valid_from):
                return group
        label = self.sheet.label(Meaning.ALTERNATIVE)
        expected = t("an alternative directly below the line of its price")
        found = line.values[Meaning.ALTERNATIVE]
        self.problems.append(Problem(line.number, label, shown(found), expected))
        return None

    def _path(self, line: Line) -> Path:
        written = line.values.get(Meaning.ALTERNATIVE, "")
        if not written:
            return ()
        parts = written.split(".")
        if not all(part.isdigit() for part in parts):
            label = self.sheet.label(Meaning.ALTERNATIVE)
            expected = t("the number of the alternative, such as 1")
            self.problems.append(Problem(line.number, label, shown(written), expected))
            line.whole = False
            return (0,)
        return tuple(map(int, parts))

    def _node(self, line: Line, path: Path) -> Node:
        terms = make_terms(line.values, {} if path else self.template)
        return Node(terms, Meaning.CALCULATION in line.values, line.number)

    def _group(self, line: Line, has_band: bool) -> Group:
        key = make_key(line.values)
        identity = (key, line.values.get(Meaning.VALID_FROM), line.values.get(Meaning.VALID_TO))
        group = self.groups.get(identity)
        if group is None or not has_band:
            node = self._node(line, ())
            head = make_row(key, node.terms, line.values, ())
            fresh = Group(head, {(): node}, [line.number])
            if group is None:
                self.groups[identity] = fresh
            else:
                self.repeated.append(fresh)
            group = fresh
        self.last = group
        return group

    def _compare(self, node: Node, line: Line) -> None:
        """A later line may leave out what the first said, but not say otherwise."""
        for meaning, value in line.values.items():
            name = SCALARS.get(meaning)
            if name is None or value in ("", ()):
                continue
            first = getattr(node.terms, name)
            if value != first:
                line.whole = False
                expected = t("%(value)s, as in row %(row)s", value=str(first), row=node.row)
                label = self.sheet.label(meaning)
                self.problems.append(Problem(line.number, label, str(value), expected))

    def prices(self) -> Iterator[tuple[PriceRow, bool]]:
        """Each price, and whether all of its lines could be read, in file order."""
        groups = list(self.groups.values())
        self.groups.clear()
        if self.repeated:
            groups = sorted([*groups, *self.repeated], key=lambda one: one.rows[0])
        groups.reverse()
        while groups:
            group = groups.pop()
            root = group.nodes[()]
            parts = split_offers(root.bands, root.terms.bound) if self.offers else []
            if len(parts) < 2:
                yield self._price(group)
            for number, bands in enumerate(parts if len(parts) > 1 else (), 1):
                yield self._price(_offer(group, number, bands))

    def _price(self, group: Group) -> tuple[PriceRow, bool]:
        terms, whole = self._terms(group, ())
        rows = tuple(group.rows)
        return replace(group.head, terms=terms, source_rows=rows), whole and group.whole

    def _terms(self, group: Group, path: Path) -> tuple[PriceTerms, bool]:
        node = group.nodes[path]
        depth = len(path)
        below = sorted(p for p in group.nodes if len(p) == depth + 1 and p[:depth] == path)
        if not node.bands and not below:
            return node.terms, True
        bound = node.terms.bound
        bands, problems = settle_bands(node.bands, bound, self.has_starts, self.label)
        self.problems += problems
        whole = all(problem.severity == "warning" for problem in problems)
        alternatives = []
        for one in below:
            alternative, its_whole = self._terms(group, one)
            alternatives.append(alternative)
            whole = whole and its_whole
        basis = node.terms.basis if node.stated else _folded(node.terms.basis, bool(below))
        terms = replace(
            node.terms, basis=basis, breaks=tuple(bands), alternatives=tuple(alternatives)
        )
        return terms, whole


def _folded(basis: Basis, has_alternatives: bool) -> Basis:
    if has_alternatives:
        return Basis.MAX_OF
    return basis if basis is Basis.GRADUATED else Basis.BANDS


def _offer(group: Group, number: int, bands: list[Band]) -> Group:
    """One of several offers that a file gives under one key, told apart by its number."""
    node = replace(group.nodes[()], bands=bands)
    key = group.head.key
    if number > 1:
        key = key._replace(qualifier=f"{key.qualifier} #{number}".strip())
    rows = sorted({row for _, row in bands})
    return Group(replace(group.head, key=key), {(): node}, rows, group.whole)
