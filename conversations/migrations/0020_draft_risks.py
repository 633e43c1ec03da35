from django.db import migrations, models

KINDS = [
    ("amount", "Amount"),
    ("date", "Date"),
    ("link", "Link"),
    ("contact", "Contact"),
    ("identifier", "Identifier"),
    ("other_customer", "Other Customer"),
    ("promise", "Promise"),
    ("injection", "Injection"),
    ("unsupported", "Unsupported"),
    ("placeholder", "Placeholder"),
    ("language", "Language"),
    ("tone", "Tone"),
    ("length", "Length"),
]


class Migration(migrations.Migration):
    """A column with a constant default, which PostgreSQL adds to a full table without rewriting it."""

    dependencies = [("conversations", "0019_model_settings")]

    operations = [
        migrations.AddField("Draft", "risks", models.JSONField(default=list)),
        migrations.AlterField("Flag", "kind", models.CharField(choices=KINDS, max_length=16)),
        migrations.AlterField("FlagRule", "kind", models.CharField(choices=KINDS, max_length=16)),
    ]
