"""History is what clients reported: a correction is another row. Deleting stays possible (retention, erased accounts)."""

from django.db import migrations

REFUSE = """
    CREATE FUNCTION rw_watch_events_never_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'watch events are append-only' USING ERRCODE = 'restrict_violation';
    END $$;
    CREATE TRIGGER watch_events_never_change BEFORE UPDATE ON feeds_watchevent
        FOR EACH STATEMENT EXECUTE FUNCTION rw_watch_events_never_change();
"""
ALLOW = """
    DROP TRIGGER watch_events_never_change ON feeds_watchevent;
    DROP FUNCTION rw_watch_events_never_change();
"""


class Migration(migrations.Migration):
    dependencies = [("feeds", "0001_what_viewers_saw")]

    operations = [migrations.RunSQL(REFUSE, ALLOW)]
