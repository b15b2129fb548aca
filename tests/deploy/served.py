"""The portal as gunicorn serves it, with one more address: what it takes its caller for."""

from __future__ import annotations

from flask import request

from portal import create_app
from portal.access.guards import public
from portal.db.base import db
from portal.web.install import csrf

app = create_app()
with app.app_context():
    db.create_all()


@app.get("/caller")
@public
def caller() -> str:
    """Address, scheme and host as the portal sees them."""
    return f"{request.remote_addr} {request.scheme} {request.host} {request.script_root}"


@app.post("/swallow")
@csrf.exempt
@public
def swallow() -> str:
    """How much was sent."""
    return str(len(request.get_data()))
