"""The refusal: why a file is not taken. Everything that opens, unpacks or recognises raises this one exception."""


class NotAChat(Exception):
    """The file is not a chat export that Huoqun knows. The message says in one line what was found instead."""
