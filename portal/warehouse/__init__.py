"""The state of the warehouse kept to settle by: movements, balances, unit-days."""
