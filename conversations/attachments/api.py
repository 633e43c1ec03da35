"""Files over the API: uploaded first and named in a message then; downloaded with the token."""

from __future__ import annotations

from typing import Annotated, ClassVar

from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import TokenView, token_of
from accounts.models import Scope
from accounts.tokens import Scopes
from conversations.attachments import downloads, uploads
from conversations.attachments.access import file_of
from conversations.attachments.actions import Uploaded, uploaded
from conversations.attachments.files import File
from conversations.attachments.limits import (
    MOST_FILES,
    FileEmpty,
    FileGone,
    FileRefused,
    FilesTooLarge,
    FileTooLarge,
    TooManyFiles,
)
from conversations.attachments.representations import UploadTold, told_upload
from conversations.tickets.api import ticket_of
from desk.actions import Actor
from desk.api import Query, body_of, wanted
from desk.api_schema import described
from desk.once import Once, idempotent
from desk.problems import Problem
from desk.uploads import LARGEST_FILE

FileIds = Annotated[
    list[Annotated[str, Field(max_length=36)]] | None,
    Field(
        max_length=MOST_FILES, description="Ids of files that were uploaded before (`POST uploads/`), in their order."
    ),
]
"""The field `attachments` of whatever takes files."""

REFUSED: list[Problem | type[Problem]] = [FileGone, FilesTooLarge, TooManyFiles]
"""What naming files may answer."""


def enclosed(ids: list[str] | None, *, by: Actor) -> Uploaded:
    """The files of these ids, all of this caller's. Raises FileGone, FilesTooLarge, TooManyFiles."""
    return uploaded(ids or [], owner=str(by), ticket=None)


class WantedName(Query):
    name: str = Field(default="file", max_length=1_000, description="What the file is called.")


class Uploads(TokenView):
    scopes: ClassVar[Scopes] = {"POST": (Scope.TICKETS_WRITE, Scope.DECIDE)}
    largest_body, too_large = LARGEST_FILE, FileTooLarge

    @described(
        "Upload a file",
        tag="Tickets",
        wants=WantedName,
        tells={201: UploadTold},
        once=True,
        refuses=[FileTooLarge, FileEmpty, FileRefused],
    )
    @idempotent
    def post(self, request: Request, once: Once) -> Response:
        """Upload one file of at most 10 MB: its bytes are the body, whatever Content-Type is said.

        It belongs to whoever has the token, and is named in `attachments` of a ticket, a message or a decision after that.
        What it is follows from its content. Programs and scripts are refused.
        """
        by, name = token_of(request).actor(), wanted(request, WantedName).name
        file = File.of(name, body_of(request))
        kept = uploads.keep(file, owner=str(by))
        answer = told_upload(kept).as_json()
        if once.key is not None:
            once.keep(201, answer)
        return Response(answer, status=201)


class OneAttachment(TokenView):
    scopes: ClassVar[Scopes] = {"GET": Scope.TICKETS_READ}

    @described("Download a file", tag="Tickets", tells={200: None}, found=True)
    def get(self, request: Request, number: int, attachment_id: int) -> HttpResponse:
        """The bytes of a file of a ticket, to be saved."""
        return downloads.download(file_of(ticket_of(token_of(request), number), attachment_id))
