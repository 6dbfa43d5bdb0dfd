"""What a reviewer judged can be shown again: the database itself refuses to change it or to lose it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION rw_master_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.submitted_at IS NOT NULL THEN
            RAISE EXCEPTION 'a submitted master is never deleted' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.evidence_sha256 <> '' AND (
        NEW.evidence IS DISTINCT FROM OLD.evidence
        OR NEW.evidence_sha256 IS DISTINCT FROM OLD.evidence_sha256
        OR NEW.submitted_at IS DISTINCT FROM OLD.submitted_at
        OR NEW.episode_id IS DISTINCT FROM OLD.episode_id
        OR NEW.version IS DISTINCT FROM OLD.version
        OR NEW.prefix IS DISTINCT FROM OLD.prefix
    ) THEN
        RAISE EXCEPTION 'the evidence of a submitted master is frozen' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rw_master_frozen BEFORE UPDATE OR DELETE ON catalog_master
FOR EACH ROW EXECUTE FUNCTION rw_master_frozen();
"""
DROP = "DROP TRIGGER rw_master_frozen ON catalog_master; DROP FUNCTION rw_master_frozen();"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_the_price_rule")]
    operations = [migrations.RunSQL(CREATE, DROP)]
