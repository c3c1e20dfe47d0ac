"""Words of staff: roles, permissions, and what the audit log calls a change."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAFF: dict[str, dict[str, str | Promise]] = {
    "role": {
        "owner": _("Owner of the workspace"),
        "planner": _("Planner"),
        "editor": _("Editor"),
        "group_admin": _("Group admin"),
        "analyst": _("Analyst"),
        "service": _("Service"),
        "assistant": _("Assistant"),
        "host": _("Host"),
    },
    "permission": {
        "see_groups": _("See groups and their diagnoses"),
        "read_messages": _("Search and read messages"),
        "import": _("Bring in chat exports"),
        "edit_groups": _("Change a group's card and its marks"),
        "remove_groups": _("Remove groups"),
        "see_people": _("See people"),
        "edit_people": _("Change profiles, tags and notes"),
        "merge_people": _("Decide that two accounts are one person"),
        "erase_people": _("Erase a person"),
        "edit_strata": _("Change the rules of the strata"),
        "edit_segments": _("Make and change segments"),
        "see_surveys": _("See surveys and their results"),
        "edit_surveys": _("Make and run surveys"),
        "export": _("Export lists and diagnoses"),
        "see_staff": _("See who works here and what each role may do"),
        "edit_staff": _("Invite, change roles, dismiss"),
        "see_audit": _("See the log of changes"),
        "edit_tokens": _("Make keys for other programs"),
        "edit_workspace": _("Change the workspace's name and time zone"),
    },
    "deed": {
        "group.card": _("changed the card"),
        "group.stage": _("set the stage"),
        "group.stage_back": _("gave the stage back to the computed one"),
        "group.positioning": _("changed the positioning"),
        "group.limit": _("changed the group's limit"),
        "view.save": _("saved a view"),
        "view.remove": _("removed a view"),
        "group.remove": _("removed a group"),
        "group.restore": _("brought a group back"),
        "group.erase": _("erased a group"),
        "mark.add": _("marked an event"),
        "mark.change": _("changed a mark"),
        "mark.remove": _("took a mark off"),
        "import.give": _("gave files"),
        "import.example": _("asked for the example group"),
        "import.take": _("took history in"),
        "import.again": _("tried an import again"),
        "staff.invite": _("invited somebody"),
        "staff.withdraw": _("withdrew an invitation"),
        "staff.join": _("joined the team"),
        "staff.change": _("changed a role"),
        "staff.dismiss": _("dismissed somebody"),
        **{
            f"{noun}.{verb}": told
            for noun, verbs in {
                "fact": (_("wrote into a profile"), _("changed a profile"), _("took something off a profile")),
                "tag": (_("put a tag on somebody"), _("changed a tag"), _("took a tag off")),
                "title": (_("gave a title"), _("changed a title"), _("took a title away")),
                "note": (_("wrote a note"), _("changed a note"), _("removed a note")),
            }.items()
            for verb, told in zip(("add", "change", "remove"), verbs, strict=True)
        },
        "person.merge": _("said that two are one person"),
        "person.unmerge": _("took a merge back"),
        "person.differ": _("said that two are two persons"),
        "token.make": _("made a key for a program"),
        "token.revoke": _("revoked a key"),
        "workspace.open": _("opened the workspace"),
        "workspace.rename": _("changed the workspace"),
    },
}
