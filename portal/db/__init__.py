"""The database: one object, exact column types, history, numbers, the outbox."""
