"""The doors of the warehouse."""
