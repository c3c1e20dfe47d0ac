"""Words of content: kinds of pieces, states, what the selling guard says, why something was not taken."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

CONTENT: dict[str, dict[str, str | Promise]] = {
    "piece": {
        "useful": _("Useful"),
        "emotional": _("Emotional"),
        "interactive": _("Interactive"),
        "selling": _("Selling"),
    },
    "piece_what": {
        "useful": _("knowledge, lists, how to"),
        "emotional": _("stories, thanks, what moved somebody"),
        "interactive": _("questions, votes, games"),
        "selling": _("offers, prices, links to buy"),
    },
    "piece_form": {"text": _("Text"), "picture": _("Picture"), "file": _("File"), "link": _("Link")},
    "piece_language": {"": _("Any language"), "zh": _("Chinese"), "en": _("English")},
    "slot": {
        "proposed": _("Proposed"),
        "approved": _("Approved"),
        "out": _("Among what is sent"),
        "waiting": _("To send"),
        "sent": _("Sent"),
        "skipped": _("Not sent"),
        "held": _("Held back"),
        "dropped": _("Dropped"),
    },
    "find": {"best": _("From our groups"), "feed": _("From feeds"), "staff": _("Suggested by staff")},
    "agreed": {
        "": _("not asked yet"),
        "asked": _("asked, no answer yet"),
        "named": _("agrees, with their name"),
        "nameless": _("agrees, without their name"),
        "no": _("does not want it"),
    },
    "sitting": {"morning": _("Morning sitting"), "noon": _("Noon sitting"), "evening": _("Evening sitting")},
    "topic_sort": {
        "universal": _("Universal"),
        "professional": _("Professional"),
        "personal": _("Personal"),
    },
    "topic_origin": {
        "industry": _("their trade"),
        "work": _("their work"),
        "offers": _("what they offer"),
        "needs": _("what they need"),
        "interests": _("their interests"),
        "goal": _("their goals"),
        "can_speak_about": _("what they can speak about"),
        "talk": _("what the group talks about"),
        "staff": _("staff"),
    },
    "digest": {"": _("None"), "day": _("Every day"), "week": _("Every week")},
    "content_wrong": {
        "empty": _("Give it words, a picture or a link."),
        "kind": _("There is no such kind; use useful, emotional, interactive or selling."),
        "form": _("There is no such form."),
        "link": _("A link begins with http:// or https:// and has no spaces."),
        "title": _("The title is too long; 120 signs are enough."),
        "language": _("There is no such language."),
        "past": _("That time is past."),
        "sent": _("It is sent already, or was dropped meanwhile."),
        "columns": _("No column is called text or link; name the columns in the first line."),
        "many": _("More than 5,000 pieces at once."),
        "address": _("Give an address that begins with http:// or https://."),
        "there": _("This feed is on the list already."),
        "feeds": _("Fifty feeds are the most."),
        "groups": _("Choose at least one group."),
        "picks": _("Pick at least one candidate."),
        "agreed": _("A member does not want their words shown; say it in words of your own, or leave it out."),
        "gone": _("That is not there any more; nothing was changed."),
        "may": _("Your role may propose; somebody who may approve has to say yes."),
        "when": _("Please give a day and a time."),
        "mix": _("The four shares are numbers from 0 to 100 and make 100 together."),
        "number": _("One of the numbers cannot be."),
        "date": _("A key date needs a name and a day."),
        "topic": _("Write a topic of at most 120 signs, and choose its kind."),
        "reason": _("Say why it may go out all the same."),
        "nothing": _("Nothing was said in these days, as far as the imports go."),
    },
    "feed_why": {
        "address": _("The address cannot be read."),
        "private": _("The address leads into a private network and is not opened."),
        "down": _("The server does not answer."),
        "slow": _("The server is too slow."),
        "large": _("It is larger than a feed can be."),
        "status": _("The server says there is nothing."),
        "redirects": _("It is sent on and on."),
        "damaged": _("It cannot be read."),
        "unknown": _("It is no feed."),
        "entities": _("It uses markup that could do harm."),
        "deep": _("It is nested too deep."),
    },
    "crowded": {
        "quiet": _("The group has its quiet hours then."),
        "apart": _("Something else is said in the group near that time."),
        "a_day": _("The group has had enough for that day."),
    },
}
CONTENT_LOGGED: dict[str, str | Promise] = {
    "content.voice": _("changed how groups are spoken to"),
    "material.add": _("put a piece into the library"),
    "material.change": _("changed a piece of the library"),
    "material.archive": _("put a piece aside"),
    "material.restore": _("took a piece back into the library"),
    "material.import": _("brought many pieces into the library"),
    "slot.plan": _("planned a piece"),
    "slot.approve": _("approved a planned piece"),
    "slot.change": _("changed a planned piece"),
    "slot.drop": _("dropped a planned piece"),
    "slot.back": _("brought a dropped piece back"),
    "find.suggest": _("suggested something to say"),
    "find.decide": _("decided about a candidate"),
    "find.reword": _("reworded a candidate"),
    "find.ask": _("asked a member whether their words may be shown"),
    "find.answer": _("a member said whether their words may be shown"),
    "feed.add": _("added a feed"),
    "feed.on": _("turned a feed on"),
    "feed.off": _("turned a feed off"),
    "feed.remove": _("removed a feed"),
    "topic.add": _("put a topic into the bank"),
    "topic.use": _("opened a session with a topic"),
    "topic.rate": _("rated how a topic went"),
    "topic.remove": _("took a topic out of the bank"),
    "key_date.keep": _("put a key date into the calendar"),
    "key_date.usual": _("took the usual key dates over"),
    "key_date.remove": _("removed a key date"),
    "outbox.release": _("let out what the selling guard held"),
    "outbox.reword": _("changed words before they were sent"),
}
CONTENT_VALUE: dict[str, str | Promise] = {
    "piece": _("Kind of piece"),
    "voice": _("How it is spoken to"),
    "at": _("When"),
    "state": _("State"),
    "count": _("How many"),
    "rating": _("How it went"),
    "link": _("Link"),
    "form": _("Form"),
    "kind": _("Kind"),
    "credit": _("Thanks to"),
    "tags": _("Tags"),
}


def block(told: Mapping[str, Any]) -> str:
    """What speaks against selling, in a sentence with its numbers."""
    values = dict(told)
    if values.get("id") == "often":
        values["share"] = f"{round(100 * float(values['ceiling']))}%"
    words = {
        "young": _now("The group is in its first %(days)s days; %(left)s to go."),
        "unasked": _now("%(known)s of %(wanted)s needs are known: ask members what they need first."),
        "unsolved": _now("%(known)s of %(wanted)s needs are solved: help somebody first."),
        "often": _now("Of %(pieces)s pieces in seven days %(sold)s sold already; at most %(share)s may."),
    }
    return words.get(str(values.get("id")), "%(id)s") % values
