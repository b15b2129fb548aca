"""Container types as people call them, and kinds of package.

The types, their spellings in sheets and their TEU are in `kernel.boxes`; here are the names of the
quay and the telephone (高柜, 大柜, 40尺高柜). Tables: box_names.csv, packages.csv.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from portal.catalogue.rules.tables import by_word, key_of, read_table, several
from portal.kernel.boxes import BOX_TYPES, BoxType, find_box_type


@dataclass(frozen=True, slots=True)
class Package:
    """A kind of package; `code` of UN/ECE Recommendation 21 (without its leading X)."""

    code: str
    name_zh: str
    name_en: str
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Everything the package is called."""
        return (self.code, self.name_zh, self.name_en, *self.aliases)


@cache
def box_names() -> dict[str, BoxType]:
    """Name as compared (`key_of`) → container type."""
    return {
        key_of(name): BOX_TYPES[row["code"]]
        for row in read_table("box_names")
        for name in (row["code"], *several(row["aliases"]))
    }


def find_box(text: str) -> BoxType | None:
    """The container type behind a code, a sheet's spelling or a spoken name; None when unknown."""
    return box_names().get(key_of(text)) or find_box_type(text)


@cache
def packages() -> tuple[Package, ...]:
    """Every kind of package."""
    return tuple(
        Package(row["code"], row["name_zh"], row["name_en"], several(row["aliases"]))
        for row in read_table("packages")
    )


@cache
def _packages_by_word() -> dict[str, Package]:
    return by_word(packages())


def find_package(text: str) -> Package | None:
    """The kind of package behind a code or any of its names (纸箱, CTN, cartons)."""
    return _packages_by_word().get(key_of(text))
