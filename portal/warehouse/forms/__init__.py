"""The forms of the warehouse: parse and shape."""
