from typing import ClassVar

from django.db import migrations, models
from django.utils import timezone

TAKE = """
CREATE FUNCTION drafting_take_slot(wanted text, most integer, seconds double precision) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE
    taken bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('drafting_slot'), hashtext(wanted));
    -- Each of these sees what was committed while this one waited for the lock.
    DELETE FROM drafting_slot WHERE until < clock_timestamp();
    INSERT INTO drafting_slot (address, until)
    SELECT wanted, clock_timestamp() + make_interval(secs => seconds)
     WHERE (SELECT count(*) FROM drafting_slot WHERE address = wanted) < most
    RETURNING id INTO taken;
    RETURN taken;
END $$;
"""


class Migration(migrations.Migration):
    """Calls on their way outlive no crash of the database, so nobody waits for a disk because of them."""

    dependencies: ClassVar = [("conversations", "0021_search_speed")]
    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE drafting_slot SET UNLOGGED; " + TAKE,
            "DROP FUNCTION drafting_take_slot(text, integer, double precision); ALTER TABLE drafting_slot SET LOGGED;",
        ),
        migrations.AlterField("modelcall", "created_at", models.DateTimeField(default=timezone.now)),
    ]
