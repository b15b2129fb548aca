"""What history is told of rows that were written in bulk and are not at hand as objects."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A row as `audit.record_all` needs it."""

    __tablename__: str
    id: int
    customer_id: int

    @classmethod
    def customer(cls, row_id: int) -> Subject:
        """A customer, who is its own owner."""
        return cls("customer", row_id, row_id)
