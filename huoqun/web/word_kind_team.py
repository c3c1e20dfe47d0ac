"""Words of team-ups and circles: their plans, what is answered and refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

TEAM: dict[str, Book] = {
    "activity_kind": {"team_up": _("Team-up"), "circle": _("Circles")},
    "activity_for": {
        "team_up": _("Tasks, captains, teams that all can see: joining is catching."),
        "circle": _("Running club, store inspectors, charity: members organise themselves."),
    },
    "deed": {
        "team_up.offer": _("offered to lead a team"),
        "team_up.lead": _("leads a team"),
        "team_up.team": _("joined a team"),
        "team_up.mates": _("was on a team with others"),
        "circle.propose": _("proposed a circle"),
        "circle.enter": _("came into a circle"),
        "circle.left": _("left a circle"),
        "circle.mates": _("did something with a circle"),
    },
    "plan": {
        "team_up.tasks": _("Tasks"),
        "team_up.teams": _("Teams that may take on the same task"),
        "team_up.most": _("Members of a team, with its captain"),
        "team_up.goal": _("What each team is to reach"),
        "team_up.unit": _("Counted in"),
        "team_up.prize": _("Points for each member of the first team"),
        "circle.most": _("Members of a circle, with its lead"),
        "circle.waiting": _("Proposals of one member that may wait at once"),
    },
    "plan_hint": {
        "team_up.tasks": _("One a line; each worth doing in itself"),
        "team_up.goal": _("0: as much as they can"),
        "team_up.unit": _("kilometres, pages, visits …"),
    },
    "answer": {
        "team_offered": _("Thank you. The organisers say yes or no soon."),
        "team_joined": _("You are in the team."),
        "team_entered": _("Entered."),
        "team_accepted": _("The team is there; members can join it."),
        "circle_proposed": _("Thank you. The organisers look at it soon."),
        "circle_entered": _("You are in."),
        "circle_left": _("You have left the circle."),
        "circle_reported": _("Kept. Well done!"),
        "circle_approved": _("The circle is there; members can come in."),
        "circle_refused": _("Declined; its proposer sees the reason."),
        "circle_dissolved": _("The circle is no more."),
    },
    "refused": {
        "team_no_tasks": _("A team-up needs at least one task."),
        "team_task": _("Choose one of the tasks."),
        "team_name": _("Give the team a name."),
        "team_name_taken": _("A team of that name is there already."),
        "team_in_one": _("You are in a team already. Leave it first."),
        "team_task_taken": _("That task has all its teams."),
        "team_none": _("There is no such team."),
        "team_nobody": _("There is no such member."),
        "team_not_in": _("They are not in that team."),
        "team_not_captain": _("Only the captain enters what the team has done."),
        "team_captain": _("You lead this team. Ask the organisers to hand it over first."),
        "team_amount": _("Give a whole number from 1 to a million."),
        "circle_empty": _("Give it a name, and say what it is for."),
        "circle_sort": _("Choose what it is."),
        "circle_name_taken": _("There is a circle of that name, or one waits."),
        "circle_waiting": _("%(most)s of your proposals wait already."),
        "circle_none": _("There is no such circle."),
        "circle_not_in": _("Only who is in the circle can do that."),
        "circle_lead": _("You lead it. Ask the organisers to hand it over first."),
        "circle_words": _("Write a few words on what you did."),
    },
    "circle_sort": {
        "run": _("Running club"),
        "inspect": _("Store inspectors"),
        "product": _("Product team"),
        "charity": _("Charity"),
        "defence": _("Defence of the brand"),
        "other": _("Something else"),
    },
}
