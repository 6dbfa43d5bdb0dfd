"""An audit entry can be neither changed nor deleted, whoever asks."""

from django.db import migrations

CREATE = """
CREATE FUNCTION rw_audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail only grows' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER rw_audit_only_grows BEFORE UPDATE OR DELETE ON moderation_auditentry
FOR EACH ROW EXECUTE FUNCTION rw_audit_only_grows();
"""
DROP = "DROP TRIGGER rw_audit_only_grows ON moderation_auditentry; DROP FUNCTION rw_audit_only_grows();"


class Migration(migrations.Migration):
    dependencies = [("moderation", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
