"""`portal setup`: what an empty database has afterwards."""

from __future__ import annotations

import pytest

from portal.catalogue.models import TaxRate
from portal.catalogue.rules.charges import tax_class_rates
from portal.cli import setup as command
from portal.db.base import db
from portal.web.flask_app import PortalApp


def test_the_shipped_tax_rates_are_in_force_after_setup_and_only_once(
    database: None, app: PortalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "upgrade", lambda: None)
    for _ in range(2):
        done = app.test_cli_runner().invoke(command.setup, ["--no-demo"])
        assert done.exit_code == 0, done.output
    assert db.session.query(TaxRate).count() == len(tax_class_rates())
