"""What goes in and out of the catalogue's endpoints. No storage name ever stands in one of these."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Episode, Genre, Language, Master, Maturity, Series
from catalog.selectors import SEARCH_MAX, SEARCH_MIN
from catalog.services.episodes import MAX_NUMBER, MAX_PRICE
from common.validators import plain_line
from creators.models import Creator

POSTER = "/api/v1/{kind}/{uid}/poster.jpg"


class CreatorCard(serializers.ModelSerializer[Creator]):
    class Meta:
        model = Creator
        fields = ("uid", "name", "handle")
        read_only_fields = fields


class SeriesCard(serializers.ModelSerializer[Series]):
    """A series in a list. `price_coins` is the price of an episode after the free ones that names no other."""

    poster = serializers.SerializerMethodField()
    creator = CreatorCard()

    class Meta:
        model = Series
        fields = (
            "uid", "title", "language", "genres", "maturity", "free_episodes", "price_coins", "published_episodes",
            "first_published_at", "poster", "creator",
        )
        read_only_fields = fields

    @extend_schema_field(str)
    def get_poster(self, series: Series) -> str:
        return POSTER.format(kind="series", uid=series.uid)


class SeriesDetail(SeriesCard):
    class Meta(SeriesCard.Meta):
        fields = (*SeriesCard.Meta.fields, "synopsis")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class EpisodeInSeries(serializers.ModelSerializer[Episode]):
    """An episode beside others of its series. `price_coins` is what it costs here and now; 0 is free."""

    duration_ms = serializers.IntegerField(source="master.duration_ms")
    price_coins = serializers.IntegerField(source="price")
    poster = serializers.SerializerMethodField()

    class Meta:
        model = Episode
        fields = ("uid", "number", "title", "duration_ms", "price_coins", "published_at", "poster")
        read_only_fields = fields

    @extend_schema_field(str)
    def get_poster(self, episode: Episode) -> str:
        return POSTER.format(kind="episodes", uid=episode.uid)


class EpisodeCard(EpisodeInSeries):
    """An episode that stands alone, with its series. Needs the rows of `selectors.visible_episodes`."""

    series = SeriesCard()

    class Meta(EpisodeInSeries.Meta):
        fields = (*EpisodeInSeries.Meta.fields, "series")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class SeriesPage(serializers.Serializer[Any]):
    results = SeriesCard(many=True)
    next = serializers.CharField(allow_null=True)


class EpisodePage(serializers.Serializer[Any]):
    results = EpisodeInSeries(many=True)
    next = serializers.CharField(allow_null=True)


class SeriesQuery(serializers.Serializer[Any]):
    """Filters of a list of series."""

    language = serializers.ChoiceField(choices=Language.choices, required=False)
    genre = serializers.ChoiceField(choices=Genre.choices, required=False)
    maturity_max = serializers.ChoiceField(choices=Maturity.choices, required=False)


class OfCreator(serializers.Serializer[Any]):
    creator = serializers.UUIDField(required=False)


class SearchQuery(SeriesQuery):
    q = serializers.CharField(min_length=SEARCH_MIN, max_length=SEARCH_MAX)


class SeriesIn(serializers.Serializer[Any]):
    """What a series can be made of and changed to."""

    title = serializers.CharField(max_length=120, validators=[plain_line])
    synopsis = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=Language.choices)
    genres = serializers.ListField(
        child=serializers.ChoiceField(choices=Genre.choices), max_length=4, required=False
    )
    maturity = serializers.ChoiceField(choices=Maturity.choices, required=False)
    free_episodes = serializers.IntegerField(min_value=0, max_value=MAX_NUMBER, required=False)
    price_coins = serializers.IntegerField(min_value=1, max_value=MAX_PRICE, required=False)


class NewSeries(SeriesIn):
    creator = serializers.UUIDField()


class NewEpisode(serializers.Serializer[Any]):
    """Without a number it becomes the next one."""

    number = serializers.IntegerField(min_value=1, max_value=MAX_NUMBER, required=False, allow_null=True)
    title = serializers.CharField(max_length=120, allow_blank=True, required=False, validators=[plain_line])


class EpisodeIn(serializers.Serializer[Any]):
    """`price_coins`: null takes the series' price, 0 makes it free."""

    title = serializers.CharField(max_length=120, allow_blank=True, required=False, validators=[plain_line])
    price_coins = serializers.IntegerField(min_value=0, max_value=MAX_PRICE, required=False, allow_null=True)


class StudioSeries(SeriesDetail):
    """A series as its makers see it."""

    class Meta(SeriesDetail.Meta):
        fields = (*SeriesDetail.Meta.fields, "status", "created_at")  # type: ignore[assignment]
        read_only_fields = fields  # type: ignore[assignment]


class MasterCard(serializers.ModelSerializer[Master]):
    class Meta:
        model = Master
        fields = ("uid", "version", "profile", "duration_ms", "width", "height", "fps", "size_bytes", "submitted_at")
        read_only_fields = fields


class StudioEpisode(serializers.ModelSerializer[Episode]):
    """An episode as its makers see it. `price_coins` is its own price (null: the series'), `costs_coins` what holds."""

    series = serializers.UUIDField(source="series.uid")
    costs_coins = serializers.IntegerField(source="price")
    master = MasterCard(allow_null=True)

    class Meta:
        model = Episode
        fields = (
            "uid", "series", "number", "title", "status", "price_coins", "costs_coins", "release_at", "submitted_at",
            "published_at", "withdrawn_at", "withdrawn_by", "master", "created_at",
        )
        read_only_fields = fields


class StudioSeriesPage(serializers.Serializer[Any]):
    results = StudioSeries(many=True)
    next = serializers.CharField(allow_null=True)


class StudioEpisodePage(serializers.Serializer[Any]):
    results = StudioEpisode(many=True)
    next = serializers.CharField(allow_null=True)
