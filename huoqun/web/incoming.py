"""Incoming: how an upload reaches the data folder, whatever its sender calls it and however full the disk is."""

from typing import Any, NoReturn

from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from huoqun.people.upload import plain_name

NO_ROOM = "huoqun.no_room"
"""Set in `request.META` where the bytes could not be written."""


class Incoming(TemporaryFileUploadHandler):
    """Streams each file to disk under a name of ours; where that fails, the rest is read and thrown away, so that the
    browser hears the answer instead of a broken connection.
    """

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        try:
            super().new_file(field_name, plain_name(file_name), *args, **kwargs)
        except OSError as error:
            self._stop(error)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Write what has come."""
        try:
            return super().receive_data_chunk(raw_data, start)
        except OSError as error:
            self._stop(error)

    def _stop(self, error: OSError) -> NoReturn:
        assert self.request is not None
        self.request.META[NO_ROOM] = True
        raise StopUpload(connection_reset=False) from error
