"""What PostgreSQL's own wall says of each table, read from the models."""

from __future__ import annotations

from portal.db import walls
from portal.db.base import Base, CustomerOwned, HouseOnly

OTHERWISE_HELD = {
    *(
        "api_token",
        "hook_endpoint",
        "audit_entry",
    ),  # customers' rows and the house's own in one table
    *(
        "lead",
        "call",
        "call_plan",
        "price_scheme",
    ),  # nobody's yet, or everybody's; no customer's page reads them
}


def test_every_table_that_names_its_customer_has_a_wall() -> None:
    naming = {table.name for table in Base.metadata.sorted_tables if "customer_id" in table.c}
    assert naming - set(walls.walled()) == OTHERWISE_HELD
    assert "customer" in walls.walled()


def test_a_wall_hides_what_customers_are_not_shown() -> None:
    for name, model in walls.walled().items():
        limited = issubclass(model, CustomerOwned) and not model.shown_to_customers().compare(
            CustomerOwned.shown_to_customers()
        )
        assert (walls.HIDDEN in walls.criterion(model)) == limited, name
        assert not issubclass(model, HouseOnly) or walls.criterion(model).endswith("OR false))")
