"""The verbs of webhooks and of choices of mail."""
