"""Files in forms: read as far as they may be kept, and counted beyond, so that a form with a file too many loses no text."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable
from typing import Any

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_TOGETHER = 25 * 1024 * 1024  # bytes
LARGEST_BODY = 64 * 1024 * 1024  # bytes; what is more than this is not even read


App = Callable[..., Awaitable[Any]]


def bounded(pages: App) -> App:
    """An ASGI application that is handed no more of a body than may be read: Django itself first writes all of it to a disk.

    Of one that announces more it gets nothing, and answers by its length (desk.middleware.BodyLimit); one that says nothing
    of its length ends where it becomes too long.
    """

    async def application(scope: dict[str, Any], receive: App, send: App) -> None:
        left, ended = LARGEST_BODY, False
        if _announced(scope) > LARGEST_BODY:
            left = -1

        async def some() -> Any:
            nonlocal left, ended
            if ended:
                # What still comes is let go; whoever asks wants to know when nobody listens any more.
                while (message := await receive())["type"] != "http.disconnect":
                    pass
                return message
            if left < 0:
                ended = True
                return {"type": "http.request", "body": b"", "more_body": False}
            message = await receive()
            left -= len(message.get("body", b""))
            ended = left < 0
            return {**message, "more_body": False} if ended else message

        await pages(scope, some, send)

    return application


def _announced(scope: dict[str, Any]) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length[:19]) if length.isdigit() else 0


class Bounded(FileUploadHandler):
    """Keeps files in memory, none larger than 10 MB and not more than 25 MB of one form.

    Of what goes beyond nothing is kept but its size, by which whoever takes the form in sees it and says so.
    """

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._together = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._chunks: list[bytes] = []
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        self._together += len(raw_data)
        if self._size > LARGEST_FILE or self._together > LARGEST_TOGETHER:
            self._chunks.clear()
        else:
            self._chunks.append(raw_data)

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        content = io.BytesIO(b"".join(self._chunks))
        self._chunks = []
        return InMemoryUploadedFile(
            content, self.field_name, self.file_name or "", self.content_type or "", self._size, self.charset
        )
