"""Forms of the contracts room."""
