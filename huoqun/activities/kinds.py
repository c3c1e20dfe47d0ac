"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import (
    chain,
    challenge,
    circle,
    lottery,
    meetup,
    spotlight,
    team_up,
    topic_session,
    vote,
)
from huoqun.activities.kind import Kind

KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        vote.VOTE,
        spotlight.SPOTLIGHT,
        challenge.CHALLENGE,
        team_up.TEAM_UP,
        chain.CHAIN,
        meetup.MEETUP,
        topic_session.TOPIC,
        lottery.LOTTERY,
        circle.CIRCLES,
    )
}
"""The kinds by their id, in the order pages offer them."""
