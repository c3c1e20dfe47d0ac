"""All kinds of activity. A new kind is one module and one line here (and one in `web/kinds` for its pages)."""

from huoqun.activities import circle, spotlight, team_up, vote
from huoqun.activities.kind import Kind

KINDS: dict[str, Kind] = {kind.id: kind for kind in (vote.VOTE, spotlight.SPOTLIGHT, team_up.TEAM_UP, circle.CIRCLES)}
"""The kinds by their id, in the order pages offer them."""
