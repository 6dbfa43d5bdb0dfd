"""Studio accounts: who makes series, who belongs to them, who follows them."""

from django.conf import settings
from django.db import models

from common.models import Public


class Creator(Public):
    """A studio account. People act for it as members."""

    name = models.CharField(max_length=80)
    handle = models.SlugField(max_length=40, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Member", related_name="creators")

    def __str__(self) -> str:
        return self.name


class Member(Public):
    """A person's role in a studio account. The last owner cannot leave."""

    class Role(models.TextChoices):
        OWNER = "owner"
        EDITOR = "editor"

    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=8, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["creator", "user"], name="one_membership_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} of {self.creator_id}"


class Follow(models.Model):
    """A viewer wants to hear of a creator's new episodes."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    creator = models.ForeignKey(Creator, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "creator"], name="one_follow_per_creator")]

    def __str__(self) -> str:
        return f"{self.user_id} follows {self.creator_id}"
