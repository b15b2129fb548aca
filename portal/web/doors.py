"""Two doors and a porch: `/desk/…` for staff, `/my/…` for customers, `/…` for everybody; `/api/v1/…` for machines.

A view behind the wrong door does not exist for that person: 404.
"""

from __future__ import annotations

from flask import Blueprint, g

from portal.kernel.errors import NotFound
from portal.web.install import csrf

MACHINES = "v1"
"""The only blueprint without CSRF tokens, and the only one where a key opens."""


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


def machines(import_name: str) -> Blueprint:
    """The door of other systems: they come with a key, so that no cookie counts and no form can be forged."""
    blueprint = Blueprint(MACHINES, import_name, url_prefix="/api/v1")
    csrf.exempt(blueprint)
    return blueprint


def _staff_only() -> None:
    if g.viewer.user_id is not None and g.viewer.kind != "staff":
        raise NotFound()


def _customers_only() -> None:
    if g.viewer.user_id is not None and g.viewer.kind != "customer":
        raise NotFound()
