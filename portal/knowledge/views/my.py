"""The customers' door of the knowledge base."""

from __future__ import annotations

from portal.knowledge.views import my_articles, suggestions
from portal.knowledge.views.door import my

__all__ = ["my_articles", "suggestions"]
blueprints = [my]
