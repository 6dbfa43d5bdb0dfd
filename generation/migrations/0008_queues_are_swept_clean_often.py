from django.db import migrations

# A claim reads the front of a queue, which is where entries die: the defaults wait for a fifth of the table to be dead.
OFTEN = """
ALTER TABLE generation_step SET (
    autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000, vacuum_index_cleanup = on
);
ALTER TABLE generation_queuehead SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
"""
SELDOM = """
ALTER TABLE generation_step RESET (
    autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold, vacuum_index_cleanup
);
ALTER TABLE generation_queuehead RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
"""


class Migration(migrations.Migration):

    dependencies = [("generation", "0007_renders_that_ended_lately_are_found_at_once")]

    operations = [migrations.RunSQL(OFTEN, SELDOM)]
