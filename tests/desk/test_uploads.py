"""Bodies and files of forms: what is too much is counted and not kept, and what else the form says arrives."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory

from desk.uploads import LARGEST_BODY, LARGEST_FILE, bounded


def form(**fields: Any) -> Any:
    return RequestFactory().post("/", fields)


def test_a_file_that_is_too_large_is_counted_and_its_form_arrives() -> None:
    request = form(text="what I wrote", upload=SimpleUploadedFile("a.txt", b"x" * (LARGEST_FILE + 1)))
    assert request.POST["text"] == "what I wrote"
    file = request.FILES["upload"]
    assert (file.size, file.read()) == (LARGEST_FILE + 1, b"")


def test_files_are_kept_to_the_byte_until_they_are_too_much_together() -> None:
    contents = [bytes([number]) * (9 * 1024 * 1024) for number in range(3)]
    request = form(upload=[SimpleUploadedFile(f"{number}.txt", content) for number, content in enumerate(contents)])
    files = request.FILES.getlist("upload")
    assert [file.size for file in files] == [len(content) for content in contents]
    assert [file.read() for file in files] == [contents[0], contents[1], b""]


@pytest.mark.parametrize("path", ["/help/new/", "/tickets/1/reply/", "/api/v1/uploads/"])
def test_a_body_beyond_all_measure_is_refused_in_words(db: Any, path: str) -> None:
    answer = Client().post(
        path, b"x", "multipart/form-data; boundary=b", headers={"Content-Length": str(LARGEST_BODY + 1)}
    )
    assert answer.status_code == 413
    assert "64 MB" in answer.content.decode()


def handed(chunks: list[bytes], *, length: int | None = None) -> tuple[bytes, int]:
    """What an application gets of a body, and how many chunks were taken from the network for it."""
    taken, got = [], []

    async def receive() -> dict[str, Any]:
        taken.append(chunks[len(taken)])
        return {"type": "http.request", "body": taken[-1], "more_body": len(taken) < len(chunks)}

    async def pages(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            message = await receive()
            got.append(message["body"])
            more = message["more_body"]

    headers = [(b"content-length", str(length).encode())] if length is not None else []
    asyncio.run(bounded(pages)({"type": "http", "headers": headers}, receive, None))  # type: ignore[arg-type]
    return b"".join(got), len(taken)


def test_a_body_of_ordinary_length_passes_as_it_is() -> None:
    assert handed([b"one", b"two", b""]) == (b"onetwo", 3)


def test_a_body_that_announces_too_much_is_not_read_at_all() -> None:
    assert handed([b"x"], length=LARGEST_BODY + 1) == (b"", 0)


def test_a_body_that_announces_nothing_ends_where_it_is_too_long() -> None:
    chunk = b"x" * (LARGEST_BODY // 2)
    body, taken = handed([chunk] * 10)
    assert (len(body), taken) == (3 * len(chunk), 3)
