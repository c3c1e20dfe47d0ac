"""The word: what the interface calls the ids of the code.

What a diagnosis also says (networks, types, verdicts, causes) it takes from the diagnosis's own book, so that one thing
has one word; the rest stands here.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from huoqun.insight.document import Gap
from huoqun.web import phrase
from huoqun.web.phrase import Lang
from huoqun.web.word_activity import ACTIVITY
from huoqun.web.word_content import CONTENT
from huoqun.web.word_dealing import DEALING
from huoqun.web.word_duty import DUTY
from huoqun.web.word_effect import EFFECT
from huoqun.web.word_group import GROUP
from huoqun.web.word_people import PEOPLE
from huoqun.web.word_playbook import PLAYBOOK
from huoqun.web.word_reward import REWARD
from huoqun.web.word_run import RUN
from huoqun.web.word_segment import SEGMENT
from huoqun.web.word_staff import STAFF
from huoqun.web.word_survey import SURVEY

WORDS: dict[str, dict[str, str | Promise]] = {
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
        "forgotten": _("They could not be read, and may hold somebody who was erased meanwhile."),
    },
    "kind": {
        "text": _("Text"),
        "image": _("Picture"),
        "voice": _("Voice"),
        "video": _("Video"),
        "file": _("File"),
        "sticker": _("Sticker"),
        "link": _("Link"),
        "location": _("Place"),
        "red_packet": _("Red packet"),
        "transfer": _("Transfer"),
        "poke": _("Poke"),
        "call": _("Call"),
        "share": _("Share"),
        "forward": _("Forwarded messages"),
        "contact": _("Contact card"),
        "poll": _("Poll"),
        "other": _("Other"),
    },
    "positioning": {
        "goal": _("The goal all members share"),
        "core": _("The core that leads"),
        "strata": _("The strata and the way up"),
        "field": _("The one field"),
        "persona": _("Whom it is for"),
        "value": _("The value promised, and in what form"),
        "slogan": _("Slogan"),
        "rules": _("Rules"),
        "threshold": _("What one needs to get in"),
        "orientation": _("Orientation"),
    },
    "orientation": {
        "": _("Not said"),
        "product": _("Products and resources"),
        "knowledge": _("Knowledge"),
        "both": _("Both"),
    },
    "order": {
        "care": _("Who needs care first"),
        "name": _("Name"),
        "last": _("Last message"),
        "size": _("Messages"),
    },
}


def language() -> Lang:
    """The language of the page."""
    return "en" if (get_language() or "").startswith("en") else "zh"


def why(refused: Mapping[str, Any]) -> str:
    """Why a file was refused, in the page's language: `reason` and `values` as `people/upload` keeps them."""
    return phrase.refusal_text(str(refused.get("reason", "")), refused.get("values") or {}, language())


def gaps(kept: Sequence[Mapping[str, Any]], zone: str) -> list[str]:
    """Why a history has its grade, as sentences: gaps as `people/upload` keeps them, days on the clock of `zone`."""
    return [phrase.gap_text(Gap.model_validate(gap), ZoneInfo(zone), language()) for gap in kept]


def named(family: str, id: str) -> str:
    """The word for an id of activities; "" where nobody has named it."""
    return str(ACTIVITY[family].get(id, ""))


_BOOKS = (WORDS, ACTIVITY, CONTENT, DEALING, DUTY, EFFECT, GROUP, PEOPLE, PLAYBOOK, REWARD, RUN, SEGMENT, STAFF, SURVEY)
_EVERY = {family: words for book in _BOOKS for family, words in book.items()}


def of(family: str, id: str) -> str:
    """The word for an id, or the id itself, made readable, where nobody has named it."""
    book = phrase.book(language())
    told: dict[str, dict[str, str]] = {
        "state": book.states | {"cooling": book.label["cooling"]},
        "network": book.networks,
        "type": book.types | {"": str(_("Type not set"))},
        "stage": book.stages,
        "skip": book.skips,
        "stratum": book.strata,
        "grade": book.grades,
    }
    if family == "format":
        return phrase.format_text(id, language())
    if family == "note":
        return phrase.note_text(id, language())
    if family == "stratum_reason":
        return phrase.stratum_text(id, language())
    if family == "cause":
        return phrase.cause(id, language()).title
    found = _EVERY[family].get(id) if family in _EVERY else told[family].get(id)
    return phrase.spaced(id) if found is None else str(found)
