"""Redaction: one person taken out of a group's rows, and out of what the others wrote of them.

Their own rows go, and events that happened to them. In the rows of others goes what can be recognised: their identity,
their names where they address somebody or stand by themselves, and their words where they are quoted, by the marks
with which clients quote or simply because the same words stand there again. What cannot be recognised stays: two
people who both said "ok" did not quote each other.

A redacted text carries `REDACTED`. That is also how an import knows never to fill it in again.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import polars as pl

from huoqun.chat.message import MESSAGE_KINDS

REDACTED = "▇▇▇"
"""Stands where something was taken out."""
QUOTABLE = 6
"""Characters from which on equal words are taken for a quote. Shorter ones ("收到", "thanks") everybody says."""
COMMON = 0.02
"""Share of the others' rows from which on a name is an ordinary word ("哈哈", "me"), redacted only after an @."""
COMMON_LEAST = 20
"""Messages with the name that this takes at least."""

_QUOTE = r"(?m)(?P<mark>「|『|“|\[引用\](?:\([^)\n]*\))?\s*|\[引用\s*|^>\s*)"


@dataclass(frozen=True)
class Trace:
    """What a person leaves in a group besides their own rows."""

    identities: frozenset[str]
    """Everything that stands for them in `sender`, `subject` and `mentions`."""
    names: tuple[str, ...]
    """Names that only they bore, longest first."""
    words: tuple[str, ...]
    """What they said, line by line, as far as long enough to be recognised."""
    keys: frozenset[str]
    """Keys of their rows."""


def _theirs(identities: Iterable[str], keys: Iterable[str]) -> pl.Expr:
    who = pl.Series(list(identities), dtype=pl.String).implode()
    which = pl.Series(list(keys), dtype=pl.String).implode()
    return (pl.col("sender").is_in(who) | pl.col("subject").is_in(who)).fill_null(False) | pl.col("key").is_in(which)


def trace(rows: pl.DataFrame, identities: Iterable[str], keys: Collection[str] = ()) -> Trace:
    """What these identities (of one person) leave in `rows` (of one group). `keys`: rows known to be theirs although
    their sender is a name that others bore too; what such a row says is theirs, events apart."""
    identities = frozenset(identities)
    known = pl.col("key").is_in(pl.Series(list(keys), dtype=pl.String).implode())
    mine = rows.filter(_theirs(identities, keys))
    spoken = mine.filter(pl.col("sender").is_in(list(identities)) | (known & _is_message()))
    announced = mine.filter((pl.col("kind") == "rename") & (pl.col("subject").is_in(list(identities)) | known))
    borne = set(spoken["name"].drop_nulls()) | set(announced["name"].drop_nulls()) | identities
    others = rows.filter(~_theirs(identities, keys))
    shared = set(others["name"].drop_nulls()) | set(others["sender"].drop_nulls())
    names = sorted((n for n in borne - shared if n.strip()), key=lambda n: (-len(n), n))
    said = spoken.filter(_is_message())["text"].str.split("\n").list.explode(empty_as_null=False).str.strip_chars()
    words = said.filter(said.str.len_chars() >= QUOTABLE).unique().sort()
    return Trace(identities | frozenset(names), tuple(names), tuple(words), frozenset(mine["key"]))


def forget(rows: pl.DataFrame, gone: Trace) -> pl.DataFrame:
    """The rows without that person; rows of others keep key, time and place."""
    kept = rows.filter(~_theirs(gone.identities, gone.keys))
    if kept.is_empty():
        return kept
    who = pl.Series(sorted(gone.identities), dtype=pl.String).implode()
    said = kept.select(_is_message())["kind"]
    text = _without_names(_without_words(kept["text"], gone), said, gone)
    answers_them = pl.col("reply_to").is_in(pl.Series(sorted(gone.keys), dtype=pl.String).implode())
    return kept.with_columns(
        text=text,
        mentions=pl.col("mentions").list.filter(~pl.element().is_in(who)),
        reply_to=pl.when(~answers_them.fill_null(False)).then("reply_to"),
    )


def cleaned(texts: pl.Series, gone: Trace) -> pl.Series:
    """Texts that stand elsewhere (a note, an answer), without that person's names and words."""
    return _without_names(_without_words(texts, gone), pl.repeat(True, texts.len(), eager=True), gone)


def addressed(texts: pl.Series) -> pl.Series:
    """Every name that stands in the texts after an @ or at the head of a quote."""
    called = texts.str.extract_all(r"@[^\s@,，:：]+").list.explode(empty_as_null=False).str.slice(1)
    heads = texts.str.extract_all(_QUOTE + r"<?@?[^:：>\n]{1,64}(?:>|[:：])").list.explode(empty_as_null=False)
    quoted = heads.str.extract(_QUOTE + r"<?@?(?P<who>[^:：>\n]{1,64}?)\s*(?:>|[:：])", 2)
    return pl.concat([called.alias("word"), quoted.alias("word")]).drop_nulls().unique()


def _is_message() -> pl.Expr:
    return pl.col("kind").to_physical() < len(MESSAGE_KINDS)


def _without_words(texts: pl.Series, gone: Trace) -> pl.Series:
    if gone.words:
        texts = texts.str.replace_many(dict.fromkeys(gone.words, REDACTED), leftmost=True)
    for name in gone.names:
        texts = texts.str.replace_all(_quote_of(name), "${mark}" + REDACTED)
    return texts


def _without_names(texts: pl.Series, said: pl.Series, gone: Trace) -> pl.Series:
    for name in gone.names:
        texts = texts.str.replace_all(f"@{name}", f"@{REDACTED}", literal=True)
        alone = _alone(name)
        if alone is None:
            continue
        hits = texts.str.contains(alone)
        heard = (hits & said).arg_true().len()
        if heard >= COMMON_LEAST and heard > COMMON * texts.len():
            hits &= ~said
        texts = texts.zip_with(~hits, texts.str.replace_all(alone, REDACTED))
    return texts


def _quote_of(name: str) -> str:
    """A quote of somebody as clients write it: 「name: …」, `[引用](time)name: …`, `> name: …`, `> <name> …`."""
    return _QUOTE + r"<?@?" + pl.escape_regex(name) + r"(?:>|\s*[:：])[^」』”\]\n]*"


def _alone(name: str) -> str | None:
    """The name as a word of its own; None where it is too short to be told from other words."""
    if len(name) < (3 if name.isascii() else 2):
        return None
    begin, end = (r"\b" if edge.isascii() and edge.isalnum() else "" for edge in (name[0], name[-1]))
    return begin + pl.escape_regex(name) + end
