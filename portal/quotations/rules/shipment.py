"""The facts of a quoted shipment, to JSON and back, and as one line of words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.catalogue.rules.cargo import Cargo, Piece
from portal.kernel.boxes import BOX_TYPES


def cargo_to_json(cargo: Cargo) -> dict[str, Any]:
    """Only what is stated; Decimals as strings."""
    stated: dict[str, Any] = {
        "gross_kg": _text(cargo.gross_kg),
        "volume_m3": _text(cargo.volume_m3),
        "declared_value": _text(cargo.declared_value),
        "declared_currency": cargo.declared_currency if cargo.declared_value is not None else None,
        "boxes": dict(cargo.boxes) or None,
        "counts": {unit: str(count) for unit, count in cargo.counts.items()} or None,
        "shipments": _text(cargo.shipments) if cargo.shipments != 1 else None,
        "documents": _text(cargo.documents) if cargo.documents != 1 else None,
        "pieces": [_piece_to_json(piece) for piece in cargo.pieces] or None,
    }
    return {name: value for name, value in stated.items() if value is not None}


def cargo_from_json(stored: Mapping[str, Any] | None) -> Cargo:
    """The cargo that `cargo_to_json` wrote; nothing stated for None."""
    stored = stored or {}
    return Cargo(
        gross_kg=_number(stored.get("gross_kg")),
        volume_m3=_number(stored.get("volume_m3")),
        pieces=tuple(_piece_from_json(piece) for piece in stored.get("pieces", ())),
        boxes=stored.get("boxes", {}),
        shipments=_number(stored.get("shipments")) or Decimal(1),
        documents=_number(stored.get("documents")) or Decimal(1),
        declared_value=_number(stored.get("declared_value")),
        declared_currency=stored.get("declared_currency", "CNY"),
        counts={unit: Decimal(count) for unit, count in stored.get("counts", {}).items()},
    )


def box_words(boxes: Mapping[str, int]) -> str:
    """`2×20GP 3×40GP`, in the order of the box table."""
    order = list(BOX_TYPES)
    counted = sorted(
        ((code, n) for code, n in boxes.items() if n), key=lambda each: order.index(each[0])
    )
    return " ".join(f"{count}×{code}" for code, count in counted)


def _piece_to_json(piece: Piece) -> dict[str, Any]:
    return {
        "size_cm": [str(piece.length_cm), str(piece.width_cm), str(piece.height_cm)],
        "count": piece.count,
        "gross_kg": _text(piece.gross_kg),
    }


def _piece_from_json(stored: Mapping[str, Any]) -> Piece:
    length, width, height = (Decimal(size) for size in stored["size_cm"])
    return Piece(length, width, height, int(stored["count"]), _number(stored.get("gross_kg")))


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


def _number(text: str | None) -> Decimal | None:
    return None if text in (None, "") else Decimal(text)
