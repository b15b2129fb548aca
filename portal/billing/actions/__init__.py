"""What happens to statements, disputes, credits and what is owed."""
