"""Both doors of usage."""
