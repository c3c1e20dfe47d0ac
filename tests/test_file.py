"""What the commands write is whole or not there, and never takes the place of something that is no file."""

import os
import threading

import pytest

from huoqun.base.file import whole_file, write_whole


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path = tmp_path / "a.json"
    write_whole(path, "one")
    with pytest.raises(ValueError, match="no"), whole_file(path) as draft:
        draft.write_text("half")
        raise ValueError("no")
    assert path.read_text() == "one" and os.listdir(tmp_path) == ["a.json"]


def test_a_pipe_stays_a_pipe_and_gets_the_text(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()))
    reader.start()
    write_whole(pipe, "told")
    reader.join(5)
    assert got == ["told"] and pipe.is_fifo() and os.listdir(tmp_path) == ["pipe"]


def test_a_link_stays_a_link(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("before")
    link.symlink_to(real)
    write_whole(link, "after")
    assert link.is_symlink() and real.read_text() == "after"


def test_a_full_disk_is_told_and_leaves_no_draft(tmp_path):
    link = tmp_path / "full"
    link.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        write_whole(link, "x" * 100_000)
    assert os.listdir(tmp_path) == ["full"] and link.is_symlink()


def test_a_long_name_can_be_written(tmp_path):
    path = tmp_path / ("群" * 80 + ".json")
    write_whole(path, "x")
    assert path.read_text() == "x"
