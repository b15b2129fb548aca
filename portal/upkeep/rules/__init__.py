"""Which backups are kept, and what one must hold."""
