"""django-helpdesk with many tickets, to be measured beside the desk. Run by the Python of an environment of its own.

`python helpdesk_site.py DATABASE_URL TICKETS`: makes its tables and tickets if they are not there yet, says `ready`, and then
for each line (`list`, `rows`, `api`) answers that page to its own test client and says how many milliseconds it took.
"""

from __future__ import annotations

import itertools
import sys
import time
from datetime import timedelta
from types import ModuleType
from urllib.parse import urlsplit

import django
from django.conf import settings
from django.urls import include, path

OPEN_OF = 20  # one ticket of so many is open, as on the desk beside it
PEOPLE, QUEUES, FOLLOW_UPS = 15, 6, 2
AT_ONCE = 5_000
ADDRESSES = "addresses"


def main(url: str, count: int) -> None:
    parts = urlsplit(url)
    settings.configure(
        SECRET_KEY="only-for-a-benchmark",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=ADDRESSES,
        USE_TZ=True,
        SITE_ID=1,
        HELPDESK_TEAMS_MODE_ENABLED=False,
        STATIC_URL="/static/",
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        INSTALLED_APPS=[
            *(f"django.contrib.{name}" for name in ("admin", "auth", "contenttypes", "sessions", "messages", "sites")),
            *("django.contrib.staticfiles", "django.contrib.humanize", "rest_framework", "helpdesk"),
        ],
        MIDDLEWARE=[
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": parts.path.lstrip("/"),
                "USER": parts.username,
                "PASSWORD": parts.password,
                "HOST": parts.hostname,
                "PORT": parts.port,
                "CONN_MAX_AGE": None,
            }
        },
    )
    django.setup()
    sys.modules[ADDRESSES] = ModuleType(ADDRESSES)
    sys.modules[ADDRESSES].urlpatterns = [path("", include("helpdesk.urls", namespace="helpdesk"))]  # type: ignore[attr-defined]
    _load(count)
    _answer()


def _load(count: int) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone
    from helpdesk.models import FollowUp, Queue, Ticket

    call_command("migrate", verbosity=0)
    if Ticket.objects.exists():
        return
    now = timezone.now()
    people = [User.objects.create_superuser(f"person{n}", f"person{n}@desk.test", "demo") for n in range(PEOPLE)]
    queues = [Queue.objects.create(title=f"Team {n}", slug=f"team{n}") for n in range(QUEUES)]
    numbers = iter(range(count))
    while some := list(itertools.islice(numbers, AT_ONCE)):
        tickets = Ticket.objects.bulk_create(
            Ticket(
                title=f"Where is my refund for order NO-{n}?",
                description="I sent the jacket back two weeks ago. When do I get my refund, and how is it paid?",
                submitter_email=f"customer{n % 9_000}@example.com",
                queue=queues[n % QUEUES],
                assigned_to=people[n % PEOPLE] if n % 3 else None,
                status=Ticket.OPEN_STATUS if n % OPEN_OF == 0 else Ticket.CLOSED_STATUS,
                priority=1 + n % 5,
                created=now - timedelta(minutes=count - n),
                modified=now - timedelta(minutes=count - n),
            )
            for n in some
        )
        FollowUp.objects.bulk_create(
            FollowUp(
                ticket=ticket, date=ticket.created + timedelta(minutes=step), title="Comment", comment="Thank you."
            )
            for ticket in tickets
            for step in range(FOLLOW_UPS)
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _answer() -> None:
    from django.contrib.auth.models import User
    from django.test import Client
    from helpdesk.query import query_to_base64

    client = Client()
    client.force_login(User.objects.get(username="person0"))
    shown = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": "", "sortreverse": False}
    addresses = {
        "list": "/tickets/",
        # What its list asks for when it is open: the rows.
        "rows": f"/datatables_ticket_list/{query_to_base64(shown)}?draw=1&start=0&length=50",
        "api": "/api/tickets/?page_size=50&status=1",
    }
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        answer = client.get(addresses[line.strip()])
        took = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, (line, answer.status_code, answer.content[:500])
        print(took, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
