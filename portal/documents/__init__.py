"""Printed papers: facts to HTML to PDF, the archive by SHA-256, verification codes, the firm's look."""
