"""The places: what the side bar of a workspace leads to, which permission each needs, and which pages belong to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoqun.people import role


@dataclass(frozen=True)
class Place:
    """A line of the side bar. `page`: the route it leads to; `pages`: the other routes that belong to it."""

    page: str
    word: str | Promise
    permission: str
    pages: tuple[str, ...] = ()


GROUPS = (
    Place("today", _("Today"), role.SEE_GROUPS),
    Place("home", _("Groups"), role.SEE_GROUPS),
    Place("outbox", _("To send"), role.SEE_ACTIVITIES),
    Place("service_level", _("Service level"), role.READ_MESSAGES, ("service_target", "staffing")),
    Place("search", _("Search"), role.READ_MESSAGES),
    Place("imports", _("Imports"), role.SEE_GROUPS, ("import",)),
)
"""Where one begins the day."""
PEOPLE = (
    Place(
        "people",
        _("People"),
        role.SEE_PEOPLE,
        (
            *("person", "same", "person_is", "person_erase", "person_activity", "erasures", "erasure"),
            *("roll_new", "roll"),
        ),
    ),
    Place(
        "segments",
        _("Segments"),
        role.SEE_PEOPLE,
        (
            *("segment", "segment_new", "segment_edit", "segment_try", "segment_save", "segment_change"),
            *("segment_why", "segment_why_one"),
        ),
    ),
    Place("strata", _("Strata"), role.SEE_PEOPLE),
    Place("board", _("Needs and offers"), role.SEE_PEOPLE),
    Place(
        "surveys",
        _("Surveys"),
        role.SEE_SURVEYS,
        ("new_survey", "survey", "survey_asked", "survey_results", "survey_questions", "survey_about", "survey_open"),
    ),
    Place("research", _("Research"), role.SEE_GROUPS, ("study_change",)),
)
"""Who they are, whom to choose, what they say when asked, what is known of others."""
ACTIVITIES = (
    Place(
        "activities",
        _("Activities"),
        role.SEE_ACTIVITIES,
        (
            "activity",
            "activity_new",
            "activity_edit",
            "activity_people",
            "activity_public",
            "activity_put",
            "group_public",
            "activity_go",
            "activity_do",
            "logins",
            "spotlight_sheet",
            "spotlight_hall",
        ),
    ),
    Place("duty", _("Duty"), role.SEE_PEOPLE, ("group_duty", "duty_sheets")),
    Place(
        "rewards",
        _("Points and rewards"),
        role.SEE_ACTIVITIES,
        ("reward_board", "reward_levels", "reward_honours", "reward_shop", "reward_orders", "reward_prizes"),
    ),
)
"""What members do together, whose turn it is, and what they get for it."""
KEPT = (
    Place("team", _("Team"), role.SEE_STAFF, ("invite", "roles")),
    Place("log", _("Log"), role.SEE_AUDIT),
    Place("tokens", _("Keys"), role.EDIT_TOKENS, ("api",)),
    Place("workspace", _("Workspace"), role.EDIT_WORKSPACE),
)
"""What is set up once in a while."""
METHOD: tuple[Place, ...] = (
    Place(
        "playbooks",
        _("Playbooks"),
        role.SEE_RUNS,
        (
            *("playbook", "playbook_edit", "playbook_step", "playbook_text", "playbook_change", "playbook_undo"),
            *("playbook_history", "playbook_keep", "playbook_versions"),
        ),
    ),
    Place("runs", _("Runs"), role.SEE_RUNS, ("run", "run_new", "run_step")),
    Place("calendar", _("Calendar"), role.SEE_RUNS),
    Place("effects", _("Effects"), role.SEE_RUNS, ("mark_effect", "run_effect")),
    Place(
        "content_calendar",
        _("Content"),
        role.SEE_CONTENT,
        (
            *("content", "content_import", "content_desk", "content_topics", "content_rules", "content_digests"),
            *("content_words", "content_guests", "content_owner"),
        ),
    ),
)
"""Playbooks, what they do and what came of it."""
PARTS = (
    ("day", "", GROUPS),
    ("method", _("The method"), METHOD),
    ("activities", _("Activities"), ACTIVITIES),
    ("people", _("People and answers"), PEOPLE),
    ("kept", _("Settings"), KEPT),
)
"""The parts of the side bar by id, with their captions; the first speaks for itself and cannot be shut."""
COOKIE = "shut"
"""The cookie in which a browser keeps which parts are shut, by id with dots between."""
_OF = {page: place.page for _id, _caption, part in PARTS for place in part for page in (place.page, *place.pages)}


@dataclass(frozen=True)
class Part:
    """A part of the side bar as somebody sees it; a shut one shows its caption alone."""

    id: str
    caption: str | Promise
    places: tuple[Place, ...]
    shut: bool


def place_of(page: str) -> str:
    """The route of the place that a page belongs to; all that no place names are of groups."""
    return _OF.get(page, "home")


def places(permissions: Iterable[str], *, here: str = "", shut: Collection[str] = ()) -> list[Part]:
    """The parts of the side bar that somebody sees; empty parts are left out, the part of the place one is at is
    open."""
    may = frozenset(permissions)
    seen = [(id, caption, tuple(place for place in part if place.permission in may)) for id, caption, part in PARTS]
    return [
        Part(id, caption, part, bool(caption) and id in shut and here not in {place.page for place in part})
        for id, caption, part in seen
        if part
    ]


def shut_of(told: str) -> Collection[str]:
    """The parts that a browser keeps shut, of what its cookie says."""
    return frozenset(told[:100].split("."))
