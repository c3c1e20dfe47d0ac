"""Spoken: words ready to say to members, in the language of their group."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from huoqun.people.group import Group
from huoqun.people.rapport import acquaintance
from huoqun.people.silent import Silent
from huoqun.web import plain

SPOKEN: dict[str, str | Promise] = {
    "introduction.offer": _(
        "@%(one)s @%(other)s may I introduce you two? %(other)s is looking for: %(need)s. %(one)s offers: %(offer)s. "
        "Ten minutes of talk may be worth it for both of you."
    ),
    "introduction.city": _(
        "@%(one)s @%(other)s you both live in %(city)s and have not spoken with each other yet. How about a coffee one "
        "of these days?"
    ),
    "introduction.bridge": _(
        "@%(one)s @%(other)s you are both a pillar of this group and have hardly met. %(one)s, what are you busy with "
        "these days? I think %(other)s has something to say to that."
    ),
    "question": _(
        "@%(one)s, a question for you: %(other)s asked “%(quote)s”, and nobody here knows that better than you."
    ),
    "silence.unanswered": _(
        "Hi %(name)s, I have just found a question of yours in “%(group)s” that nobody answered: “%(quote)s”. Sorry "
        "for that! Is it still open? Then I will ask somebody who knows."
    ),
    "silence.unwelcomed": _(
        "Hi %(name)s, when you said hello in “%(group)s” nobody answered. That is on us: welcome, if late! What would "
        "you like to find here?"
    ),
    "silence.never": _(
        "Hi %(name)s, good to have you in “%(group)s”. Just reading is fine. If there is something you would like to "
        "hear more about, tell me; no need to answer."
    ),
    "silence.faded": _(
        "Hi %(name)s, we have not heard from you in “%(group)s” for a while, and miss what you had to say. I hope all "
        "is well; no need to answer."
    ),
    "silence.busy": _(
        "Hi %(name)s, I know your days are full. There is nothing you have to catch up on in “%(group)s”; if you like, "
        "I send you the best of the month in three lines."
    ),
    "silence.other_topic": _(
        "Hi %(name)s, it seems that “%(group)s” lately talks past what you are here for. What would you rather talk "
        "about? I will put it on the table."
    ),
    "silence.gift": _(
        "Hi %(name)s, you came to “%(group)s” for the welcome gift, and we never asked what else would be of use to "
        "you. Is there something?"
    ),
    "raising.word": _(
        "Hi %(name)s, I have noticed how much you do for others in “%(group)s”. Thank you, I mean it. What would you "
        "change here if it were yours?"
    ),
    "raising.title": _(
        "%(name)s, everybody here comes to you for this, so from today it is your title in “%(group)s”: %(title)s."
    ),
    "raising.duty": _(
        "%(name)s, may I ask you for something small: could you greet the newcomers of “%(group)s” this week? Two "
        "sentences each are plenty, and I am there if you need me."
    ),
    "raising.share": _(
        "%(name)s, I would like you to run a part of “%(group)s” with me: one evening a week that is all yours, topic "
        "and guests. What would you do with it?"
    ),
    "raising.thanks": _(
        "%(name)s, another month of “%(group)s” is over, and much of what was good in it was you. Thank you! Something "
        "small is on its way to you; where may I send it?"
    ),
    "touch.birthday": _("Happy birthday, %(name)s! All of “%(group)s” wishes you a good year."),
    "newcomer.spoke": _(
        "@%(name)s welcome to “%(group)s”, glad you have said hello! What are you busy with these days, and what would "
        "you like to find here?"
    ),
    "newcomer.quiet": _(
        "@%(name)s welcome to “%(group)s”! Take your time to look around. Tell us in two sentences who you are and "
        "what brought you here, and somebody will know something for you."
    ),
    "founder.contact": _(
        "Hi %(name)s, you were here when “%(group)s” began. How do you find it now, and what should we do next? I "
        "would rather hear it from you than from a survey."
    ),
}
"""By kind of dealing and step."""
SPOKEN["silence.unknown"] = SPOKEN["silence.faded"]


def language_of(group: Group) -> str:
    """What is spoken in the group, as Django calls it; Chinese where nobody knows yet."""
    known = acquaintance(group)
    return "en" if known and known.language == "en" else "zh-hans"


def words(what: str, language: str, **values: Any) -> str:
    """The words for a step. Names and quotes of members are made plain."""
    with override(language):
        return str(SPOKEN[what]) % {name: plain.name(str(value), 200) for name, value in values.items()}


def introduction(one: str, other: str, reasons: list[Mapping[str, Any]], language: str) -> str:
    """The words for an introduction, for the strongest of its reasons."""
    for kind in ("offer", "bridge", "city"):
        for reason in reasons:
            if reason.get("kind") == kind:
                values = {name: value for name, value in reason.items() if name != "kind"}
                return words(f"introduction.{kind}", language, one=one, other=other, **values)
    return words("introduction.bridge", language, one=one, other=other)


def to_silent(silent: Silent, group: Group, language: str) -> str:
    """The private words to a silent member, for the reason there is."""
    values: dict[str, Any] = {"name": silent.identity.name, "group": group.name}
    why = silent.why if silent.why != "unanswered" or silent.quote else "faded"
    return words(f"silence.{why}", language, **values, quote=silent.quote)


def source_of_card(group: Group) -> str:
    """From what it is known, in a profile, what somebody wrote into their card in the chat."""
    with override(language_of(group)):
        return str(_("their card in the chat “%(group)s”") % {"group": group.name[:60]})
