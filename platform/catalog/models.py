"""What viewers may see: series, their numbered episodes, and the packaged masters behind them."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from common.models import Public
from creators.models import Creator


class Genre(models.TextChoices):
    ROMANCE = "romance"
    REVENGE = "revenge"
    FAMILY = "family"
    THRILLER = "thriller"
    FANTASY = "fantasy"
    COMEDY = "comedy"
    HISTORY = "history"
    CITY = "city"
    MYSTERY = "mystery"
    SCIFI = "scifi"
    HORROR = "horror"
    YOUTH = "youth"


class Language(models.TextChoices):
    EN = "en", "English"
    ZH = "zh", "中文"


class Maturity(models.IntegerChoices):
    """The lowest age the story is meant for."""

    ALL = 0
    TEEN = 13
    MATURE = 16
    ADULT = 18


class Series(Public):
    """A story told in numbered episodes. Price and free count are data, in coins per episode."""

    class Status(models.TextChoices):
        ACTIVE = "active"
        WITHDRAWN = "withdrawn"

    creator = models.ForeignKey(Creator, on_delete=models.PROTECT, related_name="series")
    title = models.CharField(max_length=120)
    synopsis = models.TextField(max_length=2000, blank=True)
    language = models.CharField(max_length=8, choices=Language.choices)
    genres = ArrayField(models.CharField(max_length=16, choices=Genre.choices), default=list, blank=True)
    maturity = models.PositiveSmallIntegerField(choices=Maturity.choices, default=Maturity.ALL)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.ACTIVE)
    free_episodes = models.PositiveSmallIntegerField(default=3)
    price_coins = models.PositiveIntegerField(default=60, validators=[MinValueValidator(1), MaxValueValidator(100_000)])
    # kept by the services that publish and withdraw, in their own transaction, so that no list has to count
    published_episodes = models.PositiveIntegerField(default=0)
    first_published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "series"
        indexes = [
            models.Index(
                F("first_published_at").desc(), F("uid").desc(), name="series_shown",
                condition=Q(status="active", published_episodes__gt=0),
            ),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="series_title_trigrams"),
        ]
        constraints = [models.CheckConstraint(condition=Q(price_coins__gt=0), name="series_price_positive")]

    def __str__(self) -> str:
        return self.title


class Episode(Public):
    """One numbered episode. Its status is moved by `catalog.services` and nothing else."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        IN_REVIEW = "in_review"
        REJECTED = "rejected"
        SCHEDULED = "scheduled"  # passed, waits for release_at
        PUBLISHED = "published"
        WITHDRAWN = "withdrawn"

    class WithdrawnBy(models.TextChoices):
        """A creator may not bring back what a moderator took down."""

        CREATOR = "creator"
        MODERATOR = "moderator"

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="episodes")
    number = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    title = models.CharField(max_length=120, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    # None: the series' price; 0: free wherever it stands
    price_coins = models.PositiveIntegerField(null=True, blank=True)
    release_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=12, choices=WithdrawnBy.choices, blank=True)
    # the master under review (IN_REVIEW, REJECTED) or on show (SCHEDULED, PUBLISHED)
    master = models.ForeignKey("Master", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="one_episode_per_number"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(master__isnull=False), name="episode_past_draft_has_master"
            ),
        ]
        indexes = [
            models.Index(fields=["submitted_at", "id"], name="episode_in_review", condition=Q(status="in_review")),
            models.Index(fields=["release_at"], name="episode_due", condition=Q(status="scheduled")),
            models.Index(
                F("published_at").desc(), F("id").desc(), name="episode_published", condition=Q(status="published")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} #{self.number}"


class Master(Public):
    """A finished, packaged version of an episode. Immutable; `evidence` is set once, when it is submitted."""

    episode = models.ForeignKey(Episode, on_delete=models.PROTECT, related_name="masters")
    version = models.PositiveIntegerField()
    profile = models.CharField(max_length=40)
    # an unguessable folder in the media storage; holds the files named below and in Rendition and Subtitle
    prefix = models.CharField(max_length=200)
    duration_ms = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    fps = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveBigIntegerField()
    loudness_lufs = models.FloatField(null=True, blank=True)
    captions_burned = models.BooleanField(default=False)
    # the render this came from (generation.Render.uid): a reference across the border, so no foreign key
    render_uid = models.UUIDField(null=True, blank=True)
    evidence = models.JSONField(null=True, blank=True)
    evidence_sha256 = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    PLAYLIST = "master.m3u8"
    POSTER = "poster.jpg"
    CONTACT_SHEET = "contact-sheet.png"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["episode", "version"], name="one_master_per_version"),
            models.UniqueConstraint(fields=["episode", "render_uid"], name="one_master_per_render"),
        ]

    def __str__(self) -> str:
        return f"{self.episode_id} v{self.version}"


class Rendition(models.Model):
    """One rung of the ladder: a single fragmented MP4 that plays by itself, and its byte-range playlist."""

    master = models.ForeignKey(Master, on_delete=models.CASCADE, related_name="renditions")
    name = models.CharField(max_length=16)  # "720p": the short side in pixels
    path = models.CharField(max_length=120)  # below the master's prefix
    playlist_path = models.CharField(max_length=120)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    bitrate = models.PositiveIntegerField()  # average bits a second, sound included
    peak_bitrate = models.PositiveIntegerField()
    codecs = models.CharField(max_length=60)  # RFC 6381
    size_bytes = models.PositiveBigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["master", "name"], name="one_rendition_per_rung")]

    def __str__(self) -> str:
        return self.name


class Subtitle(models.Model):
    """A sidecar WebVTT file of a master."""

    master = models.ForeignKey(Master, on_delete=models.CASCADE, related_name="subtitles")
    language = models.CharField(max_length=16)
    path = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["master", "language"], name="one_subtitle_per_language")]

    def __str__(self) -> str:
        return self.language
