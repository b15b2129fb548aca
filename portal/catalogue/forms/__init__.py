"""Forms of the catalogue's room: they parse and shape; the actions judge."""
