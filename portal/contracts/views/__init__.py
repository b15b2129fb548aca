"""The doors of the contracts room."""
