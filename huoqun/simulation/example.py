"""The example: made-up groups with everything a team would know of them, one click away, marked, gone at a click."""

from django.db import transaction

from huoqun.activities import survey
from huoqun.activities.activity import OPEN, RUNNING
from huoqun.base import job
from huoqun.base.clock import naive_utc
from huoqun.people import checkup, portrait, reception, upload
from huoqun.people.account import Account
from huoqun.people.group import Group, refresh
from huoqun.people.mark import add_known
from huoqun.people.staff import reveal
from huoqun.people.upload import Upload
from huoqun.simulation.desk import furnish_desk
from huoqun.simulation.furnishing import furnish
from huoqun.simulation.minding import Carer, care
from huoqun.simulation.playing import play
from huoqun.simulation.scene_content import fill
from huoqun.simulation.scene_run import method
from huoqun.simulation.story import CIRCLE, Simulated, simulate
from huoqun.simulation.talk import load_words

SEED = 7
GOING = (OPEN, RUNNING)
"""Surveys that are heard while they go; else the first diagnosis would be out of date at once."""
SHARED = slice(10, 22)
"""Which people of the group, in its member list, are in the circle too."""


def tick(hand: job.Hand) -> bool:
    """Make the example somebody has asked for."""
    return job.work(upload.EXAMPLE, _run, hand)


def _run(lease: job.Lease) -> None:
    row = Upload.objects.select_related("workspace", "by").get(pk=lease.key)
    if row.state not in upload.OPEN:
        return
    job.tell(lease, upload.READING)
    language = lease.arguments.get("language", "zh")
    end = naive_utc(row.created)
    risen = simulate(seed=SEED, end=end, lang=language)
    shared = list(risen.chat.members.select("id", "name").iter_rows())[SHARED]
    circle = simulate(CIRCLE, seed=SEED, end=end, lang=language, known=shared)
    made = (risen, circle)
    found = reception.bring(lease, row, [each.chat for each in made])
    with transaction.atomic():
        job.hold(lease)
        main, small = (_known(group, each, lease) for group, each in zip(found, made, strict=True))
        if not main.activities.exists():
            furnish(main, small, seed=SEED, language=language, by=row.by, now=row.created)
            play(main, language=language, by=row.by, now=row.created)
            for asked in survey.Survey.objects.filter(workspace=row.workspace, state__in=GOING):
                survey.hear(asked)
    for group in checkup.stale().filter(pk__in=[main.pk, small.pk]):
        checkup.examine(group, lease)
    with transaction.atomic():
        job.hold(lease)
        if row.by is not None and not main.goals.exists():
            _look_after(main, small, row.by, language, row)
        upload.move_on(row, upload.DONE, now=lease.now())
    for group in (main, small):
        portrait.ask(Group.objects.get(pk=group.pk), now=lease.now())


def _look_after(main: Group, small: Group, by: Account, language: str, row: Upload) -> None:
    """What the staff has done since the first diagnosis."""
    words = load_words(language)
    asked = main.activities.filter(kind=survey.KIND, closes__gt=row.created).earliest("created")
    told = {name: words["furnishing"][name] for name in ("tags", "titles")}
    carer = Carer(words["care"] | words["desk"] | told | {"content": words["content"]}, by, row.created)
    care(main, small, carer)
    furnish_desk(main, small, carer, str(asked.pk))
    fill(main, carer)
    method(small, by, row.created)


def _known(group: Group, made: Simulated, lease: job.Lease) -> Group:
    """What a group's operator would have said of it on the first day."""
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.type, group.simulated = made.type, True
    group.save()
    add_known(group, made.marks, now=lease.now())
    refresh(group)
    reveal(group)
    return group
