"""REST for the firm's other systems: one description of what may be asked and told, keys, and answers kept once."""
