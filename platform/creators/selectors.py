"""Questions about studio accounts. Somebody who is not a member hears `NotFound`, whatever is there."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, QuerySet

from accounts.models import User
from common.errors import NotFound
from creators.models import Creator, Follow, Member


def creators_of(*, user: User) -> QuerySet[Creator]:
    """The studio accounts a person belongs to, each with their own `role`."""
    return Creator.objects.filter(memberships__user=user).annotate(role=F("memberships__role"))


def creator_for_member(*, user: User, uid: UUID) -> Creator:
    """A studio account of this person, with their `role`. Raises `NotFound` for anyone else."""
    creator = creators_of(user=user).filter(uid=uid).first()
    if creator is None:
        raise NotFound
    return creator


def is_member(*, user: User, creator_id: int) -> bool:
    return Member.objects.filter(user=user, creator_id=creator_id).exists()


def member_creator_ids(*, user: User) -> list[int]:
    """Internal ids of the person's studio accounts."""
    return list(Member.objects.filter(user=user).order_by("creator_id").values_list("creator_id", flat=True))


def members_of(*, creator: Creator) -> QuerySet[Member]:
    return Member.objects.filter(creator=creator).select_related("user")


def public_creator(*, uid: UUID) -> Creator:
    """A studio account as anyone may see it. Raises `NotFound`."""
    creator = Creator.objects.filter(uid=uid).first()
    if creator is None:
        raise NotFound
    return creator


def is_following(*, user: User | AnonymousUser, creator: Creator) -> bool:
    return isinstance(user, User) and Follow.objects.filter(user=user, creator=creator).exists()
