"""Two doors and a porch: `/desk/…` for staff, `/my/…` for customers, `/…` for everybody.

A view behind the wrong door does not exist for that person: 404.
"""

from __future__ import annotations

from flask import Blueprint, g

from portal.kernel.errors import NotFound


def desk(name: str, import_name: str) -> Blueprint:
    """A blueprint for staff; its URLs start with /desk."""
    blueprint = Blueprint(f"desk_{name}", import_name, url_prefix="/desk")
    blueprint.before_request(_staff_only)
    return blueprint


def my(name: str, import_name: str) -> Blueprint:
    """A blueprint for customers; its URLs start with /my."""
    blueprint = Blueprint(f"my_{name}", import_name, url_prefix="/my")
    blueprint.before_request(_customers_only)
    return blueprint


def porch(name: str, import_name: str) -> Blueprint:
    """A blueprint for everybody: verification, signed links, language."""
    return Blueprint(name, import_name)


def _staff_only() -> None:
    if g.viewer.user_id is not None and g.viewer.kind != "staff":
        raise NotFound()


def _customers_only() -> None:
    if g.viewer.user_id is not None and g.viewer.kind != "customer":
        raise NotFound()
