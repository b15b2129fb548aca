"""The rules of proposals; they know neither Flask nor the database."""
