"""Help for customers: the pages that concern them."""

from __future__ import annotations

from portal.help.rules.book import Door
from portal.help.views.reading import open_book
from portal.web.doors import my

bp = my("help", __name__)
open_book(bp, Door.MY)
