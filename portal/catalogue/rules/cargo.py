"""The facts of a shipment that prices count: weights, volumes, pieces, boxes, papers.

A fact that nobody stated is None, never zero (DOMAIN S6); the engine says which one is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from portal.kernel.boxes import BOX_LENGTHS, TeuPractice, box_type, natural_boxes, teu_of

_CM3_PER_M3 = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` equal pieces, each so many cm long, wide and high; `gross_kg` is that of one."""

    length_cm: Decimal
    width_cm: Decimal
    height_cm: Decimal
    count: int = 1
    gross_kg: Decimal | None = None

    @property
    def cm3(self) -> Decimal:
        """Exact volume of one piece."""
        return self.length_cm * self.width_cm * self.height_cm


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is carried, stored or handled.

    `boxes`: type → count. `counts`: any other unit code → quantity.
    """

    gross_kg: Decimal | None = None
    volume_m3: Decimal | None = None
    pieces: tuple[Piece, ...] = ()
    boxes: Mapping[str, int] = field(default_factory=dict)
    shipments: Decimal = Decimal(1)
    documents: Decimal = Decimal(1)
    declared_value: Decimal | None = None
    declared_currency: str = "CNY"
    counts: Mapping[str, Decimal] = field(default_factory=dict)
    teu_practice: TeuPractice = TeuPractice.BY_PORT

    def __post_init__(self) -> None:
        """Any usual spelling of a box type becomes its code; Invalid for an unknown one."""
        if self.boxes:
            counted: dict[str, int] = {}
            for written, count in self.boxes.items():
                code = box_type(written).code
                counted[code] = counted.get(code, 0) + count
            object.__setattr__(self, "boxes", counted)

    @property
    def gross(self) -> Decimal | None:
        """Gross weight in kg: as stated, else the sum of the pieces when every piece has one."""
        if self.gross_kg is not None or not self.pieces:
            return self.gross_kg
        total = Decimal(0)
        for piece in self.pieces:
            if piece.gross_kg is None:
                return None
            total += piece.count * piece.gross_kg
        return total

    @property
    def cm3(self) -> Decimal | None:
        """Volume in cm³: as stated, else the exact sum of the pieces (P3)."""
        if self.volume_m3 is not None:
            return self.volume_m3 * _CM3_PER_M3
        if not self.pieces:
            return None
        return sum((each.cm3 * each.count for each in self.pieces), Decimal(0))

    @property
    def volume(self) -> Decimal | None:
        """Volume in m³, exact."""
        cm3 = self.cm3
        return None if cm3 is None else cm3 / _CM3_PER_M3

    @property
    def teu(self) -> Decimal:
        """TEU by this cargo's practice (C4)."""
        return teu_of(self.boxes, self.teu_practice)

    @property
    def natural_boxes(self) -> int:
        """How many boxes (自然箱)."""
        return natural_boxes(self.boxes)

    def boxes_of(self, unit: str) -> Decimal:
        """Boxes that a box unit counts: 40HQ exactly that type, 40FT every box of that length."""
        length = BOX_LENGTHS.get(unit)
        if length is None:
            return Decimal(self.boxes.get(unit, 0))
        matching = (count for code, count in self.boxes.items() if box_type(code).length == length)
        return Decimal(sum(matching))

    def stated(self, unit: str) -> Decimal | None:
        """A counted fact: from `counts`, else pieces for H87."""
        found = self.counts.get(unit)
        if found is None and unit == "H87" and self.pieces:
            return Decimal(sum(piece.count for piece in self.pieces))
        return found
