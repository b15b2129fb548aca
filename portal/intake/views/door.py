"""The doors of intake: files, and duplicates."""

from __future__ import annotations

from portal.web.doors import desk

files = desk("intake", __name__)
duplicates = desk("duplicates", __name__)
