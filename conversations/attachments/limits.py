"""How much of files can be taken in, and what is said where it is more."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from desk.problems import Problem
from desk.uploads import LARGEST_TOGETHER

MOST_FILES = 20
LONGEST_NAME = 120  # characters


class WrongFiles(Problem):
    """What is wrong with files; whoever sent them keeps their words."""


class FileTooLarge(WrongFiles):
    code, status, title = "file_too_large", 413, gettext_lazy("This file is too large")
    detail = gettext_lazy("A file may have at most 10 MB. What you wrote is kept.")


class FilesTooLarge(WrongFiles):
    code, status, title = "files_too_large", 413, gettext_lazy("These files are too large together")
    detail = gettext_lazy("The files of a message may have at most 25 MB together. What you wrote is kept.")


class TooManyFiles(WrongFiles):
    code, status, title = "too_many_files", 413, gettext_lazy("These are too many files")
    detail = gettext_lazy("A message may have at most 20 files. What you wrote is kept.")


class FileRefused(WrongFiles):
    code, status, title = "file_refused", 422, gettext_lazy("This kind of file is not taken")
    detail = gettext_lazy("Programs and scripts are not taken in. What you wrote is kept.")


class FileEmpty(WrongFiles):
    code, status, title = "file_empty", 422, gettext_lazy("This file is empty")
    detail = gettext_lazy("There is nothing in the file. What you wrote is kept.")


class FileGone(WrongFiles):
    code, status, title = "file_gone", 409, gettext_lazy("A file is no longer here")
    detail = gettext_lazy("A file was taken away or sent meanwhile. Look at the files again; what you wrote is kept.")


def about(problem: type[WrongFiles], name: str) -> WrongFiles:
    """The problem with the name of the file that it is about in its sentence; the name is never logged."""
    return problem(_("%(name)s: %(why)s") % {"name": name, "why": problem.detail}, file=name)


def together(sizes: Sequence[int]) -> None:
    """Raises TooManyFiles, FilesTooLarge: what one message cannot hold."""
    if len(sizes) > MOST_FILES:
        raise TooManyFiles
    if sum(sizes) > LARGEST_TOGETHER:
        raise FilesTooLarge
