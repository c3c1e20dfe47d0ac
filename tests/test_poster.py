"""The poster and the pictures members send: drawn with our own fonts, made safe and small."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from huoqun.base import image, poster
from huoqun.base.poster import Poster, draw


def photo(size=(3000, 2000), form="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", size, "#c3452f").save(out, form, **more)
    return out.getvalue()


def test_a_poster_is_a_picture_with_chinese_and_a_code_that_can_be_read():
    link = "https://example.org/d/x"
    raw = draw(Poster("烘焙群", "阿丽的面包", ["周五八点"], big="42", photo=photo(), link=link, foot="扫码"))
    with Image.open(io.BytesIO(raw)) as found:
        assert (found.format, found.size) == ("PNG", (poster.WIDTH, poster.HEIGHT))
        bare = draw(Poster("", "", foot=""))
        assert raw != bare


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=300), st.text(max_size=600), st.lists(st.text(max_size=200), max_size=6))
def test_whatever_is_written_fits(kicker, title, lines):
    assert draw(Poster(kicker, title, lines, link="https://example.org", foot=title))


@given(st.text(max_size=300))
def test_lines_are_no_wider_than_asked_and_lose_nothing_visible(text):
    font = poster._font(40)
    lines = poster.wrapped(text, font, 500)
    assert all(font.getlength(line) <= 500 or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(poster.drawable(text).split())


def test_a_picture_is_made_small_and_forgets_where_it_was_taken():
    told = Image.Exif()
    told[0x010F] = "a phone"
    body, width, height = image.small(photo(exif=told))
    assert max(width, height) == image.LONGEST_SIDE
    with Image.open(io.BytesIO(body)) as found:
        assert (found.format, dict(found.getexif())) == ("JPEG", {})


BROKEN = [b"", b"<svg onload=alert(1)>", b"\xff\xd8\xff broken", photo()[:2000], b"x" * 13_000_000]


@pytest.mark.parametrize("raw", BROKEN)
def test_what_is_no_picture_is_refused(raw):
    with pytest.raises(image.NoImage):
        image.small(raw)
