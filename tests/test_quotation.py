"""A text that quotes an earlier message answers it; a quotation of nothing, or of what comes later, answers nothing."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_key import chat

from huoqun.chat.key import with_keys
from huoqun.chat.quotation import linked

DASHES = "- - - - - - - - - - - - - - -"


def answers(*said: tuple[str, str], network="wechat", kinds=()) -> list[int | None]:
    """For each message the number of the one it answers."""
    rows = [(n, who, text, None, dict(kinds).get(n, "text")) for n, (who, text) in enumerate(said)]
    rows = linked(with_keys(chat(*rows, network=network))).rows
    keys = rows["key"].to_list()
    return [None if key is None else keys.index(key) for key in rows["reply_to"]]


@pytest.mark.parametrize(
    "text",
    [
        f"「老王：周末去爬山吗」\n{DASHES}\n去！",
        f"「老王: 周末去爬山吗」\n——————\n「去」\n{DASHES}\n真的",
        "> 老王: 周末去爬山吗\n\n去！",
        "去！\n[引用 老王：周末去爬山吗]",
        f"「老王：周末去爬…」\n{DASHES}\n去！",
    ],
)
def test_the_forms_of_a_quotation(text):
    assert answers(("老王", "周末去爬山吗"), ("小李", "早"), ("小赵", text)) == [None, None, 0]


def test_the_nearest_earlier_one_of_that_person():
    quote = f"「a：好的」\n{DASHES}\n嗯"
    said = [("a", "好的"), ("b", "好的"), ("a", "好的"), ("c", quote), ("a", "好的")]
    assert answers(*said) == [None, None, None, 2, None]


def test_what_quotes_a_quotation_means_what_was_said_to_it():
    first = f"「a：去吗」\n{DASHES}\n去，几点"
    second = f"「b：去，几点」\n{DASHES}\n八点"
    assert answers(("a", "去吗"), ("b", first), ("c", second)) == [None, 0, 1]


def test_a_picture_is_quoted_by_its_placeholder():
    said = [("a", ""), ("a", "看"), ("b", f"「a：[图片]」\n{DASHES}\n好看")]
    assert answers(*said, kinds=[(0, "image")]) == [None, None, 0]


@pytest.mark.parametrize(
    "text",
    [
        f"「老王：以后再说」\n{DASHES}\n好",
        f"「别人：周末去爬山吗」\n{DASHES}\n好",
        f"「老王：周末去…」\n{DASHES}",
        f"「老王：周末去爬」\n{DASHES}\n好",
        f"「」\n{DASHES}\n好",
        "> 老王: 周末去爬山吗",
        "「老王：周末去爬山吗」",
        "[引用 ：]",
    ],
)
def test_what_fits_nothing_answers_nothing(text):
    assert answers(("老王", "周末去爬山吗"), ("小赵", text), ("老王", "以后再说"))[1:] == [None, None]


def test_other_networks_have_links_of_their_own():
    assert answers(("a", "hi"), ("b", "> a: hi\nyes"), network="telegram") == [None, None]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "「", ">", "："]),
            st.text(alphabet="「」>：: \n-—[]引用…a\u0000\u202e", max_size=40),
        ),
        min_size=1,
        max_size=12,
    )
)
@settings(deadline=None, max_examples=200)
def test_hostile_quotations_never_point_forward(said):
    assert all(to is None or to < number for number, to in enumerate(answers(*said)))


def test_many_equal_messages_and_quotations_take_no_time():
    quote = f"「a：好的」\n{DASHES}\n" + "「a：" * 200
    began = time.process_time()
    found = answers(*[("a", "好的")] * 15_000, *[("b", quote)] * 5_000)
    assert found[-1] == 14_999
    assert time.process_time() - began < 20
