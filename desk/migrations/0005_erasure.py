from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models

from desk.guards import guard, steps

# A salt is the only thing that an entry's text can be confirmed by: it goes with the erasing of the text and never else.
SALTS = """
CREATE FUNCTION ledger_salt_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('countersign.action', true), '') NOT IN ('text.erased', 'customer.erased', 'person.erased') THEN
        RAISE EXCEPTION 'salts of the ledger go by erasing only' USING ERRCODE = 'raise_exception';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER ledger_salt_by_erasing BEFORE DELETE ON ledger_salt FOR EACH STATEMENT EXECUTE FUNCTION ledger_salt_erased();
CREATE TRIGGER ledger_salt_whole BEFORE TRUNCATE ON ledger_salt FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
"""
UNDO = """
DROP TRIGGER ledger_salt_whole ON ledger_salt;
DROP TRIGGER ledger_salt_by_erasing ON ledger_salt;
DROP FUNCTION ledger_salt_erased();
"""
NOTHING = models.Value([], django.contrib.postgres.fields.ArrayField(models.CharField()))


class Migration(migrations.Migration):
    """Data keys (a new table), what stored answers are about (a constant default), and who may take a salt away."""

    dependencies: ClassVar = [("desk", "0003_sealing")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("owner", models.CharField(max_length=80, unique=True)),
                ("wrapped", models.BinaryField()),
                ("master", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "db_table": "desk_data_key",
                "indexes": [models.Index(fields=["master"], name="desk_data_key_master")],
            },
        ),
        guard("desk_data_key"),
        migrations.AddField(
            "answer",
            "about",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80), default=list, db_default=NOTHING
            ),
        ),
        steps(SALTS, undo=[UNDO]),
    ]
