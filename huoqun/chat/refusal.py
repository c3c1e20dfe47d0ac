"""The refusal: why a file is not taken. Everything that opens, unpacks or recognises raises this one exception.

The reason is a fact: an id with values. `SENTENCES` is its English, for the command line and for whoever reads a log;
the pages say it in their own language (`web/phrase`).
"""

SENTENCES = {
    "missing": "no such file",
    "no_file": "neither a file nor a folder",
    "unreadable": "cannot be read ({detail})",
    "empty": "the file is empty",
    "empty_zip": "the zip is empty",
    "no_text_file": "there is no text file in it",
    "too_many_files": "more than {most} files",
    "packed_too_often": "packed more than {most} times over",
    "bomb": "unpacks to far more than a chat does (a zip bomb?)",
    "locked": "the zip is locked with a password; unlock it first",
    "damaged": "the file is damaged or cut off ({detail}): export or copy it once more",
    "damaged_packed": "the {kind} file is damaged or cut off: export or copy it once more",
    "damaged_entry": "{entry} in the zip is damaged or cut off: export or copy it once more",
    "damaged_sheet": "the spreadsheet is damaged or cut off ({detail}): export or copy it once more",
    "database": "this is an SQLite database, not a chat export; export the chat first: Huoqun reads no database",
    "pdf": "this is a PDF, not a chat export",
    "picture": "this is a picture, not a chat export",
    "parquet": "this is a Parquet file, not a chat export",
    "program": "this is a program, not a chat export",
    "rar": "this is a RAR archive, not a chat export: unpack it first",
    "seven_zip": "this is a 7z archive, not a chat export: unpack it first",
    "old_office": "this is an old Office file, not a chat export: save it as CSV or XLSX first",
    "binary": "this is a binary file, not a chat export",
    "unknown": "no known chat format",
    "none_known": "none of its {count} text files is in a known chat format",
    "no_message": "no message could be read ({skipped} damaged places)",
    "other_layout": "the file has another layout than expected: {detail}",
    "too_many_groups": "{count} groups in one file, {most} at most: divide it",
    "encrypted": "the WeCom archive is still encrypted: decrypt it with its private key first",
    "no_group": "a WeCom archive without any message of a group (no roomid)",
    "no_talker": "no message names its talker",
    "no_times": "messages copied from WeChat without times; export the chat with its times",
    "no_heading": "no heading with time, sender and text",
    "few_times": "a table, but its time column holds {share} times",
    "empty_columns": "a table whose senders or texts are all empty",
    "all_names_differ": "a table in which nearly every row has a name of its own: no chat",
    "only_numbers": "a table whose texts are numbers: no chat",
}
"""Reasons in English, with the names of their values."""


class NotAChat(Exception):
    """The file is not a chat export that Huoqun knows."""

    def __init__(self, name: str, reason: str, **values: str | int) -> None:
        super().__init__(name, reason, values)
        self.name, self.reason, self.values = name, reason, values

    def __str__(self) -> str:
        """One line in English: the file, and what was found instead of a chat."""
        return " ".join(f"{self.name}: {SENTENCES[self.reason].format_map(self.values)}".split())

    def __reduce__(self) -> tuple[object, ...]:
        """Processes hand it to each other whole."""
        return _again, (self.name, self.reason, self.values)


def _again(name: str, reason: str, values: dict[str, str | int]) -> NotAChat:
    return NotAChat(name, reason, **values)
