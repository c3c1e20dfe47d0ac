"""Keys for programs: told once, never more than their owner may, over when they are over."""

import re
from datetime import timedelta

import pytest
from at_work import HEADERS, browser, group, hire
from django.test import Client

from huoqun.base import clock
from huoqun.people import api_token, audit, staff
from huoqun.people.api_token import Token
from huoqun.people.role import PERMISSIONS
from huoqun.people.workspace import add
from huoqun.urls import ROUTES
from huoqun.web.route import READ

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place():
    return add(name="我们", zone="Asia/Shanghai", now=clock.now())


@pytest.fixture
def boss(place):
    return hire(place)


def program(secret, **extra):
    return Client(headers={**HEADERS, "authorization": f"Bearer {secret}", **extra})


def make(member, *scopes, days=7, now=None):
    return api_token.make(member, name="Shell", scopes=scopes, valid=timedelta(days=days), now=now or clock.now())


def test_a_key_made_on_the_page_opens_what_it_was_made_for_and_is_told_once(place, boss):
    client, row = browser(boss), group(place)
    made = client.post(f"/w/{place.slug}/tokens", {"name": "Shell", "scopes": ["export", "see_groups"], "days": "30"})
    secret = made.context["secret"]
    assert made.content.decode().count(secret) == 1
    assert secret not in client.get(f"/w/{place.slug}/tokens").content.decode()
    assert not Token.objects.filter(digest__contains=secret).exists()
    assert program(secret).get(f"/w/{place.slug}/groups.csv").status_code == 200
    assert program(secret).get(f"/groups/{row.pk}/").status_code == 200
    assert program(secret).get(f"/w/{place.slug}/log").status_code == 403, "the owner may, the key may not"
    assert Token.objects.get().used
    client.post(f"/tokens/{Token.objects.get().pk}/revoke")
    assert program(secret).get(f"/w/{place.slug}/groups.csv").status_code == 401
    whats = list(audit.entries(place).values_list("what", flat=True))
    assert whats[:2] == ["token.revoke", "token.make"]


@pytest.mark.parametrize(
    "form", [{}, {"scopes": []}, {"scopes": ["rule"]}, {"days": "5"}, {"days": "x"}, {"name": " "}]
)
def test_a_form_that_cannot_be_meant_makes_no_key(place, boss, form):
    said = {"name": "Shell", "scopes": ["export"], "days": "30"} | form if form else {}
    assert browser(boss).post(f"/w/{place.slug}/tokens", said).status_code == 400
    assert not Token.objects.exists()


def test_a_key_is_never_more_than_its_owner(place, boss):
    """Demoted, dismissed, locked out: the key goes along at once."""
    member = hire(place, "planner")
    with pytest.raises(api_token.BadScopes):
        make(member, "edit_staff")
    _, secret = make(member, "export", "see_groups")
    address = f"/w/{place.slug}/groups.csv"
    assert program(secret).get(address).status_code == 200
    staff.change(member, role="assistant", groups=(), by=boss.account, now=clock.now())
    assert program(secret).get(address).status_code == 403
    assert program(secret).get(f"/w/{place.slug}/").status_code == 200
    staff.change(member, role="host", groups=(), by=boss.account, now=clock.now())
    hidden = group(place)
    assert program(secret).get(f"/groups/{hidden.pk}/").status_code == 404
    staff.dismiss(member, by=boss.account, now=clock.now())
    assert program(secret).get(address).status_code == 401


def test_a_key_that_is_over_unknown_or_of_somebody_locked_out_opens_nothing(place, boss):
    _, old = make(boss, "export", now=clock.now() - timedelta(days=8))
    _, locked = make(boss, "export")
    address = f"/w/{place.slug}/groups.csv"
    assert program(locked).get(address).status_code == 200
    boss.account.is_active = False
    boss.account.save()
    for secret in (old, locked, "", "huoqun_guess", "x" * 5000):
        answer = program(secret).get(address)
        assert answer.status_code == 401
        assert answer["www-authenticate"] == "Bearer"
    browsing = browser(hire(place, email="other@example.org"), headers={**HEADERS, "authorization": f"Bearer {old}"})
    assert browsing.get(address).status_code == 401, "a bad key is not passed over for the session"


def test_every_address_asks_the_scopes_of_a_key(place, boss):
    """A key for its permission alone opens an address, one for all others does not; no key changes anything."""
    row = group(place)
    there = {"workspace": place.slug, "group": row.pk}
    routes = [
        r for r in ROUTES if r.scope.key in there and r.permission and "GET" in r.methods and r.address.count("<") == 1
    ]
    routes = [r for r in routes if r.scope.name in {"workspace", "group"}]
    assert len(routes) > 10
    every = program(make(boss, *PERMISSIONS)[1])
    alone = {scope: program(make(boss, scope)[1]) for scope in PERMISSIONS}
    others = {scope: program(make(boss, *({*PERMISSIONS} - {scope}))[1]) for scope in PERMISSIONS}
    for route in routes:
        address = "/" + re.sub(r"<\w+:(\w+)>", lambda part: str(there[part[1]]), route.address)
        status = alone[route.permission].get(address).status_code
        assert status not in {401, 403, 500}, (route.name, status)
        assert others[route.permission].get(address).status_code == 403, route.name
        if set(route.methods) - set(READ):
            assert every.post(address).status_code == 403, route.name


def test_a_key_of_one_workspace_does_not_open_another(place, boss):
    other = add(name="他们", zone="Asia/Shanghai", now=clock.now())
    hire(other, email=boss.account.email)
    _, secret = make(boss, *PERMISSIONS)
    assert program(secret).get(f"/w/{place.slug}/groups.csv").status_code == 200
    assert program(secret).get(f"/w/{other.slug}/groups.csv").status_code == 404
    row, _ = make(boss, "export")
    outside = browser(hire(add(name="外", zone="Asia/Shanghai", now=clock.now())))
    assert outside.post(f"/tokens/{row.pk}/revoke").status_code == 404
    assert browser(hire(place, "planner")).post(f"/tokens/{row.pk}/revoke").status_code == 403
    second = browser(hire(place, "owner", email="second@example.org"))
    assert second.post(f"/tokens/{row.pk}/revoke").status_code == 302, "an owner may stop anybody's key"
    row.refresh_from_db()
    assert row.revoked
