"""What all tests share: the draws of hypothesis are the same in every run; `make torture` draws new ones. A row that is
held outside a transaction is an error on SQLite too, as it is on PostgreSQL. Passwords of accounts made here are hashed
quickly: a quarter of a second for each of some thousand accounts would be half of the run."""

import pytest
from django.conf import settings as installed
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError
from hypothesis import settings

settings.register_profile("same", derandomize=True, database=None)
settings.register_profile("new", database=None)
settings.load_profile("same")


def pytest_configure():
    """Programs that tests start (`huoqun up`) hash as they always do."""
    installed.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *installed.PASSWORD_HASHERS]


@pytest.fixture(autouse=True)
def strict_holds(monkeypatch):
    """SQLite would overlook it."""
    told = SQLCompiler.as_sql

    def as_sql(self, *args, **values):
        if self.query.select_for_update and not self.connection.in_atomic_block:
            raise TransactionManagementError("a row is held outside a transaction")
        return told(self, *args, **values)

    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)


@pytest.fixture
def chromium():
    """A browser; a test that asks for it is skipped where there is none."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as p:
        found = p.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield found
        found.close()
