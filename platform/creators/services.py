"""What people do with studio accounts. Members change under the lock of their account's row, one at a time."""

from uuid import UUID

from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.selectors import registered_by_email
from common.errors import NotFound
from creators.errors import AlreadyMember, HandleTaken, LastOwner, NoSuchAccount, OwnersOnly, RegistrationRequired
from creators.models import Creator, Follow, Member


def creator_create(*, user: User, name: str, handle: str) -> Creator:
    """A studio account owned by `user`. Raises `RegistrationRequired` for a guest, `HandleTaken`."""
    if user.is_guest:
        raise RegistrationRequired
    try:
        with transaction.atomic():
            creator = Creator.objects.create(name=name, handle=handle)
            Member.objects.create(creator=creator, user=user, role=Member.Role.OWNER)
    except IntegrityError as taken:
        raise HandleTaken from taken
    return creator


@transaction.atomic
def member_add(*, creator: Creator, by: User, email: str, role: str) -> tuple[Member, bool]:
    """Add the registered person with this address; returns (member, whether it is new), so repeating is harmless.

    Raises `OwnersOnly`, `NoSuchAccount`, and `AlreadyMember` for somebody who has another role.
    """
    _lock_as_owner(creator, by)
    person = registered_by_email(email=email)
    if person is None:
        raise NoSuchAccount
    member, made = Member.objects.get_or_create(creator=creator, user=person, defaults={"role": role})
    if member.role != role:
        raise AlreadyMember
    return member, made


@transaction.atomic
def member_change_role(*, creator: Creator, by: User, user_uid: UUID, role: str) -> Member:
    """Make a member an owner or an editor. Raises `OwnersOnly`, `NotFound`, `LastOwner`."""
    _lock_as_owner(creator, by)
    member = _member(creator, user_uid)
    if role != Member.Role.OWNER:
        _require_other_owner(member)
    member.role = role
    member.save(update_fields=["role", "updated_at"])
    return member


@transaction.atomic
def member_remove(*, creator: Creator, by: User, user_uid: UUID) -> None:
    """Owners remove anyone, others only themselves. Raises `OwnersOnly`, `NotFound`, `LastOwner`."""
    role = _lock_and_ask_role(creator, by)
    if role != Member.Role.OWNER and by.uid != user_uid:
        raise OwnersOnly
    member = _member(creator, user_uid)
    _require_other_owner(member)
    member.delete()


def creator_follow(*, user: User, creator: Creator) -> None:
    """Following twice is following."""
    Follow.objects.bulk_create([Follow(user=user, creator=creator)], ignore_conflicts=True)


def creator_unfollow(*, user: User, creator: Creator) -> None:
    """Not following is not following, however often."""
    Follow.objects.filter(user=user, creator=creator).delete()


def _lock_and_ask_role(creator: Creator, by: User) -> str:
    """Lock the account's row (rows that refer to it may still be added), then look who is asking.

    Raises `NotFound` for somebody who is not, or is no longer, a member.
    """
    Creator.objects.select_for_update(no_key=True).get(pk=creator.pk)
    role = Member.objects.filter(creator=creator, user=by).values_list("role", flat=True).first()
    if role is None:
        raise NotFound
    return role


def _lock_as_owner(creator: Creator, by: User) -> None:
    if _lock_and_ask_role(creator, by) != Member.Role.OWNER:
        raise OwnersOnly


def _member(creator: Creator, user_uid: UUID) -> Member:
    member = Member.objects.select_related("user").filter(creator=creator, user__uid=user_uid).first()
    if member is None:
        raise NotFound
    return member


def _require_other_owner(member: Member) -> None:
    """Only true as long as the account's row is locked."""
    owners = Member.objects.filter(creator_id=member.creator_id, role=Member.Role.OWNER).exclude(pk=member.pk)
    if member.role == Member.Role.OWNER and not owners.exists():
        raise LastOwner
