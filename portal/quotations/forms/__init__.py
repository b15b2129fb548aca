"""Forms of the quotation desk: they parse and shape; the rules judge."""
