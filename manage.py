#!/usr/bin/env python
"""Countersign from the command line: `python manage.py help` lists the commands."""

import os
import sys

NOWHERE = {
    "DATABASE_URL": "postgresql://nowhere",
    "REDIS_URL": "redis://nowhere",
    "SECRET_KEY": "nowhere" * 8,
    "DATA_KEY": "nowhere-" * 5 + "nwh=",
}
TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "desk.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    new_key = sys.argv[1:3] == ["data_keys", "new"]
    if command in {"help", "--help", "standin"} or new_key or {"-h", "--help"} & set(sys.argv[2:]):
        # These meet no desk, so none has to be there.
        for name, value in NOWHERE.items():
            os.environ.setdefault(name, value)
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except SystemExit as stopped:
        if command == "receive_mail" and isinstance(stopped.code, str):
            # The desk is down or set up wrongly: the mail server keeps the mail, and does not throw it back.
            sys.stderr.write(f"{stopped.code}\n")
            sys.exit(TRY_AGAIN)
        raise


if __name__ == "__main__":
    main()
