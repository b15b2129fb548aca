"""The desk's pages of keys, and the door of other systems."""
