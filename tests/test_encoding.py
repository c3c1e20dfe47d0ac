"""Text is taken for UTF-8 exactly where it is, however long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoqun.chat import encoding
from huoqun.chat.encoding import valid_utf8


def decodes(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize("reach", [5, 16, encoding._REACH])
@given(text=st.text(st.sampled_from("a你é😀\n\x00")), wrong=st.binary(max_size=5), place=st.integers(0, 400))
def test_bytes_are_utf8_where_python_can_decode_them(reach: int, text: str, wrong: bytes, place: int):
    sound = text.encode()
    broken = sound[:place] + wrong + sound[place:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_REACH", reach)
        assert valid_utf8(sound)
        assert valid_utf8(broken) == decodes(broken)
