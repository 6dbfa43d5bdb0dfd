"""What the studio keeps of a story: screenplay versions, characters, the look of a series, and consents."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models import Episode, Language, Series
from common.models import Public, Timestamped
from creators.models import Creator


class Screenplay(Public):
    """One version of an episode's text. Versions are never edited: a change makes the next one."""

    episode = models.ForeignKey(Episode, on_delete=models.CASCADE, related_name="screenplays")
    version = models.PositiveIntegerField()
    source = models.TextField()
    sha256 = models.CharField(max_length=64)
    title = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=8, choices=Language.choices)
    shot_count = models.PositiveIntegerField()
    estimated_ms = models.PositiveIntegerField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="screenplays"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["episode", "version"], name="one_screenplay_per_version")]

    def __str__(self) -> str:
        return f"{self.episode_id} v{self.version}"


class Character(Public):
    """Someone of a series. `seed` fixes the drawn appearance, so that a character looks the same in every episode."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="characters")
    name = models.CharField(max_length=80)
    aliases = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    look = models.TextField(max_length=1000, blank=True)
    voice = models.CharField(max_length=80, blank=True)
    seed = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["series", "name"], name="one_character_per_name")]

    def __str__(self) -> str:
        return self.name


class SheetApproval(models.Model):
    """A person of the studio has seen a sheet, named by its step's key, and shots may be shown it."""

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creator", "key"], name="one_approval_per_sheet")]

    def __str__(self) -> str:
        return f"sheet {self.key[:12]}"


class Look(Timestamped):
    """The visual style of a series, in every shot of every episode."""

    series = models.OneToOneField(Series, on_delete=models.CASCADE, related_name="look")
    style = models.SlugField(max_length=40, default="cinematic")
    prompt = models.TextField(max_length=2000, blank=True)
    negative_prompt = models.TextField(max_length=2000, blank=True)

    def __str__(self) -> str:
        return f"{self.style} look of {self.series_id}"


class Consent(Public):
    """A real person's permission to use their face or voice for a character. Revoked, it stays on record."""

    class Kind(models.TextChoices):
        FACE = "face"
        VOICE = "voice"

    character = models.ForeignKey(Character, on_delete=models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subject_name = models.CharField(max_length=120)
    document = models.CharField(max_length=200, blank=True)  # name in the private storage
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="granted_consents"
    )
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["character", "kind"], name="consent_in_force", condition=models.Q(revoked_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.subject_name}"
