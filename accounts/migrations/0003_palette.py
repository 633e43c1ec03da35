from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """How people like the desk. A constant default: no row is rewritten, and a desk of the version before goes on adding people."""

    dependencies: ClassVar = [
        ("accounts", "0002_walls"),
    ]

    operations: ClassVar = [
        migrations.AddField(
            model_name="person",
            name="preferences",
            field=models.JSONField(db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
