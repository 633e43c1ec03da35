from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """When a person's name and address were erased. A column without default: the table is not rewritten."""

    dependencies: ClassVar = [("accounts", "0003_palette")]
    operations: ClassVar = [migrations.AddField("person", "erased_at", models.DateTimeField(null=True))]
