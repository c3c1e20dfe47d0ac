"""The word: what the interface calls the ids of the code. The words of a diagnosis itself stand in `phrase`."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, dict[str, str | Promise]] = {
    "state": {"living": _("Living"), "at_risk": _("At risk"), "dying": _("Dying"), "withheld": _("Withheld")},
    "network": {
        "wechat": _("WeChat"),
        "wecom": _("WeCom"),
        "qq": _("QQ"),
        "telegram": "Telegram",
        "discord": "Discord",
        "whatsapp": "WhatsApp",
        "slack": "Slack",
        "matrix": "Matrix",
        "irc": "IRC",
        "other": _("Other network"),
    },
    "type": {
        "": _("Type not set"),
        "lead_pond": _("Lead pond"),
        "newcomer": _("Newcomer group"),
        "camp": _("Training camp"),
        "core": _("Core users"),
        "benefits": _("Benefits"),
        "word_of_mouth": _("Word of mouth"),
        "learning": _("Learning"),
        "interest": _("Interest"),
        "relationship": _("Relationship"),
        "supply_demand": _("Supply and demand"),
        "feedback": _("Product feedback"),
        "regional": _("Regional"),
        "staff": _("Internal staff"),
    },
    "stage": {
        "cold_start": _("Cold start"),
        "growing": _("Growing"),
        "active": _("Active"),
        "declining": _("Declining"),
        "silent": _("Silent"),
        "closed": _("Closed"),
    },
    "step": {
        "waiting": _("Waiting"),
        "reading": _("Reading the files"),
        "archiving": _("Putting messages into the archive"),
        "diagnosing": _("Diagnosing"),
        "done": _("Done"),
        "refused": _("Refused"),
    },
    "refusal": {
        "not_a_chat": _("This is not a chat export that Huoqun knows."),
        "other_group": _("These files are of another group."),
        "no_messages": _("There is no message in these files."),
    },
    "skip": {
        "bad_time": _("time cannot be read"),
        "bad_json": _("broken JSON"),
        "missing_field": _("a field is missing"),
        "too_few_columns": _("too few columns"),
        "not_utf8": _("bytes that are no text"),
    },
    "order": {
        "care": _("Who needs care first"),
        "name": _("Name"),
        "last": _("Last message"),
        "size": _("Messages"),
    },
}


def of(family: str, id: str) -> str:
    """The word for an id, or the id itself where nobody has named it."""
    return str(WORDS[family].get(id, id.replace("_", " ")))
