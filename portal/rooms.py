"""The rooms of the house in their order; a room imports only rooms before it.

Each room repeats the same file roles, so its models, doors and commands are found by name.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from flask import Flask

ROOMS = (
    "accounts",
    "customers",
    "documents",
    "catalogue",
    "opportunities",
    "quotations",
    "proposals",
    "contracts",
    "usage",
    "shipments",
    "warehouse",
    "billing",
    "receivables",
    "knowledge",
    "service_requests",
    "claims",
    "satisfaction",
    "calls",
    "leads",
    "care",
    "campaigns",
    "loyalty",
    "commissions",
    "insights",
    "intake",
    "hooks",
    "privacy",
    "admin",
    "upkeep",
    "api",
    "help",
    "home",
    "jobs",
)
DOORS = ("desk", "my", "public", "v1")


def register_rooms(app: Flask) -> None:
    """Load every room's tables, then open its doors: each `views/<door>.py` has one blueprint `bp`."""
    load_models()
    for name in _modules("views"):
        for door in DOORS:
            if find_spec(f"{name}.{door}") is not None:
                module = import_module(f"{name}.{door}")
                for blueprint in getattr(module, "blueprints", None) or [module.bp]:
                    app.register_blueprint(blueprint)


@cache
def offered(name: str) -> tuple[ModuleType, ...]:
    """What rooms have for a page of another room: every `views/<name>.py`, in the rooms' order."""
    modules = (f"{views}.{name}" for views in _modules("views"))
    return tuple(import_module(each) for each in modules if find_spec(each) is not None)


def load_models() -> None:
    """Import every module that maps tables, so that the metadata is whole."""
    for name in ("portal.db.audit", "portal.db.outbox", "portal.db.series", "portal.access.models"):
        import_module(name)
    for name in _modules("models"):
        import_module(name)


def _modules(role: str) -> list[str]:
    names = [f"portal.{room}.{role}" for room in ROOMS if find_spec(f"portal.{room}") is not None]
    return [name for name in names if find_spec(name) is not None]
