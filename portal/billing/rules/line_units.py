"""Units of statement lines: the billing units, and storage times for which the trade has no code (pallet·week)."""

from __future__ import annotations

from decimal import Decimal

from portal.billing.rules.storage import StorageCharge
from portal.catalogue.rules.storage import Per
from portal.catalogue.rules.storagewords import unit_time
from portal.kernel.text import Text
from portal.kernel.units import UNITS, unit_word
from portal.usage.rules.drawing import in_unit, other_units

_TIMES = frozenset(each.value.upper() for each in Per)


def storage_unit(charge: StorageCharge) -> str:
    """The code of a storage line's unit: MTQ.DAY, LS, and XPX.WEEK where there is no billing unit."""
    if charge.unit_code or charge.per is None:
        return charge.unit_code
    return f"{charge.unit}.{charge.per.value.upper()}"


def line_unit_word(code: str) -> Text:
    """The unit of a statement line as a word."""
    unit, _, time = code.rpartition(".")
    if code in UNITS or time not in _TIMES:
        return unit_word(code)
    return unit_time(unit, Per(time.lower()))


def statistical(quantity: Decimal, unit: str, main_unit: str) -> Decimal:
    """A quantity in the main unit, 0 where it measures something else."""
    if unit == main_unit or main_unit in other_units(unit):
        return in_unit(quantity, unit, main_unit)
    return Decimal(0)
