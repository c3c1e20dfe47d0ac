"""Words of the network's page, for its script: labels and sentences with `{numbers}` to fill in."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoqun.insight.stratum import STRATA
from huoqun.web import phrase, word

NETWORK: dict[str, str | Promise] = {
    "working": _("The network is being drawn. A group of thousands takes up to a minute; this page follows by itself."),
    "failed": _("The network could not be drawn."),
    "lost": _("Huoqun does not answer; the picture you see is kept."),
    "stale": _("Something has changed since; the picture is being drawn anew. This is the one as of {day}."),
    "anew": _("A newer picture is there."),
    "show_anew": _("Show it"),
    "no_rows": _("No message is in the archive yet."),
    "no_ties": _("Nobody has answered, named or followed anybody yet, so there is nothing to draw. Those who spoke:"),
    "faded": _("No tie counts any more on this day: ties fade when nobody renews them. The last ones were on {day}."),
    "faded_show": _("Show that day"),
    "no_webgl": _("This browser cannot draw the picture (it has no WebGL). Everything stands in the tables below."),
    "nameless": _("Nobody named"),
    "owner": _("Owner"),
    "away": _("Not there"),
    "circle": _("Around {name}"),
    "small_circles": _("Smaller circles"),
    "no_circle": _("In no circle"),
    "whole": _("The group on {day}"),
    "people_tied": _("People with ties"),
    "ties": _("Ties"),
    "strong_ties": _("Strong ties"),
    "circles": _("Circles"),
    "alone": _("Tied to nobody"),
    "drawn_of": _("Drawn are the strongest {n} of {all} ties."),
    "left_out": _(
        "{n} people have no place in the picture because they have hardly any ties; they stand in the table."
    ),
    "unheard": _("{n} members never spoke; the archive shows no tie of theirs."),
    "without": _("Without {name}"),
    "with": _("With {name} again"),
    "no_owner": _("Nobody is known as the owner; say who it is under “Card and history”."),
    "without_said": _(
        "Without {name}: {ties} of the strength of all ties is left, and {starts} of the conversations begun in the "
        "90 days before. The largest connected part keeps {part} of its people."
    ),
    "without_alone": _("{n} people are tied to nobody else."),
    "no_starts": _("no number (none was begun)"),
    "close": _("Close"),
    "person_page": _("Open the page of this person"),
    "take_out": _("The group without them"),
    "put_back": _("Put them back"),
    "path_from": _("Path from here"),
    "path_to": _("Path to here"),
    "strongest": _("Strongest ties"),
    "no_tie_yet": _("Nobody was tied to anybody yet on this day."),
    "no_tie_now": _("Tied to nobody on this day."),
    "messages": _("Messages"),
    "weight": _("Weight"),
    "strong": _("strong"),
    "returned": _("returned"),
    "one_sided": _("one-sided"),
    "reply": _("Replies"),
    "mention": _("Mentions"),
    "quote": _("Quotes"),
    "turn": _("Turns"),
    "since": _("{first} to {last}"),
    "by_month": _("Strength by month"),
    "strength": _("Strength"),
    "path_none": _("No path: no chain of ties leads from {a} to {b} on this day."),
    "path_direct": _("{a} and {b} are tied to each other."),
    "path_through": _("{n} steps, through {names}."),
    "path_pick": _("Choose two people, here or by clicking them."),
    "path_same": _("Choose two different people."),
    "nobody_found": _("Nobody is called that."),
    "play": _("Play"),
    "pause": _("Pause"),
    "new": _("New"),
    "gone": _("Gone"),
    "kept": _("Kept"),
    "compared": _("{a} against {b}"),
    "compare_said": _("{new} ties new, {gone} gone, {kept} kept. Strong ties: {strong_a} before, {strong_b} after."),
    "compare_people": _("People with ties: {a} before, {b} after; {came} were tied for the first time."),
    "pair_said": _("{day}: {people} people with ties, {ties} ties"),
    "before": _("Before"),
    "after": _("After"),
    "compare_same": _("Choose two different days."),
    "more": _("Show {n} more"),
    "no_row": _("Nobody on this day."),
    "person": _("Name"),
    "other": _("With whom"),
    "stratum": _("Stratum"),
    "evidence": _("Evidence"),
    "last": _("Last"),
    "as_of": _("Huoqun · as of {day}"),
    "until": _("As of {day}"),
    "title": _("{group}: network on {day}"),
    "circle_of": _("Circle"),
}


def words() -> dict[str, object]:
    """The words in the page's language, with those of the strata."""
    book = phrase.book(word.language())
    return {key: str(said) for key, said in NETWORK.items()} | {
        "strata": [book.strata[stratum] for stratum in STRATA],
    }
