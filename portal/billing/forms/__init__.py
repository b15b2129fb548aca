"""Forms of the billing room."""
