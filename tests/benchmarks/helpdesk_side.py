"""django-helpdesk with many tickets, run by a Python that has it; tests.benchmarks.helpdesk asks for its pages, line by line.

It knows nothing of this desk: `PYTHON helpdesk_side.py postgresql://... COUNT`.
"""

from __future__ import annotations

import sys
import time
from urllib.parse import urlsplit

FILL = """
INSERT INTO helpdesk_ticket (title, queue_id, created, modified, submitter_email, assigned_to_id, status, on_hold, description,
       resolution, priority, secret_key)
SELECT 'Where is my refund ' || n, %(queue)s, now() - n * interval '90 seconds', now() - n * interval '80 seconds',
       'customer' || n %% 25000 || '@example.com', CASE WHEN n %% 3 = 0 THEN %(user)s END, CASE WHEN n %% 20 = 0 THEN 1 ELSE 4 END,
       false, repeat('I sent the parcel back and still wait. ', 6), '', 1 + n %% 5, md5(n::text)
  FROM generate_series(1, %(count)s) AS n;
INSERT INTO helpdesk_followup (ticket_id, date, title, comment, public, user_id, new_status, message_id)
SELECT id, created, 'Ticket opened', description, true, NULL, NULL, '' FROM helpdesk_ticket;
"""


def main(url: str, count: int) -> None:
    _set_up(url)
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.force_login(_fill(count))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")

    def rows() -> None:
        page = client.get(reverse("helpdesk:list"))
        assert page.status_code == 200
        query = page.context["urlsafe_query"]
        answer = client.get(reverse("helpdesk:datatables_ticket_list", args=[query]), {"length": "50"})
        assert len(answer.json()["data"]) == 50

    def api() -> None:
        assert client.get("/api/tickets/", {"page_size": "50"}).status_code == 200

    asked = {"open list": rows, "api": api}
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        asked[line.strip()]()
        print((time.perf_counter() - began) * 1000, flush=True)


def _set_up(url: str) -> None:
    parts = urlsplit(url)
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.configure(
        SECRET_KEY="of no use",
        ALLOWED_HOSTS=["testserver"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.sites",
            "django.contrib.humanize",
            "django.contrib.messages",
            "django.contrib.staticfiles",
            "django.contrib.admin",
            "rest_framework",
            "helpdesk",
        ],
        MIDDLEWARE=[
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
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        STATIC_URL="/static/",
        SITE_ID=1,
        USE_TZ=True,
        LOGIN_URL="/login/",
    )
    django.setup()
    call_command("migrate", verbosity=0)


def _fill(count: int):
    from django.contrib.auth import get_user_model
    from django.db import connection
    from helpdesk.models import Queue, Ticket

    user, _new = get_user_model().objects.get_or_create(
        username="sam", defaults={"is_staff": True, "is_superuser": True, "email": "sam@desk.test"}
    )
    queue, _new = Queue.objects.get_or_create(title="Orders", slug="orders")
    if not Ticket.objects.exists():
        with connection.cursor() as cursor:
            cursor.execute(FILL, {"queue": queue.pk, "user": user.pk, "count": count})
    return user


def __getattr__(name: str):
    if name == "urlpatterns":
        from django.urls import include, path

        return [path("", include("helpdesk.urls", namespace="helpdesk"))]
    raise AttributeError(name)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
