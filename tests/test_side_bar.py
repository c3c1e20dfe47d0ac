"""The side bar: its parts, which a browser keeps shut, and the page one is at, which always stands in view."""

import re

import pytest
from at_work import browser, hire

from huoqun.base import clock
from huoqun.people.role import PERMISSIONS
from huoqun.people.workspace import local
from huoqun.web import place
from huoqun.web.place import COOKIE, PARTS, places, shut_of

pytestmark = pytest.mark.django_db


def shut(parts):
    return {part.id for part in parts if part.shut}


def test_every_part_is_open_until_somebody_shuts_it():
    assert shut(places(PERMISSIONS)) == set()
    assert shut(places(PERMISSIONS, shut=shut_of("people.kept.what"))) == {"people", "kept"}


def test_the_part_of_the_page_one_is_at_is_open_and_the_first_one_always():
    every = shut_of(".".join(id for id, _caption, _part in PARTS))
    assert shut(places(PERMISSIONS, here="strata", shut=every)) == {"method", "activities", "kept"}


def test_who_may_see_nothing_of_a_part_has_no_caption_of_it():
    assert [part.id for part in places({"see_groups"})] == ["day", "people"]


def test_a_page_comes_as_the_cookie_says():
    who = hire(local(now=clock.now()))
    visitor, here = browser(who), f"/w/{who.workspace.slug}/people"
    assert "data-shut" not in visitor.get(here).content.decode()
    visitor.cookies[COOKIE] = "kept.people"
    text = visitor.get(here).content.decode()
    found = re.findall(r'data-part="(\w+)"( data-shut)?>(?:<button[^>]*aria-expanded="(\w+)")?', text)
    assert found == [
        ("day", "", ""),
        ("method", "", "true"),
        ("activities", "", "true"),
        ("people", "", "true"),
        ("kept", " data-shut", "false"),
    ]


def test_every_place_leads_to_a_page_and_stands_once():
    pages = [p.page for _id, _caption, part in PARTS for p in part]
    assert len(pages) == len(set(pages))
    assert all(place.place_of(page) == page for page in pages)
