"""The spreadsheet: a table of anybody's making (`.xlsx`, or text in any encoding and with any usual separator) as lines
of plain cells, and what its columns seem to mean."""

import csv
from pathlib import Path
from typing import NamedTuple

from huoqun.chat.formats import sheet
from huoqun.chat.refusal import NotAChat
from huoqun.chat.source import Source, open_source
from huoqun.people.display import visible
from huoqun.people.profile import FIELDS

MOST_LINES = 20_000
MOST_COLUMNS = 40
LONGEST_CELL = 2000
SEPARATORS = (",", "\t", ";", "|")
ACCOUNT, NAME, TAG, TITLE = "account", "name", "tag", "title"
MEANINGS = ("", ACCOUNT, NAME, *FIELDS, TAG, TITLE)
"""What a column can hold; the first: nothing that is taken."""
_HEADINGS: dict[str, tuple[str, ...]] = {
    ACCOUNT: ("account", "账号", "帐号", "微信号", "qq号", "用户id", "userid", "user id", "wxid", "id", "qq"),
    NAME: ("name", "nickname", "昵称", "群昵称", "微信昵称", "名字", "姓名", "用户", "member"),
    "called": ("called", "称呼", "叫什么"),
    "city": ("city", "城市", "所在城市", "地区", "所在地"),
    "industry": ("industry", "行业"),
    "work": ("work", "job", "职业", "工作", "岗位", "职位"),
    "company": ("company", "公司", "单位", "机构"),
    "interests": ("interests", "interest", "hobby", "hobbies", "兴趣", "爱好", "兴趣爱好"),
    "goal": ("goal", "目标", "入群目的"),
    "birthday": ("birthday", "生日", "出生日期"),
    "contact": ("contact", "phone", "email", "mobile", "联系方式", "电话", "手机", "手机号", "邮箱"),
    "offers": ("offers", "offer", "能提供", "资源", "可提供的资源"),
    "needs": ("needs", "need", "需求", "需要", "需要的资源"),
    TAG: ("tag", "tags", "标签"),
    TITLE: ("title", "头衔"),
}


class Unreadable(ValueError):
    """The file is no table; the message is the id of why: `empty`, `lines`, or a reason of `chat/refusal`."""


class Line(NamedTuple):
    """A line with its number in the file, counted from 1, and its cells."""

    number: int
    cells: tuple[str, ...]


def read(path: Path, *, breaks: bool = False) -> list[Line]:
    """The lines that are not empty, headings first; `breaks`: line breaks within cells stay. Raises Unreadable."""
    try:
        source = open_source(path)
        if source.parts:
            raise Unreadable("several")
        lines = _of_book(source, breaks) if sheet.is_sheet(source) else _of_text(source, breaks)
    except NotAChat as refused:
        raise Unreadable(refused.reason) from None
    except csv.Error:
        raise Unreadable("damaged") from None
    if len(lines) < 2:
        raise Unreadable("empty")
    if len(lines) > MOST_LINES + 1:
        raise Unreadable("lines")
    width = max(n for line in lines for n, cell in enumerate(line.cells, 1) if cell)
    return [Line(line.number, (*line.cells, *[""] * width)[:width]) for line in lines]


def guess(headings: tuple[str, ...]) -> list[str]:
    """What each column seems to hold, by its heading; nothing is guessed twice, but for tags."""
    told: list[str] = []
    for heading in headings:
        plain = "".join(heading.lower().split()).strip("*：:()（）")
        meant = next((m for m, known in _HEADINGS.items() if plain in {k.replace(" ", "") for k in known}), "")
        told.append("" if meant in told and meant != TAG else meant)
    return told


def _of_book(source: Source, breaks: bool) -> list[Line]:
    with sheet.workbook(source) as book:
        first = next(iter(sheet.names(book)), None)
        if first is None:
            raise Unreadable("empty")
        found = []
        for number, row in enumerate(sheet.rows(book, first), 1):
            found += _line(number, [sheet.words(value) or "" for value in row], breaks)
            if len(found) > MOST_LINES + 1:
                break
    return found


def _of_text(source: Source, breaks: bool) -> list[Line]:
    text = bytes(source.data).decode("utf-8", "replace")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    found = []
    reader = csv.reader(text.splitlines(keepends=True), delimiter=separator)
    before = 0
    for row in reader:
        found += _line(before + 1, row, breaks)
        before = reader.line_num
        if len(found) > MOST_LINES + 1:
            break
    return found


def _line(number: int, row: list[str], breaks: bool) -> list[Line]:
    """The line with plain cells; none where all are empty. The apostrophe that our exports put before what looks like a
    formula is taken off again."""
    cells = ["\n".join(_plain(part) for part in _broken(cell, breaks)).strip() for cell in row[:MOST_COLUMNS]]
    cells = [cell[1:] if cell[:1] == "'" and cell[1:2] in set("=+-@") else cell for cell in cells]
    return [Line(number, tuple(cell[:LONGEST_CELL] for cell in cells))] if any(cells) else []


def _broken(cell: str, breaks: bool) -> list[str]:
    return cell.replace("\r\n", "\n").split("\n") if breaks else [cell.replace("\n", " ")]


def _plain(text: str) -> str:
    return " ".join(visible(text.replace("\t", " ")).split())
