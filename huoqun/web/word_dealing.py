"""Words of dealings: reasons, rungs, stages, touches, outcomes."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEALING: dict[str, dict[str, str | Promise]] = {
    "dealing_part": {
        "introductions": _("Introductions"),
        "silent": _("The silent"),
        "raising": _("Raising"),
        "touches": _("Personal touches"),
        "founders": _("Founders"),
        "cards": _("Cards from the chat"),
    },
    "introduction_reason": {
        "offer": _("One offers what the other needs"),
        "city": _("Same city"),
        "trade": _("Same trade"),
        "bridge": _("Would join two circles"),
    },
    "introduction_outcome": {
        "": _("Nobody has said yet"),
        "met": _("They met"),
        "tied": _("They became a tie"),
        "nothing": _("Nothing came of it"),
    },
    "why_silent": {
        "unanswered": _("asked something that nobody answered"),
        "unwelcomed": _("said hello, and nobody answered"),
        "never": _("never spoke"),
        "faded": _("spoke once, and then less and less"),
        "busy": _("busy elsewhere"),
        "other_topic": _("came for another topic"),
        "gift": _("came for a gift"),
        "unknown": _("not known"),
    },
    "raising_stage": {
        "word": _("A private word"),
        "title": _("A title of their own"),
        "duty": _("A small duty"),
        "share": _("A share of the running"),
        "thanks": _("Thanks at the month's end"),
        "": _("All stages done"),
    },
    "touch": {
        "birthday": _("Birthday"),
        "gift": _("Gift"),
        "letter": _("Letter by hand"),
        "mention": _("Mention in public"),
    },
}

HAPPENED: dict[str, str | Promise] = {
    "introduction.accepted": _("is to be introduced to somebody"),
    "introduction.declined": _("will not be introduced to somebody"),
    "introduction.done": _("was introduced to somebody"),
    "introduction.met": _("met somebody after an introduction"),
    "introduction.tied": _("became close to somebody after an introduction"),
    "introduction.nothing": _("was introduced, and nothing came of it"),
    "question.done": _("was asked, or had a question passed on"),
    "question.declined": _("had a question left where it was"),
    "silence.reason": _("was silent, and somebody found out why"),
    "silence.nudge": _("got a private word after a silence"),
    "silence.declined": _("was left in peace in a silence"),
    "raising.word": _("got a private word of praise"),
    "raising.title": _("got a title"),
    "raising.duty": _("took on a small duty"),
    "raising.share": _("took over a share of the running"),
    "raising.thanks": _("was thanked at the month's end"),
    "raising.declined": _("is not to be raised"),
    "touch.birthday": _("was wished a happy birthday"),
    "touch.gift": _("got a gift"),
    "touch.letter": _("got a letter by hand"),
    "touch.mention": _("was mentioned in public"),
    "founder.given": _("was given a role and a stake as a founder"),
    "founder.contact": _("was spoken with in person"),
    "greeting.done": _("was greeted as a newcomer"),
    "greeting.declined": _("needed no greeting"),
    "greeting.undone": _("waits for a greeting again"),
    "card.done": _("had their card from the chat taken over into the profile"),
    "card.declined": _("had their card from the chat put aside"),
}
"""What happened to a person, as their page tells it."""

LOGGED: dict[str, str | Promise] = {
    "introduction.accepted": _("accepted an introduction"),
    "introduction.declined": _("declined an introduction"),
    "introduction.done": _("introduced two people"),
    **dict.fromkeys(
        ("introduction.met", "introduction.tied", "introduction.nothing"), _("wrote what came of an introduction")
    ),
    "question.done": _("passed a question on to somebody who knows"),
    "question.declined": _("left a question where it was"),
    "silence.reason": _("gave the reason for a silence"),
    "silence.nudge": _("wrote to a silent member"),
    "silence.declined": _("left a silent member in peace"),
    "raising.word": _("praised a member in private"),
    "raising.title": _("raised a member with a title"),
    "raising.duty": _("gave a member a small duty"),
    "raising.share": _("gave a member a share of the running"),
    "raising.thanks": _("thanked a member at the month's end"),
    "raising.declined": _("declined to raise a member"),
    "touch.birthday": _("wished a happy birthday"),
    "touch.gift": _("gave a gift"),
    "touch.letter": _("wrote a letter by hand"),
    "touch.mention": _("mentioned a member in public"),
    "founder.given": _("gave a founder a role and a stake"),
    "founder.contact": _("spoke with a founder"),
    "greeting.done": _("greeted a newcomer"),
    "greeting.declined": _("left a newcomer without a greeting"),
    "greeting.undone": _("took back the tick of a greeting"),
    "card.done": _("took a card from the chat over into a profile"),
    "card.declined": _("put a card from the chat aside"),
}
"""The same as the log tells it of whoever did it."""
