"""Forms of webhooks and of choices of mail."""
