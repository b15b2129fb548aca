"""The press: a process of its own that turns HTML into PDF; the only place that knows WeasyPrint."""
