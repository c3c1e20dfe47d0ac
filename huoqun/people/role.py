"""The role: what a member of staff may see and do. One table, read by people on a page and enforced by `web/gate`.

Roles are those of handbook chapter 13. A permission is a verb and what it is done to; a new feature adds its
permissions here and to the roles that need them, and nowhere else.
"""

from dataclasses import dataclass

SEE_GROUPS = "see_groups"
READ_MESSAGES = "read_messages"
IMPORT = "import"
EDIT_GROUPS = "edit_groups"
REMOVE_GROUPS = "remove_groups"
SEE_PEOPLE = "see_people"
EDIT_PEOPLE = "edit_people"
MERGE_PEOPLE = "merge_people"
ERASE_PEOPLE = "erase_people"
EDIT_STRATA = "edit_strata"
EDIT_SEGMENTS = "edit_segments"
SEE_SURVEYS = "see_surveys"
EDIT_SURVEYS = "edit_surveys"
SEE_ACTIVITIES = "see_activities"
EDIT_ACTIVITIES = "edit_activities"
EDIT_POINTS = "edit_points"
SEE_RUNS = "see_runs"
EDIT_RUNS = "edit_runs"
EDIT_PLAYBOOKS = "edit_playbooks"
SEE_CONTENT = "see_content"
EDIT_CONTENT = "edit_content"
APPROVE_CONTENT = "approve_content"
EDIT_DUTY = "edit_duty"
SEND = "send"
EXPORT = "export"
SEE_STAFF = "see_staff"
EDIT_STAFF = "edit_staff"
SEE_AUDIT = "see_audit"
EDIT_TOKENS = "edit_tokens"
EDIT_WORKSPACE = "edit_workspace"

PERMISSIONS = (
    SEE_GROUPS,
    READ_MESSAGES,
    IMPORT,
    EDIT_GROUPS,
    REMOVE_GROUPS,
    SEE_PEOPLE,
    EDIT_PEOPLE,
    MERGE_PEOPLE,
    ERASE_PEOPLE,
    EDIT_STRATA,
    EDIT_SEGMENTS,
    SEE_SURVEYS,
    EDIT_SURVEYS,
    SEE_ACTIVITIES,
    EDIT_ACTIVITIES,
    EDIT_POINTS,
    SEE_RUNS,
    EDIT_RUNS,
    EDIT_PLAYBOOKS,
    SEE_CONTENT,
    EDIT_CONTENT,
    APPROVE_CONTENT,
    EDIT_DUTY,
    SEND,
    EXPORT,
    SEE_STAFF,
    EDIT_STAFF,
    SEE_AUDIT,
    EDIT_TOKENS,
    EDIT_WORKSPACE,
)
"""Every permission, in the order pages show them."""


@dataclass(frozen=True)
class Role:
    """A role: its permissions, and whether it holds for the groups named for the member of staff only."""

    id: str
    may: frozenset[str]
    limited: bool = False


_DAILY = frozenset(
    {SEE_GROUPS, READ_MESSAGES, SEE_PEOPLE, SEE_SURVEYS, SEE_ACTIVITIES, SEE_RUNS, SEE_CONTENT, SEE_STAFF}
)
_HANDS_ON = frozenset(
    {IMPORT, EDIT_GROUPS, EDIT_PEOPLE, EDIT_SURVEYS, EDIT_ACTIVITIES, EDIT_RUNS, EDIT_DUTY, SEND, EXPORT}
)
_PLANNER = frozenset(PERMISSIONS) - {EDIT_STAFF, SEE_AUDIT, EDIT_TOKENS, EDIT_WORKSPACE, ERASE_PEOPLE, REMOVE_GROUPS}

OWNER = "owner"
ROLES = {
    role.id: role
    for role in (
        Role(OWNER, frozenset(PERMISSIONS)),
        Role("planner", _PLANNER),
        Role("editor", _DAILY | {EDIT_SURVEYS, EDIT_ACTIVITIES, EDIT_CONTENT, SEND}),
        Role("group_admin", _DAILY | _HANDS_ON, limited=True),
        Role("analyst", _DAILY | {EDIT_SEGMENTS, EXPORT, SEE_AUDIT}),
        Role("service", _DAILY | {EDIT_PEOPLE, SEND}),
        Role("assistant", _DAILY | {IMPORT, SEND}),
        Role("host", _DAILY | {EDIT_ACTIVITIES, SEND}, limited=True),
    )
}
"""The roles by their id, the one with most permissions first."""
