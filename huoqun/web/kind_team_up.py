"""The team-up on its pages: tasks with their teams, the board, and whether it is time for teams."""

from datetime import datetime
from typing import Any

from huoqun.activities import proposing, team_board
from huoqun.activities.activity import Activity, Participation, members
from huoqun.people.person import Identity

ENTRIES = 20
"""Of what was entered the newest are shown."""
CHOICES = 500
"""Members that staff may choose from."""


def staff(activity: Activity, now: datetime) -> dict[str, Any]:
    """The board, who offers to lead, what was entered, the advice."""
    board = team_board.board(activity)
    mates = {p.identity_id for team in board for p in team.members}
    return {
        "board": _bars(board, activity),
        "offers": team_board.offers(activity),
        "entries": team_board.progress(activity)[:ENTRIES],
        "advice": team_board.advice(activity),
        "declined": proposing.declined(activity, team_board.TEAM)[:ENTRIES],
        "takes_teams": activity.takes(now),
        "wanted": team_board.SPOTLIGHTS,
        "free_members": [i for i in members(activity)[:CHOICES] if i.pk not in mates] if board else [],
    }


def member(activity: Activity, who: Identity, row: Participation | None, now: datetime) -> dict[str, Any]:
    """Every task with its teams; one's own team first."""
    board, plan = team_board.board(activity), team_board.plan_of(activity)
    own = team_board.team_of(activity, who.person)
    mine = next((team for team in board if team.id == own), None)
    tasks = [(task, [team for team in board if team.task == task]) for task in plan.tasks]
    return {
        "tasks": [(task, teams, len(teams) < plan.teams) for task, teams in tasks],
        "board": _bars(board, activity) if any(team.done for team in board) else [],
        "own_team": mine,
        "captain": mine is not None and mine.captain is not None and mine.captain.person_id == who.person_id,
        "entries": team_board.progress(activity).filter(on=mine.row)[:ENTRIES] if mine else [],
        "offer": team_board.offers(activity).filter(person=who.person_id).first(),
        "declined": proposing.declined(activity, team_board.TEAM, who.person)[:ENTRIES],
    }


def _bars(board: list[team_board.Team], activity: Activity) -> list[tuple[team_board.Team, float]]:
    """Each team with its share of the goal, or of the first where there is none."""
    goal = team_board.plan_of(activity).goal or max((team.done for team in board), default=0) or 1
    return [(team, min(1.0, team.done / goal)) for team in board]
