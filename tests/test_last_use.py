"""The last use of a login: kept now and then, and never in the way of what somebody asks for."""

import sqlite3
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from at_work import browser, hire
from django.db import connection
from django.db.utils import OperationalError
from django.urls import reverse

from huoqun.base import clock
from huoqun.people.workspace import local
from huoqun.web import last_use

pytestmark = pytest.mark.django_db(transaction=True)
TELLS = {"host": "127.0.0.1", "accept-language": "en"}


@pytest.fixture
def boss():
    return hire(local(now=clock.now()))


def row():
    return UserSession.objects.get()


def test_it_is_kept_every_few_minutes_and_at_once_where_the_browser_is_another(boss, monkeypatch):
    client, at = browser(boss, headers=TELLS | {"user-agent": "one"}), reverse("health_banner")
    client.get(at)
    first = row().last_seen_at
    client.get(at)
    assert row().last_seen_at == first
    later = clock.now() + last_use.EVERY + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    client.get(at)
    second = row().last_seen_at
    assert second > first
    monkeypatch.undo()
    client.get(at, headers=TELLS | {"user-agent": "another"})
    assert (row().user_agent, row().last_seen_at > second) == ("another", True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="writers of PostgreSQL do not wait for each other")
def test_pages_are_read_while_somebody_else_writes_for_long(boss):
    client, at = browser(boss), f"{reverse('health_banner')}?in={boss.workspace.slug}"
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout=50")
    other.execute("BEGIN IMMEDIATE")
    try:
        assert client.get(at).status_code == 200
        assert not UserSession.objects.exists()
    finally:
        other.execute("ROLLBACK")
        other.close()
        connection.close()
    client.get(at)
    assert row().user == boss.account


def test_a_database_that_is_away_outside_of_a_view_is_no_mistake_of_ours(boss, monkeypatch, settings):
    client = browser(boss, raise_request_exception=False)

    def away(*_args, **_more):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", away)
    answer = client.get(reverse("health_banner"))
    assert answer.status_code == 503
