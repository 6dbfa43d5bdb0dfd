"""Guards in the database itself: no code path, admin page or psql session of the application gets round them."""

from django.db import migrations

# A statement trigger sees all legs that one INSERT wrote. An entry's legs must come in one statement and never again,
# so that a balanced entry cannot be added to later.
BALANCE = """
CREATE FUNCTION payments_posting_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM fresh GROUP BY entry_id, asset HAVING sum(amount) <> 0) THEN
        RAISE EXCEPTION 'an entry does not balance' USING ERRCODE = '23514', TABLE = 'payments_posting';
    END IF;
    IF (SELECT count(*) FROM fresh)
       <> (SELECT count(*) FROM payments_posting WHERE entry_id IN (SELECT entry_id FROM fresh)) THEN
        RAISE EXCEPTION 'an entry takes all its postings in one statement' USING ERRCODE = '23514',
            TABLE = 'payments_posting';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER payments_posting_balance AFTER INSERT ON payments_posting
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION payments_posting_balance();
"""

# TRUNCATE passes in databases called test_* only, because the test runner empties tables with it; a test that wants to
# see the teeth says SET reelwright.keep_history = on. There is no setting that lifts the guard anywhere else.
HISTORY = """
CREATE FUNCTION payments_history_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND current_database() LIKE 'test\\_%'
       AND coalesce(current_setting('reelwright.keep_history', true), '') <> 'on' THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = '42501',
        HINT = 'Write an entry that reverses the wrong one.';
END $$;
"""
TABLES = ("payments_entry", "payments_posting", "payments_lotuse")

APPEND_ONLY = "\n".join(
    f"""
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION payments_history_stays();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION payments_history_stays();
"""
    for table in TABLES
)
UNDO_APPEND_ONLY = "\n".join(
    f"DROP TRIGGER {table}_no_change ON {table}; DROP TRIGGER {table}_no_truncate ON {table};" for table in TABLES
)
# room on the page for the next version of a row that is updated again and again
ROOM = "ALTER TABLE payments_wallet SET (fillfactor = 70); ALTER TABLE payments_coinlot SET (fillfactor = 70);"
UNDO_ROOM = "ALTER TABLE payments_wallet RESET (fillfactor); ALTER TABLE payments_coinlot RESET (fillfactor);"


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_wallets_ledger_rights_and_purchases")]

    operations = [
        migrations.RunSQL(
            BALANCE,
            "DROP TRIGGER payments_posting_balance ON payments_posting; DROP FUNCTION payments_posting_balance();",
        ),
        migrations.RunSQL(HISTORY + APPEND_ONLY, UNDO_APPEND_ONLY + "DROP FUNCTION payments_history_stays();"),
        migrations.RunSQL(ROOM, UNDO_ROOM),
    ]
