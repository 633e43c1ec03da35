"""What happens to files. Names of files are what people wrote: entries commit to them and hold none."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from desk.ledger.kinds import Facts, because, kind


@kind(
    "files.enclosed", says="{actor} enclosed {count:file|files} with a message in {thread} ({refused:was|were} refused)"
)
class FilesEnclosed(Facts):
    """`bytes_kept`: of those that were kept, together."""

    count: int
    refused: int
    bytes_kept: int


@kind("preview.drawn", says="A preview of a picture in {thread} was drawn")
class PreviewDrawn(Facts):
    width: int
    height: int


@kind("files.erased", says="{actor} erased {count:file|files} of {thread}")
class FilesErased(Facts):
    count: int


because(
    {
        "files": gettext_lazy(
            "A file that came with a message belongs to what was said: that there was one has to stay provable."
        ),
        "preview": gettext_lazy(
            "A picture that a customer sent was opened by a program: when, and nothing of what it shows."
        ),
    }
)
