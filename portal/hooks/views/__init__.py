"""Pages of webhooks, and everybody's own choice of mails."""
