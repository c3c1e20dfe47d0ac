"""Vital signs that no archive tells: how many answer when asked, and the owner's acquaintance asymmetry.

They come from surveys, over the card, and are left out where nobody was asked.
"""

from huoqun.insight.coming import members
from huoqun.insight.interval import wilson
from huoqun.insight.liveliness import Ground
from huoqun.insight.measure import Measure

HEARD = ("response", "owner_known", "owner_knows")
"""Ids, in the order the page shows them."""


def heard_measures(base: Ground) -> list[Measure]:
    """`response`: who answered the newest survey over those asked. `owner_known`: of those who said whom they know, who
    knows the owner; `owner_knows`: of all members, whom the owner said to know (handbook chapter 4, acquaintance
    asymmetry). Those that cannot be measured are not there."""
    card = base.reading.card
    found = []
    if card.response and card.response[1]:
        found.append(_share("response", *card.response))
    told = card.asked_whom - {card.owner}
    if card.owner and told:
        found.append(_share("owner_known", len({k.who for k in card.known if k.knows == card.owner} & told), len(told)))
    others = (card.members or members(base.reading, base.moves) or len(base.reading.people)) - 1
    if card.owner in card.asked_whom and others > 0:
        known = len({k.knows for k in card.known if k.who == card.owner})
        found.append(_share("owner_knows", min(known, others), others))
    return found


def _share(id: str, hits: int, cases: int) -> Measure:
    return Measure(id, "share", hits / cases, cases, wilson(hits, cases))
