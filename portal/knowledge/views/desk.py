"""The staff's door of the knowledge base."""

from __future__ import annotations

from portal.knowledge.views import desk_articles, desk_shelves, desk_writing, suggestions
from portal.knowledge.views.door import desk

__all__ = ["desk_articles", "desk_shelves", "desk_writing", "suggestions"]
blueprints = [desk]
