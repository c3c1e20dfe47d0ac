"""Playbooks in the console: the library, a playbook as days, a copy that is written side by side with its timeline."""

import re
from datetime import timedelta

import pytest
from at_work import browser, group, hire
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from huoqun.base import clock
from huoqun.people.workspace import add, local
from huoqun.playbooks import book_change, book_draft, bookcase, library, playbook, starting, yaml_lines
from huoqun.playbooks.book_draft import Draft
from huoqun.playbooks.run import Run, edition_of
from huoqun.web import findings_en, findings_zh

pytestmark = pytest.mark.django_db(transaction=True)
HTMX = {"HX-Request": "true"}
MEETUP = dict(library.texts())["meetup"]


@pytest.fixture
def boss():
    return hire(local(now=clock.now()), "planner")


@pytest.fixture
def desk(boss):
    return browser(boss)


def w(boss, rest):
    return f"/w/{boss.workspace.slug}/{rest}"


def copied(boss, desk, name="team-up"):
    answer = desk.post(w(boss, f"playbook/{name}/copy"))
    assert answer.status_code == 302
    return Draft.objects.get(source=name)


def save(desk, row, text, revision):
    return desk.post(f"/playbooks/{row.pk}/text", {"text": text, "revision": revision}, headers=HTMX)


def change(desk, row, **values):
    return desk.post(f"/playbooks/{row.pk}/change", {"revision": row.revision, **values}, headers=HTMX)


def shown(answer):
    return answer.content.decode()


def other_lines(old, new):
    """How many lines of each are not in the other."""
    before, after = old.splitlines(), new.splitlines()
    return len([x for x in before if x not in after]), len([x for x in after if x not in before])


# -- the library


def test_the_library_is_listed_found_and_filtered(boss, desk):
    page = shown(desk.get(w(boss, "playbooks")))
    for book in library.playbooks().values():
        assert book.title.zh in page
    only = shown(desk.get(w(boss, "playbooks?q=百日打卡")))
    assert set(re.findall(r"/playbook/([a-z0-9-]+)\"", only)) == {"challenge-100", "homework-course"}
    farewell = shown(desk.get(w(boss, "playbooks?type=camp&stage=declining")))
    found = set(re.findall(r"/playbook/([a-z0-9-]+)\"", farewell))
    told = library.playbooks().values()
    assert found == {b.id for b in told if "camp" in b.fits and "declining" in b.stages} != set()
    assert "没有这样的打法" in shown(desk.get(w(boss, "playbooks?q=%00%F0%9F&type=nonsense")))


def test_what_runs_now_is_counted_and_those_of_others_are_not(boss, desk):
    for name in ("甲群", "乙群"):
        begun(group(boss.workspace, name), MEETUP)
    there = {one.id: one for one in bookcase.shelved(boss)}
    assert (there["meetup"].running, there["meetup"].runs) == (2, 2)
    assert there["crisis"].runs == 0
    limited = hire(boss.workspace, "host", [Run.objects.first().group])
    assert {one.id: one.running for one in bookcase.shelved(limited)}["meetup"] == 1
    assert {one.id: one.running for one in bookcase.shelved(hire(add(name="x", zone="UTC", now=clock.now())))}[
        "meetup"
    ] == 0


def begun(where, text, by=None):
    edition = edition_of(where.workspace, text, by=by, now=clock.now())
    values = {v: "1" for v, asked in edition.playbook.variables.items() if asked.default is None}
    begins = clock.now().date() + timedelta(days=2)
    return starting.start(where, edition, begins=begins, values=values, people={}, by=by, now=clock.now())


def test_every_method_of_a_diagnosis_is_a_playbook_of_the_library():
    for methods in (findings_zh.METHODS, findings_en.METHODS):
        assert set(methods) <= set(library.playbooks())


@pytest.mark.parametrize("name", ["challenge-100", "newcomer-welcome"])
def test_a_playbook_shows_every_step_in_both_languages(boss, desk, name):
    book = library.playbooks()[name]
    page = shown(desk.get(w(boss, f"playbook/{name}")))
    english = shown(
        browser(boss, headers={"host": "127.0.0.1", "accept-language": "en"}).get(w(boss, f"playbook/{name}"))
    )
    for step in book.steps:
        assert f"<h4>{step.title.zh}</h4>" in page
        assert step.title.en.replace("'", "&#x27;") in english
    for title in book.paths.values():
        assert title.zh in page
    assert "{" not in page[page.index("tl-days") : page.rindex("</ol>")]


def test_the_file_is_the_file(boss, desk):
    answer = desk.get(w(boss, "playbook/meetup.yaml"))
    assert answer.content.decode() == MEETUP
    assert 'filename="meetup.yaml"' in answer["content-disposition"]
    assert desk.get(w(boss, "playbook/no-such-book")).status_code == 404


# -- writing


def test_a_copy_is_ours_and_named_so(boss, desk):
    first, _second = copied(boss, desk), desk.post(w(boss, "playbook/team-up/copy"))
    names = set(Draft.objects.values_list("book", flat=True))
    assert names == {"team-up-2", "team-up-3"}
    told = playbook.read(first.text)
    assert (told.id, told.version) == (first.book, 1)
    assert told.steps == library.playbooks()["team-up"].steps
    assert other_lines(dict(library.texts())["team-up"], first.text) == (2, 2)
    assert f"/playbooks/{first.pk}/" in shown(desk.get(w(boss, "playbooks")))


def test_what_is_typed_is_saved_and_the_timeline_says_it(boss, desk):
    row = copied(boss, desk)
    title = playbook.read(row.text).steps[0].title.zh
    text = row.text.replace(title, "先这样开头", 1)
    answer = shown(save(desk, row, text, 1))
    assert "<h4>先这样开头</h4>" in answer
    row.refresh_from_db()
    assert (row.text, row.revision) == (text, 2)
    save(desk, row, text.replace("\n", "\r\n"), 2)
    row.refresh_from_db()
    assert row.revision == 2, "the same text is no change, however a browser ends its lines"


def test_a_mistake_is_said_by_line_and_field_and_what_was_typed_is_kept(boss, desk):
    row = copied(boss, desk)
    at = next(line for line in row.text.splitlines() if line.strip().startswith("at: day"))
    line = row.text.splitlines().index(at) + 1
    bad = row.text.replace(at, at[: at.index("at:")] + "at: someday", 1)
    answer = shown(save(desk, row, bad, 1))
    assert f'data-line="{line}"' in answer
    assert "<code>steps.0.at</code> 请写“day 3 20:00”" in answer
    assert "<h4>" in answer, "the other steps are still shown"
    row.refresh_from_db()
    assert row.text == bad
    kept = desk.post(f"/playbooks/{row.pk}/keep", {"revision": row.revision}, follow=True)
    assert "没有存为版本：还有 1 处错误" in shown(kept)
    broken = shown(save(desk, row, "id: [", row.revision))
    assert "文本还读不成打法" in broken


def test_a_step_moves_on_the_timeline_and_one_line_of_the_text_with_it(boss, desk):
    row = copied(boss, desk)
    old = row.text
    number = next(n for n, s in enumerate(playbook.read(old).steps) if s.at.startswith("day 1 "))
    answer = shown(change(desk, row, do="move", n=number, day=2, clock="07:05"))
    row.refresh_from_db()
    assert playbook.read(row.text).steps[number].at == "day 2 07:05"
    assert other_lines(old, row.text) == (1, 1)
    assert "at: day 2 07:05" in answer, "the text is sent along"
    desk.post(f"/playbooks/{row.pk}/undo", {"revision": row.revision}, headers=HTMX)
    row.refresh_from_db()
    assert row.text == old


def test_words_gates_and_order_are_changed_on_the_timeline(boss, desk):
    row = copied(boss, desk)
    steps = playbook.read(row.text).steps
    number = next(n for n, s in enumerate(steps) if s.do == "say")
    values = {"text.zh": "第一行\n第二行：来吧", "text.en": 'Come, "all"', "gate": "pulse >= 80%", "title.zh": "新题"}
    change(desk, row, do="reword", n=number, **values)
    row.refresh_from_db()
    step = playbook.read(row.text).steps[number]
    assert (step.text.zh, step.text.en) == ("第一行\n第二行：来吧", 'Come, "all"')
    assert (step.gate, step.title.zh) == ("pulse >= 80%", "新题")
    change(desk, row, do="reword", n=number, gate="")
    row.refresh_from_db()
    assert playbook.read(row.text).steps[number].gate is None
    change(desk, row, do="down", n=0)
    change(desk, Draft.objects.get(pk=row.pk), do="add", n=500, kind="say", at="day 1 12:00", title="加一句")
    row.refresh_from_db()
    now = playbook.read(row.text)
    assert [s.id for s in now.steps[:2]] == [steps[1].id, steps[0].id]
    assert now.steps[-1].title.zh == "加一句"
    answer = shown(change(desk, row, do="dance", n=0))
    assert "没有这种修改" in answer


@pytest.mark.parametrize("kind", ["say", "task", "invite", "number", "digest", "measure", "survey"])
def test_a_step_that_is_added_is_whole(kind):
    before = playbook.read(MEETUP)
    added = book_change.add(MEETUP, 3, kind, "day 1 12:00", "")
    told = playbook.read(added)
    assert len(told.steps) == len(before.steps) + 1
    assert told.steps[3].at == "day 1 12:00"


def test_who_saves_second_overwrites_nobody_and_loses_nothing(boss, desk):
    row = copied(boss, desk)
    mine, theirs = row.text + "# mine\n", row.text + "# theirs\n"
    assert save(browser(hire(boss.workspace, "owner")), row, theirs, 1).status_code == 200
    answer = save(desk, row, mine, 1)
    assert answer["HX-Reswap"] == "none"
    assert "什么都没有被覆盖" in shown(answer)
    save(desk, row, mine + "# more\n", 1)
    row.refresh_from_db()
    assert row.text == theirs
    aside = row.revisions.get(current=False)
    assert aside.text == mine + "# more\n"
    assert "另存：别人先改了" in shown(desk.get(f"/playbooks/{row.pk}/history"))
    desk.post(f"/playbooks/{row.pk}/restore", {"number": aside.number})
    row.refresh_from_db()
    assert row.text == aside.text
    desk.post(f"/playbooks/{row.pk}/undo", {"revision": row.revision}, headers=HTMX)
    row.refresh_from_db()
    assert row.text == theirs


def test_undo_goes_back_step_by_step_and_can_itself_be_left_behind(boss, desk):
    row = copied(boss, desk)
    texts = [row.text, *(row.text + f"# {n}\n" for n in range(3))]
    now = {"by": boss.account, "now": clock.now()}
    for text in texts[1:]:
        book_draft.write(row, text, row.revision, **now)
    for text in (texts[2], texts[1], texts[0]):
        book_draft.undo(row, row.revision, **now)
        assert row.text == text
    with pytest.raises(book_draft.Nothing):
        book_draft.undo(row, row.revision, **now)
    book_draft.write(row, "x", row.revision, **now)
    book_draft.undo(row, row.revision, **now)
    assert row.text == texts[0]


def test_redo_brings_back_what_undo_took_until_something_else_is_changed(boss, desk):
    row = copied(boss, desk)
    texts = [row.text, *(row.text + f"# {n}\n" for n in range(3))]
    now = {"by": boss.account, "now": clock.now()}
    for text in texts[1:]:
        book_draft.write(row, text, row.revision, **now)
    with pytest.raises(book_draft.Nothing):
        book_draft.redo(row, row.revision, **now)
    for _ in range(3):
        book_draft.undo(row, row.revision, **now)
    for text in texts[1:]:
        desk.post(f"/playbooks/{row.pk}/redo", {"revision": row.revision, "text": row.text}, headers=HTMX)
        row.refresh_from_db()
        assert row.text == text
    assert "没有撤销过" in shown(desk.post(f"/playbooks/{row.pk}/redo", {"revision": row.revision}, headers=HTMX))
    for text in (texts[2], texts[1]):
        book_draft.undo(row, row.revision, **now)
        assert row.text == text
    book_draft.redo(row, row.revision, **now)
    assert row.text == texts[2]
    book_draft.undo(row, row.revision, **now)
    book_draft.write(row, "x", row.revision, **now)
    with pytest.raises(book_draft.Nothing):
        book_draft.redo(row, row.revision, **now)
    assert "已重做" in shown(desk.get(f"/playbooks/{row.pk}/history"))


def test_without_script_the_text_is_saved_and_checked_by_a_button(boss, desk):
    row = copied(boss, desk)
    page = shown(desk.get(f"/playbooks/{row.pk}/"))
    assert "保存并检查" in page
    assert re.search(r'id="revision"[^>]* form="bench-form"', page)
    told = {"revision": row.revision, "text": row.text + "nonsense: 1\n"}
    assert desk.post(f"/playbooks/{row.pk}/text", told).status_code == 302
    row.refresh_from_db()
    assert row.text.endswith("nonsense: 1\n")
    assert "nonsense" in shown(desk.get(f"/playbooks/{row.pk}/"))


def test_a_text_in_which_one_part_stands_for_several_is_not_changed_beside_it(boss, desk):
    row = copied(boss, desk)
    anchored = row.text.replace("title:", "title: &t", 1) + "again: *t\n"
    book_draft.write(row, anchored, row.revision, by=boss.account, now=clock.now())
    told = {"do": "move", "n": 0, "day": 2, "to": "", "revision": row.revision}
    page = shown(desk.post(f"/playbooks/{row.pk}/change", told, headers=HTMX))
    assert "一处内容代表好几处" in page
    row.refresh_from_db()
    assert row.text == anchored


# -- versions


def test_a_version_is_kept_numbered_compared_and_changes_no_run(boss, desk):
    row = copied(boss, desk)
    desk.post(f"/playbooks/{row.pk}/keep", {"revision": row.revision, "text": row.text})
    first = bookcase.text_of(boss.workspace, row.book)
    assert playbook.read(first).version == 1
    where = group(boss.workspace, "老群")
    run = begun(where, first)
    number = next(n for n, s in enumerate(playbook.read(first).steps) if s.at.startswith("day 1 "))
    moved = playbook.read(first).steps[number]
    change(desk, row, do="move", n=number, day=3, clock="06:00")
    row.refresh_from_db()
    desk.post(f"/playbooks/{row.pk}/keep", {"revision": row.revision})
    assert playbook.read(bookcase.text_of(boss.workspace, row.book)).version == 2
    assert [r.pk for r in bookcase.behind(boss, row.book)] == [run.pk]
    page = shown(desk.get(w(boss, f"playbook/{row.book}/versions")))
    assert "老群" in page
    was = moved.at.split()
    assert f"<b>{moved.title.zh}</b> · 改了时间: <del>第 1 天 {was[2]}</del> → <ins>第 3 天 06:00</ins>" in page
    assert "at: day 3 06:00" in page
    run.refresh_from_db()
    assert run.edition.version == 1
    again = desk.post(f"/playbooks/{row.pk}/keep", {"revision": Draft.objects.get().revision}, follow=True)
    assert "和上一个版本没有差别" in shown(again)
    older = shown(desk.get(w(boss, f"playbook/{row.book}?version=1")))
    assert "这是旧版本" in older


# -- files and strangers


def upload(boss, desk, data, name="mine.yaml"):
    return desk.post(w(boss, "playbooks/upload"), {"file": SimpleUploadedFile(name, data)}, follow=True)


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    "data",
    [
        BOMB.encode(),
        b"steps:\n\t- id: x\n",
        ("\ufeff" + MEETUP.replace("\n", "\r\n")).encode(),
        b"!!python/object/apply:os.system ['true']\n",
        b"steps: " + b"[" * 600,
        b"title: <script>alert(1)</script>\nid: x\nsteps: 5\n",
        b"",
    ],
)
def test_a_strange_file_is_kept_as_a_draft_with_its_mistakes_or_read(boss, desk, data):
    answer = upload(boss, desk, data)
    assert answer.status_code == 200
    row = Draft.objects.get()
    assert "<script>alert" not in shown(answer)
    seen = row.seen()
    assert seen.mistakes or seen.book
    assert desk.get(w(boss, "playbooks")).status_code == 200
    for deed in ({"do": "move", "n": 0, "day": 2}, {"do": "remove", "n": 0}, {"do": "add", "n": 0, "kind": "say"}):
        row.refresh_from_db()
        assert change(desk, row, **deed).status_code == 200


@pytest.mark.parametrize("data", [b"x" * 5_000_000, "中".encode("gbk") * 9, ("# " + "长" * 250_000).encode()])
def test_what_is_no_playbook_at_all_is_refused_in_words(boss, desk, data):
    assert "没有导入" in shown(upload(boss, desk, data))
    assert not Draft.objects.exists()


def test_a_file_taken_out_and_brought_back_is_the_newest_text(boss, desk):
    row = copied(boss, desk)
    data = desk.get(f"/playbooks/{row.pk}/draft.yaml").content
    upload(boss, desk, data + b"# by hand\n", "any.yaml")
    row.refresh_from_db()
    assert row.text.endswith("# by hand\n")
    assert Draft.objects.count() == 1


def test_too_long_a_text_is_refused_and_the_saved_one_stands(boss, desk):
    row = copied(boss, desk)
    answer = shown(save(desk, row, "x" * (book_draft.LONGEST + 1), 1))
    assert "这次没有保存" in answer
    row.refresh_from_db()
    assert row.revision == 1


def test_a_removed_playbook_comes_back(boss, desk):
    row = copied(boss, desk)
    desk.post(f"/playbooks/{row.pk}/remove")
    assert bookcase.text_of(boss.workspace, row.book) is None
    assert "已从列表中移除" in shown(desk.get(w(boss, "playbooks")))
    desk.post(f"/playbooks/{row.pk}/back")
    assert Draft.objects.get().removed is None


def test_who_only_looks_changes_nothing_and_others_see_nothing(boss, desk):
    row = copied(boss, desk)
    looks = browser(hire(boss.workspace, "editor"))
    page = shown(looks.get(w(boss, f"playbook/{row.book}")))
    assert reverse("playbook_edit", args=[row.pk]) not in page
    assert looks.get(f"/playbooks/{row.pk}/").status_code == 403
    assert save(looks, row, "x", 1).status_code == 403
    stranger = browser(hire(add(name="别家", zone="UTC", now=clock.now()), "owner"))
    assert stranger.get(f"/playbooks/{row.pk}/").status_code == 404
    assert save(stranger, row, "x", 1).status_code == 404
    row.refresh_from_db()
    assert row.revision == 1


def test_a_text_of_a_few_words_is_said_where_it_is_broken():
    assert book_draft.see("a: b\n\tc: d", "x").mistakes[0].line == 2
    assert book_draft.see(f"a: {chr(1)}", "x").mistakes[0].line == 1
    with pytest.raises(yaml_lines.Unread):
        yaml_lines.read("x" * (yaml_lines.LONGEST + 1))
