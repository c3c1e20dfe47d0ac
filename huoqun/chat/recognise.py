"""Recognising: which of the known formats a file is in, by what stands in it, and reading it.

A format is a module of `chat/formats/` with

    NAME: str                                                    the module's name
    def recognises(source: Source) -> bool                       looks at `source.head` or `source.parts` only
    def read(source: Source, *, zone: str | None) -> list[Chat]  one Chat per group in the file

and a docstring that shows the layout. Lines with undecodable bytes are reported here, not by the format. To
add one, copy a module that is near, and name it in `FORMATS`.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from huoqun.chat.formats import (
    chatlab,
    chatlog,
    discord,
    irc,
    matrix,
    plain,
    qq_exporter,
    qq_exporter_txt,
    qq_exporter_xlsx,
    qq_txt,
    slack,
    telegram,
    wechat_copy,
    wechat_csv,
    wechat_md,
    wechat_sql,
    wechat_txt,
    wecom,
    weflow,
    whatsapp,
)
from huoqun.chat.formats.sheet import is_sheet
from huoqun.chat.message import Chat, Skipped
from huoqun.chat.record_lines import with_lines
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source, open_source


class Format(Protocol):
    """What a format module offers."""

    @property
    def NAME(self) -> str:
        """The module's name."""

    def recognises(self, source: Source) -> bool:
        """Whether the source is in this format."""

    def read(self, source: Source, *, zone: str | None) -> list[Chat]:
        """The groups of the source. `zone` is the operator's word, or None: the file's, else Asia/Shanghai."""


FORMATS: Sequence[Format] = (
    wechat_csv,
    discord,
    telegram,
    chatlab,
    slack,
    matrix,
    wecom,
    qq_exporter,
    weflow,
    chatlog,
    qq_exporter_xlsx,
    qq_exporter_txt,
    qq_txt,
    whatsapp,
    wechat_md,
    wechat_sql,
    plain,
    wechat_txt,
    irc,
    wechat_copy,
)
"""Every format, the most specific first: the first that recognises a source reads it. A table with a header that names
its columns (`plain`) comes before texts that are known by the look of single lines: its cells may hold such lines."""


SHEETS: Sequence[Format] = (qq_exporter_xlsx, plain)
"""The formats that read spreadsheets. To all others the bytes of one are no text, and must never be offered as one."""


def recognise(source: Source) -> Format | None:
    """The first format that knows the source."""
    return next((form for form in (SHEETS if is_sheet(source) else FORMATS) if form.recognises(source)), None)


def read_file(path: Path, *, zone: str | None = None) -> list[Chat]:
    """The groups in a file, a packed file or a folder. Raises NotAChat with a clear one-line reason."""
    chats = read_source(open_source(path), zone=zone)
    if not any(chat.rows.height for chat in chats):
        skipped = sum(len(chat.skipped) for chat in chats)
        raise NotAChat(path.name, "no_message", skipped=skipped)
    return chats


def read_source(source: Source, *, zone: str | None = None) -> list[Chat]:
    """The groups of an opened source; of a bundle that no format knows as a whole, those of its parts.

    What cannot be read in a bundle spoils nothing else in it: the chats say `files_ignored`.
    """
    form = recognise(source)
    if form is not None:
        return _damaged(form.read(source, zone=zone), source)
    if not source.parts:
        raise NotAChat(source.name, "unknown")
    chats: list[Chat] = []
    refused = list(source.refused)
    strange = 0
    for part in source.parts:
        known = recognise(part)
        strange += known is None
        try:
            chats += _damaged(known.read(part, zone=zone), part) if known else []
        except NotAChat as error:
            refused.append(error)
    if not chats:
        raise refused[0] if refused else NotAChat(source.name, "none_known", count=strange)
    return [replace(chat, notes=(*chat.notes, "files_ignored")) for chat in chats] if strange or refused else chats


def _damaged(chats: list[Chat], source: Source) -> list[Chat]:
    """The chats of one file: damaged places by line, the first with undecodable ones as `not_utf8`; named or not."""
    names = {"", source.stem, source.name, source.name.split("/", 1)[0], Source(source.name.split("/", 1)[0], b"").stem}
    chats = [replace(chat, by_file=chat.group.strip() in names) for chat in with_lines(chats, source.data)]
    if not source.damaged or not chats:
        return chats
    told = [*chats[0].skipped, *(Skipped(line, "not_utf8") for line in source.damaged)]
    return [replace(chats[0], skipped=tuple(sorted(told, key=lambda place: place.line))), *chats[1:]]
