"""Many pieces at once: a table of anybody's making becomes pieces of the library, with every line that cannot be taken
named and why; and the library as a table that comes back the same.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from huoqun.content import material
from huoqun.content.material import BadMaterial, Material, Piece, checked, tags_in
from huoqun.people import audit
from huoqun.people.account import Account
from huoqun.people.spreadsheet import Line
from huoqun.people.voice import EMOTIONAL, INTERACTIVE, KINDS, SELLING, USEFUL
from huoqun.people.workspace import Workspace

COLUMNS = ("title", "text", "link", "kind", "form", "tags", "language", "source", "credit")
MOST = 5000
_HEADINGS = {
    "title": ("title", "name", "标题", "名称", "题目"),
    "text": ("text", "content", "words", "body", "内容", "正文", "文案", "文字"),
    "link": ("link", "url", "address", "链接", "网址", "地址"),
    "kind": ("kind", "type", "category", "类别", "类型", "分类", "种类"),
    "form": ("form", "format", "形式", "格式"),
    "tags": ("tags", "tag", "labels", "标签", "关键词"),
    "language": ("language", "lang", "语言"),
    "source": ("source", "from", "来源", "出处"),
    "credit": ("credit", "author", "thanks", "署名", "作者", "致谢"),
}
_KINDS: dict[str, tuple[str, ...]] = {
    USEFUL: ("useful", "有用", "干货", "实用", "价值", "知识"),
    EMOTIONAL: ("emotional", "情感", "情绪", "走心", "共鸣"),
    INTERACTIVE: ("interactive", "互动", "话题"),
    SELLING: ("selling", "带货", "销售", "推广", "促销", "转化", "卖货"),
}
_FORMS: dict[str, tuple[str, ...]] = {
    material.TEXT: ("text", "文字", "文本"),
    material.LINK: ("link", "链接"),
    material.FILE: ("file", "文件"),
}
_LANGUAGES: dict[str, tuple[str, ...]] = {"zh": ("zh", "中文", "chinese"), "en": ("en", "英文", "english")}


@dataclass(frozen=True)
class Fault:
    """A line that was not taken: its number in the file, from 1, and why (`BadMaterial.why`, `columns`, `many`)."""

    line: int
    why: str


@dataclass(frozen=True)
class Taken:
    """What became of a table."""

    added: int
    known: int
    """Lines that stand in the library word for word already."""
    faults: list[Fault]


def columns(headings: Sequence[str]) -> dict[str, int]:
    """Which column holds what, by their headings."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        plain = "".join(heading.lower().split()).strip("*：:")
        meant = next((name for name, known in _HEADINGS.items() if plain in known), "")
        if meant and meant not in found:
            found[meant] = place
    return found


def take(workspace: Workspace, lines: Sequence[Line], *, by: Account, now: datetime) -> Taken:
    """Take the lines of a table, headings first, into the library; a line that is wrong keeps no other one out."""
    where = columns(lines[0].cells) if lines else {}
    if not {"text", "link"} & where.keys():
        return Taken(0, 0, [Fault(lines[0].number if lines else 1, "columns")])
    faults: list[Fault] = []
    fresh: list[Material] = []
    known = 0
    with transaction.atomic():
        Workspace.objects.select_for_update().get(pk=workspace.pk)
        there = set(Material.objects.filter(workspace=workspace).values_list("text", "link"))
        for line in lines[1:]:
            try:
                values = checked(piece_of({name: line.cells[place] for name, place in where.items()}))
            except BadMaterial as error:
                faults.append(Fault(line.number, error.why))
                continue
            if (values["text"], values["link"]) in there:
                known += 1
            elif len(fresh) == MOST:
                faults.append(Fault(line.number, "many"))
            else:
                there.add((values["text"], values["link"]))
                fresh.append(Material(workspace=workspace, changed=now, by=by, created=now, **values))
        Material.objects.bulk_create(fresh, batch_size=500)
        if fresh:
            audit.note(workspace, "material.import", by=by, after={"count": len(fresh)}, now=now)
    return Taken(len(fresh), known, faults)


def piece_of(cells: dict[str, str]) -> Piece:
    """A line as a piece; words for kinds in both languages. A line without a kind is useful. A picture stands in no
    table."""
    kind, form, language = (cells.get(name, "") for name in ("kind", "form", "language"))
    return Piece(
        title=cells.get("title", ""),
        text=cells.get("text", ""),
        link=cells.get("link", ""),
        kind=_meant(kind, _KINDS) if kind else USEFUL,
        form=_meant(form, _FORMS) if form else "",
        language=_meant(language, _LANGUAGES) if language else "",
        source=cells.get("source", ""),
        credit=cells.get("credit", ""),
        tags=tags_in(cells.get("tags", "")),
    )


def _meant(text: str, known: dict[str, tuple[str, ...]]) -> str:
    """The id that a word stands for; the word itself where it stands for none, which is refused later."""
    plain = text.strip().lower().removesuffix("类").removesuffix("型")
    return next((id for id, names in known.items() if plain in names), plain or "?")


def rows(found: Iterable[Material]) -> Iterator[tuple[object, ...]]:
    """Pieces as lines of a table in the order of COLUMNS, and when and how often each was used."""
    for row in found:
        told = ",".join(row.tags)
        uses, last = getattr(row, "uses", ""), getattr(row, "last_used", None)
        yield (row.title, row.text, row.link, row.kind, row.form, told, row.language, row.source, row.credit, uses,
               last.date().isoformat() if last else "")  # fmt: skip


assert set(_KINDS) == set(KINDS)
