"""The business rules of opportunities; they know neither Flask nor the database."""
