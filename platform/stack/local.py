"""The studio account of whoever sits at this machine's command line, and what it makes."""

from dataclasses import dataclass

from accounts.models import User
from accounts.selectors import registered_by_email
from catalog.models import Episode, Series
from catalog.services import episode_create, series_create
from creators.models import Creator
from creators.selectors import is_member
from creators.services import creator_create
from stack.places import StackError

EMAIL = "local@reelwright.invalid"  # a reserved domain: nobody can register or receive mail as this
HANDLE = "local"


@dataclass(frozen=True, slots=True)
class Local:
    """The person and their studio."""

    user: User
    creator: Creator


def local_studio() -> Local:
    """Made at the first use. Raises `StackError` if the handle belongs to somebody else on this database."""
    user = registered_by_email(email=EMAIL) or User.objects.create_user(EMAIL, display_name="Local")
    creator = Creator.objects.filter(handle=HANDLE).first()
    if creator is None:
        creator = creator_create(user=user, name="Local", handle=HANDLE)
    elif not is_member(user=user, creator_id=creator.pk):
        raise StackError(f"The handle {HANDLE!r} is taken here.", remedy="Use the API with an account of your own.")
    return Local(user, creator)


def local_series(*, creator: Creator, title: str, language: str) -> Series:
    """The series of this title and language, made at the first use."""
    found = Series.objects.filter(creator=creator, title=title, language=language).order_by("pk").first()
    return found or series_create(creator=creator, title=title, language=language)


def local_episode(*, series: Series, number: int, title: str) -> Episode:
    """Episode `number` of the series, made at the first use."""
    found = Episode.objects.select_related("series").filter(series=series, number=number).first()
    return found or episode_create(series=series, number=number, title=title)
