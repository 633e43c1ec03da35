"""Files that come with a form: those ticked in it (`file`, uploaded before) and those sent along with it (`upload`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from conversations.attachments import uploads
from conversations.attachments.actions import Uploaded, uploaded
from conversations.attachments.files import File
from conversations.attachments.limits import WrongFiles
from conversations.attachments.models import Upload
from conversations.tickets.models import Ticket
from desk.uploads import LARGEST_FILE


@dataclass(frozen=True, slots=True)
class Chosen:
    """The files of one form, by their ids. What could be kept is kept, so that no refusal loses it."""

    owner: str
    ticket: Ticket | None
    ids: Sequence[str]
    problems: Sequence[WrongFiles] = field(default=())
    marks: Sequence[str] = field(default=())
    """What tells these files from others, the same for the same form sent twice."""

    def enclosure(self) -> Uploaded:
        """What goes with the message. Raises the first problem that there was, FileGone, TooManyFiles, FilesTooLarge."""
        for problem in self.problems:
            raise problem
        return uploaded(self.ids, owner=self.owner, ticket=self.ticket)

    def rows(self) -> list[Upload]:
        """Those that are still here, to be shown in the form again."""
        return uploads.still_here(self.ids, owner=self.owner, ticket=self.ticket)


NO_FILES = Chosen(uploads.PORTAL, None, ())


def files_in_form(files: Chosen | None, wrong: WrongFiles | None = None) -> dict[str, Any]:
    """What a form shows of its files: those that are here already, ticked, and what was wrong with others."""
    problems = [*(files.problems if files else ()), *([wrong] if wrong else [])]
    return {
        "held_files": files.rows() if files else [],
        "file_errors": [str(problem.detail) for problem in problems],
        "largest_file": LARGEST_FILE,
    }


def chosen(request: HttpRequest, *, owner: str, ticket: Ticket | None, what: str = "") -> Chosen:
    """Keep what was sent along, and say what cannot be kept."""
    ids, problems = list(request.POST.getlist("file")), []
    marks = list(ids)
    for given in request.FILES.getlist("upload"):
        # A file that is too large came without its content, see desk/uploads.py; its size says so.
        file = File.of(given.name or "", given.read(), given.size)
        marks.append(f"{file.name}:{file.size}:{file.sha256}")
        try:
            ids.append(str(uploads.keep(file, owner=owner, ticket=ticket, what=what).pk))
        except WrongFiles as problem:
            problems.append(problem)
    return Chosen(owner, ticket, list(dict.fromkeys(ids)), problems, marks)
