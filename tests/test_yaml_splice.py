"""Splicing: a change on the timeline changes its own place in the text of a playbook, and not a letter elsewhere."""

import copy

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from huoqun.playbooks import library, yaml_lines, yaml_splice
from huoqun.playbooks.yaml_parts import parts
from huoqun.playbooks.yaml_splice import Cannot

TEXTS = dict(library.texts())
TOLD = {name: yaml_lines.read(text)[0] for name, text in TEXTS.items()}
SMALLER = sorted(TEXTS, key=lambda name: len(TEXTS[name]))[:12]
DRAWN = (Phase.explicit, Phase.generate)
WORDS = st.text(st.characters(exclude_categories=("Cs", "Cn")), min_size=1, max_size=40) | st.sampled_from(
    [
        "null",
        "12",
        "true",
        "- x",
        "a: b",
        "# no",
        "x #y",
        "{x}, [y]",
        "'",
        '"',
        "|",
        "a\nb",
        "\n a",
        "a\n\n  b",
        "é汉😀",
    ]
)


def says(text):
    return yaml_lines.read(text)[0]


def the_same_around(old, new, begin, end):
    """All before a place and all behind it is as it was."""
    assert new[:begin] == old[:begin]
    assert new.endswith(old[end:])


@pytest.mark.parametrize("name", TEXTS)
def test_every_part_stands_where_it_is_said_to_stand(name):
    text, told = TEXTS[name], TOLD[name]
    for place, part in parts(text).items():
        value = told
        for step in place:
            value = value[step]
        if part.shape == "scalar" and part.style == "":
            assert text[part.begin : part.end] == (str(value).lower() if isinstance(value, bool) else str(value))
        elif part.style == "|":
            body = text[part.begin : part.end].splitlines()[1:]
            assert [line.strip() for line in body] == [line.strip() for line in value.rstrip("\n").split("\n")]
        elif part.style in {'"', "'"}:
            assert text[part.begin] == text[part.end - 1] == part.style


@settings(deadline=None, phases=DRAWN, max_examples=24)
@given(st.data())
def test_any_words_anywhere_are_said_as_meant_and_nothing_else_moves(data):
    name = data.draw(st.sampled_from(SMALLER))
    text = TEXTS[name] if data.draw(st.booleans()) else TEXTS[name].replace("\n", "\r\n")
    known = parts(text)
    scalars = [p for p, part in known.items() if part.shape == "scalar" and p]
    place = data.draw(st.sampled_from(scalars))
    words = data.draw(WORDS)
    new = yaml_splice.put(text, place, words)
    meant = copy.deepcopy(TOLD[name])
    inner = meant
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = words
    assert says(new) == meant
    the_same_around(text, new, known[place].begin, known[place].end)


@settings(deadline=None, phases=DRAWN, max_examples=10)
@given(st.data())
def test_any_step_moves_anywhere_with_its_own_lines_and_no_others(data):
    name = data.draw(st.sampled_from(SMALLER))
    text, told = TEXTS[name], TOLD[name]
    many = len(told["steps"])
    number, to = data.draw(st.integers(0, many - 1)), data.draw(st.integers(0, many - 1))
    new = yaml_splice.move_item(text, ("steps",), number, to)
    order = [step["id"] for step in told["steps"]]
    order.insert(to, order.pop(number))
    assert [step["id"] for step in says(new)["steps"]] == order
    assert sorted(new.splitlines()) == sorted(text.splitlines())
    without = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert [line for line in new.splitlines() if line.lstrip().startswith("#")] == without or number != to
    back = yaml_splice.move_item(new, ("steps",), to, number)
    assert says(back) == told


@settings(deadline=None, phases=DRAWN, max_examples=7)
@given(st.data())
def test_a_step_that_is_taken_out_leaves_all_others(data):
    name = data.draw(st.sampled_from(SMALLER))
    text, told = TEXTS[name], TOLD[name]
    number = data.draw(st.integers(0, len(told["steps"]) - 1))
    new = yaml_splice.drop_item(text, ("steps",), number)
    assert says(new)["steps"] == told["steps"][:number] + told["steps"][number + 1 :]
    begin = parts(text)["steps", number].begin
    lines = text.count("\n", 0, begin)
    gone = text.count("\n") - new.count("\n")
    old = text.split("\n")
    assert new.split("\n") == old[:lines] + old[lines + gone :]


@settings(deadline=None, phases=DRAWN, max_examples=7)
@given(st.data())
def test_a_new_step_stands_where_it_was_put(data):
    name = data.draw(st.sampled_from(SMALLER))
    text, told = TEXTS[name], TOLD[name]
    number = data.draw(st.integers(0, len(told["steps"])))
    step = {"id": "made", "title": {"zh": data.draw(WORDS), "en": "Made"}, "at": "day 1 09:00", "do": "measure"}
    new = yaml_splice.add_item(text, ("steps",), number, step)
    assert says(new)["steps"][number] == step
    assert yaml_splice.drop_item(new, ("steps",), number).rstrip() == text.rstrip()


ODD = """\ufeff# head\r
id: x   # the id\r
title: {zh: 一, en: 'One'}   # both\r
\r
steps:\r
- id: a\r
  at: day 1 09:00 # first\r
  # of a\r
  text:\r
    zh: |-\r
      一\r
        二\r
\r
    en: two\r
# before b\r
-   id: b\r
    at:\r
    text: {zh: 三, en: "three"}"""


def test_comments_breaks_and_the_last_line_without_an_end_are_kept():
    assert yaml_splice.put(ODD, ("title", "en"), "It's") == ODD.replace("'One'", "'It''s'")
    assert yaml_splice.put(ODD, ("steps", 0, "at"), "day 2 10:00") == ODD.replace("day 1 09:00", "day 2 10:00")
    assert yaml_splice.put(ODD, ("steps", 1, "at"), "day 3 10:00") == ODD.replace("at:\r", "at: day 3 10:00\r")
    assert yaml_splice.put(ODD, ("steps", 1, "text", "zh"), "a, b") == ODD.replace("三", '"a, b"')
    swapped = yaml_splice.move_item(ODD, ("steps",), 1, 0)
    assert swapped.index("id: b") < swapped.index("id: a") < swapped.index("# before b")
    assert "\r\n".join(swapped.splitlines()) + "\r\n" == swapped
    gone = yaml_splice.drop_item(ODD, ("steps",), 0)
    assert gone == ODD[: ODD.index("- id: a")] + ODD[ODD.index("# before b") :]


def test_a_field_comes_and_goes():
    gated = yaml_splice.put(ODD, ("steps", 0, "gate"), "pulse >= 80%", after="at")
    assert gated == ODD.replace("# first\r\n", "# first\r\n  gate: pulse >= 80%\r\n")
    assert yaml_splice.drop(gated, ("steps", 0, "gate")) == ODD
    last = yaml_splice.put(ODD, ("steps", 1, "role"), "host")
    assert last == ODD + "\r\n    role: host\r\n"
    both = yaml_splice.put(ODD, ("steps", 1, "ready"), {"zh": "一\n二", "en": "two"}, after="at")
    assert says(both)["steps"][1]["ready"] == {"zh": "一\n二", "en": "two"}
    inline = yaml_splice.put(ODD, ("title", "fr"), "Un, deux", after="zh")
    assert inline == ODD.replace("{zh: 一, en", '{zh: 一, fr: "Un, deux", en')
    assert yaml_splice.drop(inline, ("title", "fr")) == ODD
    assert says(yaml_splice.drop(ODD, ("steps", 1, "id")))["steps"][1].keys() == {"at", "text"}


@pytest.mark.parametrize(
    "text, change",
    [
        ("steps: [{id: a}, {id: b}]", lambda t: yaml_splice.move_item(t, ("steps",), 0, 1)),
        ("steps:\n- id: a\n", lambda t: yaml_splice.drop_item(t, ("steps",), 0)),
        ("steps:\n- id: a\n", lambda t: yaml_splice.put(t, ("steps", 4, "id"), "x")),
        ("steps:\n- id: a\n", lambda t: yaml_splice.put(t, ("steps", 0), "x")),
        ("steps:\n- id: a\n", lambda t: yaml_splice.drop(t, ("steps", 0, "no"))),
        ("a: &x b\nc: d\n", lambda t: yaml_splice.move_item(t, ("a",), 0, 1)),
    ],
)
def test_what_cannot_be_done_there_is_refused_and_never_half_done(text, change):
    with pytest.raises(Cannot):
        change(text)


def test_a_part_that_stands_for_several_is_not_changed():
    with pytest.raises(yaml_lines.Unread):
        yaml_splice.put("a: &x b\nc: *x\n", ("c",), "d")
