"""Fewer structure elements in a tagged PDF, with the same meaning.

WeasyPrint wraps every run of text in a Span and every anonymous box in a NonStruct or Div of its own.
They say nothing to a screen reader and make up a tenth of a paper's bytes. Here a run's content goes
to the element that has a meaning (a cell, a paragraph, a heading), and the numbers close up again.
Works on pydyf's list of objects, in the finisher that WeasyPrint offers for such things.
"""

from __future__ import annotations

from typing import Any

import pydyf

MEANINGLESS = ("/Span", "/NonStruct")
BEARING = ("A", "Alt", "ActualText", "Lang", "ID")


def thin(document: Any, pdf: pydyf.PDF) -> None:
    """Finisher for `write_pdf`: fold the elements that say nothing into their parents."""
    if "StructTreeRoot" not in pdf.catalog:
        return
    first = _number(pdf.catalog["StructTreeRoot"])
    root = pdf.objects[first]
    thinner = _Thinner(pdf.objects)
    for reference in root["K"]:
        thinner.visit(pdf.objects[_number(reference)])
    for content in pdf.objects[_number(root["ParentTree"])]["Nums"][1::2]:
        if isinstance(content, list):
            content[:] = [thinner.heir(reference) for reference in content]
    _close_up(pdf, {_number(reference) for reference in thinner.folded}, first)


class _Thinner:
    """Walks the tree bottom up; `folded` maps a dropped element's reference to its parent's."""

    def __init__(self, objects: list[Any]) -> None:
        self.objects = objects
        self.folded: dict[bytes, bytes] = {}

    def visit(self, element: Any) -> None:
        """Fold what says nothing below `element` into it."""
        kids = pydyf.Array()
        for kid in element["K"]:
            child = self._element(kid)
            if child is not None:
                self.visit(child)
            if child is None or not _says_nothing(child, element):
                kids.append(kid)
                continue
            self.folded[child.reference] = element.reference
            kids.extend(child["K"])
            for grandchild in filter(None, map(self._element, child["K"])):
                grandchild["P"] = element.reference
        element["K"] = kids

    def heir(self, reference: bytes) -> bytes:
        """The element that took over this one's content; itself when it was kept."""
        while reference in self.folded:
            reference = self.folded[reference]
        return reference

    def _element(self, kid: Any) -> Any:
        if not isinstance(kid, bytes):
            return None
        found = self.objects[_number(kid)]
        return found if found.get("Type") == "/StructElem" else None


def _says_nothing(child: Any, parent: Any) -> bool:
    if any(key in child for key in BEARING) or child.get("Pg") != parent.get("Pg"):
        return False
    return child["S"] in MEANINGLESS or bool(child["S"] == parent["S"] == "/Div" and child["K"])


def _close_up(pdf: pydyf.PDF, gone: set[int], first: int) -> None:
    """Take out the objects `gone` and renumber those after `first`: only they name one another."""
    kept = [item for item in pdf.objects if item.number not in gone]
    renamed = {item.reference: f"{place} 0 R".encode() for place, item in enumerate(kept)}
    for place, item in enumerate(kept):
        item.number = place
    for item in (*kept[first - 1 :], pdf.catalog):
        _renamed(item, renamed)
    pdf.objects[:] = kept


def _renamed(value: Any, renamed: dict[bytes, bytes]) -> Any:
    """`value` with every reference in it brought up to date, in place."""
    if isinstance(value, bytes):
        return renamed.get(value, value)
    if isinstance(value, dict):
        for key, inner in value.items():
            value[key] = _renamed(inner, renamed)
    elif isinstance(value, list):
        value[:] = [_renamed(inner, renamed) for inner in value]
    return value


def _number(reference: bytes) -> int:
    return int(reference.split()[0])
