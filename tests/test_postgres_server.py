"""The tests' own PostgreSQL server works, so that a failure on it is the product's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.postgres import postgres_server

pytestmark = pytest.mark.postgres


def test_a_new_database_speaks_chinese_and_is_gone_afterwards() -> None:
    with postgres_server() as server:
        with server.database() as url:
            engine = create_engine(url)
            with engine.begin() as connection:
                assert connection.scalar(text("SELECT length('报价单')")) == 3
            engine.dispose()
        admin = create_engine(server.url())
        with admin.connect() as connection:
            left = connection.scalar(
                text("SELECT count(*) FROM pg_database WHERE datname ~ 'test'")
            )
        admin.dispose()
        folder: Path = server.folder
    assert left == 0
    assert not folder.exists()
