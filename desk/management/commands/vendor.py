"""`manage.py vendor`: fetch the pinned front-end files, or check that the committed ones are those."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
LOCK = VENDOR / "vendor.lock.json"
SPRITE = "tabler/icons.svg"
# A hashed file whose comment names a map that is not there stops collectstatic.
SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=[^\n*]*(\*/)?\s*$")


class Command(BaseCommand):
    """Writes `static/vendor/` from the npm packages of `vendor.lock.json`, each verified by sha512 before it is read.

    To take a new version: change `version` and `integrity` of the package there, run this, look at the difference.
    """

    help = "Fetch the pinned front-end files into static/vendor; with --check, only compare the files with the lock."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare the committed files with the lock, offline")

    def handle(self, *args: Any, **options: Any) -> None:
        lock = json.loads(LOCK.read_text())
        if options["check"]:
            if wrong := differences(lock):
                raise CommandError("These files are not what the lock says: " + ", ".join(wrong))
            self.stdout.write("static/vendor holds exactly what the lock says.")
            return
        for package in lock["packages"]:
            with tempfile.TemporaryDirectory() as folder:
                files = contents(package, fetch(package, into=Path(folder)))
            for path, content in files.items():
                target = VENDOR / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
            package["sha256"] = {path: hashlib.sha256(content).hexdigest() for path, content in sorted(files.items())}
            self.stdout.write(f"{package['name']} {package['version']}: {len(files)} files")
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n")


def fetch(package: dict[str, Any], *, into: Path) -> Path:
    """The package's tarball, as npm serves it; refused when its sha512 is not the pinned one."""
    name = f"{package['name']}@{package['version']}"
    command = ["npm", "pack", "--json", "--pack-destination", str(into), name]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    tarball = next(into.glob("*.tgz"), None)
    if run.returncode or tarball is None:
        raise CommandError(f"npm could not fetch {name}: {run.stderr.strip()}")
    digest = hashlib.sha512(tarball.read_bytes()).digest()
    if package["integrity"] != f"sha512-{base64.b64encode(digest).decode()}":
        raise CommandError(f"{name} is not the package that was pinned: its sha512 differs.")
    return tarball


def contents(package: dict[str, Any], tarball: Path) -> dict[str, bytes]:
    """What of a package is kept: the files named in the lock, and the sprite when it names icons."""
    with tarfile.open(tarball) as archive:
        kept = {path: SOURCE_MAP.sub(b"\n", member(archive, source)) for path, source in package["files"].items()}
        if icons := package.get("icons"):
            kept[SPRITE] = sprite({name: member(archive, f"icons/outline/{name}.svg").decode() for name in icons})
    return kept


def member(archive: tarfile.TarFile, path: str) -> bytes:
    """One file of an npm tarball, whose root folder is `package`."""
    try:
        file = archive.extractfile(f"package/{path}")
    except KeyError:
        file = None
    if file is None:
        raise CommandError(f"The package has no file {path}; correct vendor.lock.json.")
    return file.read()


def sprite(icons: dict[str, str]) -> bytes:
    """One SVG with a symbol an icon; its stroke comes from the page, see components/icon.css."""
    symbols = []
    for name, svg in sorted(icons.items()):
        inner = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
        shapes = [line.strip() for line in inner.splitlines() if line.strip() and 'd="M0 0h24v24H0z"' not in line]
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{"".join(shapes)}</symbol>')
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>\n"]).encode()


def differences(lock: dict[str, Any]) -> list[str]:
    """Files that are missing, changed, or not in the lock."""
    wanted = {path: digest for package in lock["packages"] for path, digest in package["sha256"].items()}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path != LOCK
    }
    return sorted(path for path in wanted.keys() | found.keys() if wanted.get(path) != found.get(path))
