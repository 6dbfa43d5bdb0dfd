"""People: guests known by their device, registered accounts, staff."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from common.models import Public, Timestamped


class UserManager(BaseUserManager["User"]):
    """Makes users; the services below decide when."""

    def create_guest(self, **fields: Any) -> "User":
        user = self.model(email=None, kind=User.Kind.GUEST, **fields)
        user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), kind=User.Kind.REGISTERED, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Language(models.TextChoices):
    """What a person wants to read: pages, messages, the feed's first language."""

    EN = "en", "English"
    ZH = "zh", "中文"


class User(AbstractBaseUser, PermissionsMixin, Public):
    """Anyone. A guest has no email and no password; upgrading changes the kind and keeps the row, so keeps all."""

    class Kind(models.TextChoices):
        GUEST = "guest"
        REGISTERED = "registered"

    email = models.EmailField(unique=True, null=True, blank=True)
    display_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.GUEST)
    language = models.CharField(max_length=16, choices=Language.choices, default=Language.EN)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    # the books and logs name this, never the person: erase the row and they stay whole
    subject = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # part of every session and token: raising it ends them all, also those that nobody wrote down
    sign_in_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="email_in_lower_case"),
            models.CheckConstraint(
                condition=Q(kind="guest", email__isnull=True) | Q(kind="registered", email__isnull=False),
                name="guests_have_no_email_accounts_do",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email or f"guest {self.uid}"

    @property
    def is_guest(self) -> bool:
        return self.kind == self.Kind.GUEST

    def get_full_name(self) -> str:
        """What Django's own templates call people by."""
        return self.display_name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's one source of session hashes (tickets use them as well), with our epoch beside the password."""
        mark = f"{self.sign_in_epoch}:{self.password}"
        return salted_hmac("accounts.User.session", mark, secret=secret, algorithm="sha256").hexdigest()


class Device(Timestamped):
    """An installed app. Its id is the guest's only credential, so only its sha256 is kept."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    key_hash = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80, blank=True)
    last_seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name or f"device {self.pk}"
