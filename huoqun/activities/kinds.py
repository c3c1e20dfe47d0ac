"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import benefit, course, group_buy, red_packet, show_day, vote
from huoqun.activities.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        vote.VOTE,
        group_buy.GROUP_BUY,
        course.COURSE,
        red_packet.RED_PACKET,
        show_day.SHOW_DAY,
        benefit.BENEFIT,
    )
}
"""The kinds by their id, in the order pages offer them."""
