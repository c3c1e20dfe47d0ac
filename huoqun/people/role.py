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


_DAILY = frozenset({SEE_GROUPS, READ_MESSAGES, SEE_PEOPLE, SEE_SURVEYS, SEE_STAFF})
_PLANNER = frozenset(PERMISSIONS) - {EDIT_STAFF, SEE_AUDIT, EDIT_TOKENS, EDIT_WORKSPACE, ERASE_PEOPLE, REMOVE_GROUPS}

OWNER = "owner"
ROLES = {
    role.id: role
    for role in (
        Role(OWNER, frozenset(PERMISSIONS)),
        Role("planner", _PLANNER),
        Role("editor", _DAILY | {EDIT_SURVEYS}),
        Role("group_admin", _DAILY | {IMPORT, EDIT_GROUPS, EDIT_PEOPLE, EDIT_SURVEYS, EXPORT}, limited=True),
        Role("analyst", _DAILY | {EDIT_SEGMENTS, EXPORT, SEE_AUDIT}),
        Role("service", _DAILY | {EDIT_PEOPLE}),
        Role("assistant", _DAILY | {IMPORT}),
        Role("host", _DAILY, limited=True),
    )
}
"""The roles by their id, the one with most permissions first."""
