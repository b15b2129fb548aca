"""Reading keys, kept answers, and the rows that other systems ask for."""
