from pathlib import Path
from typing import ClassVar

from django.db import migrations, models

from desk.guards import steps

SQL = Path(__file__).with_name("0004_ticket_work.sql").read_text()

STATUSES = [
    ("new", "New"),
    ("open", "Open"),
    ("pending", "Waiting for customer"),
    ("on_hold", "On hold"),
    ("solved", "Solved"),
    ("closed", "Closed"),
]
WHYS = [
    ("", ""),
    ("opted_out", "The customer chose people only"),
    ("not_asked", "The customer was not asked yet whether a model may draft"),
    ("asked_for_person", "The customer asked for a person"),
    ("people_only", "This ticket is kept for people"),
    ("stopped", "Drafting is stopped here"),
    ("provider", "The model could not be reached or gave no usable answer"),
    ("budget", "The budget for drafts is used up"),
    ("redaction", "Personal data could not be replaced, so nothing was sent to a model"),
    ("no_sources", "Nothing in the knowledge base answers this"),
    ("rejected", "A draft was rejected, a person writes"),
    ("set_aside", "Somebody set the draft aside to write"),
    ("escalated", "Escalated to the team's lead"),
    ("concern", "The customer says that a reply is wrong"),
    ("withdrawn", "A reply was taken back before it went out"),
    ("sending_unknown", "Nobody knows whether the last reply arrived"),
    ("sending_failed", "The last reply could not be delivered"),
    ("spam", "This ticket is marked as spam"),
    ("job_dead", "A background job gave up"),
]


class Migration(migrations.Migration):
    """Spam: a column with a constant default (the table is not rewritten), and the gate that lets no model at it.

    Not reversible: the gate as it was would let models at what is marked.
    """

    dependencies: ClassVar = [("conversations", "0003_teamwork")]
    operations: ClassVar = [
        migrations.AddField(
            "ticket",
            "before_spam",
            models.CharField(max_length=8, choices=STATUSES, default="", db_default="", blank=True),
        ),
        migrations.AlterField(
            "ticket", "lane_why", models.CharField(max_length=20, choices=WHYS, default="", blank=True)
        ),
        steps(SQL),
    ]
