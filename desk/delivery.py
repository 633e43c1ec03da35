"""The front-end files as browsers get them: compressed once, under names that hold their hash, so that each is asked for once.

`make run` collects them into VAR before the desk starts; where nothing was collected they are served as they lie in static/.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from whitenoise.storage import CompressedManifestStaticFilesStorage

STAMP = "collected-from"


def collect(root: Path) -> bool:
    """Have all files in `root`. Returns whether anything was to do: nothing is while they are those of last time."""
    found = list(_files())
    stamp = _stamp(found)
    if _read(root / STAMP) == stamp:
        return False
    # Under another name until it is whole.
    new = root.with_name(f"{root.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    storage = CompressedManifestStaticFilesStorage(location=str(new), base_url=settings.STATIC_URL)
    for name, where in found:
        with where.open(name) as file:
            storage.save(name, file)
    for _name, _hashed, done in storage.post_process({name: (storage, name) for name, _where in found}):
        if isinstance(done, Exception):
            raise done
    (new / STAMP).write_text(stamp, encoding="ascii")
    shutil.rmtree(root, ignore_errors=True)
    new.rename(root)
    return True


def _files() -> Iterator[tuple[str, Any]]:
    """Each file's name and the storage that has it; as with Django's own finders the first of a name counts."""
    seen: set[str] = set()
    for finder in get_finders():
        for name, where in finder.list([]):
            if name not in seen:
                seen.add(name)
                yield name, where


def _stamp(found: list[tuple[str, Any]]) -> str:
    made = hashlib.sha256(version("whitenoise").encode())
    for name, where in sorted(found, key=lambda each: each[0]):
        made.update(f"\0{name}\0".encode())
        made.update(hashlib.sha256(Path(where.path(name)).read_bytes()).digest())
    return made.hexdigest()


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError):
        return ""
