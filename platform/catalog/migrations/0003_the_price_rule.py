"""One rule for what an episode costs, where every query can ask it."""

from django.db import migrations

CREATE = """
CREATE FUNCTION rw_episode_price(number int, episode_price int, free_episodes int, series_price int) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN number <= free_episodes THEN 0 ELSE coalesce(episode_price, series_price) END $$;
"""
DROP = "DROP FUNCTION rw_episode_price(int, int, int, int);"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_search_and_one_master_per_render")]
    operations = [migrations.RunSQL(CREATE, DROP)]
