"""What goes in and out of the endpoints about people."""

import re
from typing import Any

from rest_framework import serializers

from accounts.models import Language, User
from common.validators import plain_line

DEVICE_ID = re.compile(r"[A-Za-z0-9._~+/=-]{32,128}")
MIN_DIFFERENT = 8  # a random secret of 32 hex digits has fewer different characters once in a million million


class DeviceIdField(serializers.CharField):
    """A secret that the app makes once and keeps: 32-128 characters from a secure random source."""

    default_error_messages = {
        "device_id": "Give 32 to 128 characters of A-Z a-z 0-9 . _ ~ + / = - from a secure random source.",
    }

    def to_internal_value(self, data: Any) -> str:
        value = str(super().to_internal_value(data))
        if not DEVICE_ID.fullmatch(value) or len(set(value)) < MIN_DIFFERENT:
            self.fail("device_id")
        return value


class AddressField(serializers.EmailField):
    """An email address, compared without the case of its letters. Only ASCII: lookalikes are other people's."""

    default_error_messages = {"ascii": "Give the address in ASCII (a domain in other letters in its xn-- form)."}

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=254, **options)

    def to_internal_value(self, data: Any) -> str:
        value = str(super().to_internal_value(data))
        if not value.isascii():
            self.fail("ascii")
        return value.lower()


class PasswordField(serializers.CharField):
    """Up to 256 characters, taken as they are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=256, trim_whitespace=False, write_only=True, style={"input_type": "password"})


class NameField(serializers.CharField):
    """One line that others see."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=options.pop("max_length", 60), validators=[plain_line], **options)


class GuestIn(serializers.Serializer[Any]):
    device_id = DeviceIdField(write_only=True)
    name = NameField(max_length=80, required=False, allow_blank=True, default="", help_text="The device's name.")
    language = serializers.ChoiceField(choices=Language.choices, default=Language.EN)


class RegisterIn(serializers.Serializer[Any]):
    email = AddressField()
    password = PasswordField()
    display_name = NameField(required=False, allow_blank=True, default="")
    language = serializers.ChoiceField(choices=Language.choices, default=Language.EN)


class UpgradeIn(serializers.Serializer[Any]):
    email = AddressField()
    password = PasswordField()
    display_name = NameField(required=False, allow_blank=True, default="")


class SignInIn(serializers.Serializer[Any]):
    email = AddressField()
    password = PasswordField()


class RefreshIn(serializers.Serializer[Any]):
    refresh = serializers.CharField(max_length=2000)


class PasswordIn(serializers.Serializer[Any]):
    current_password = PasswordField()
    new_password = PasswordField()


class ProfileIn(serializers.Serializer[Any]):
    display_name = NameField(required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=Language.choices, required=False)


class Me(serializers.ModelSerializer[User]):
    """The person signed in, as only they see themselves."""

    class Meta:
        model = User
        fields = ("uid", "kind", "email", "display_name", "language", "created_at")
        read_only_fields = fields


class SignedIn(serializers.Serializer[Any]):
    """Send `access` as a bearer; trade `refresh` in once, before or after `expires_in` seconds, for the next pair."""

    access = serializers.CharField()
    refresh = serializers.CharField()
    expires_in = serializers.IntegerField()
    user = Me()


class TicketOut(serializers.Serializer[Any]):
    """Open a socket with `?ticket=` once, within `expires_in` seconds."""

    ticket = serializers.CharField()
    expires_in = serializers.IntegerField()
