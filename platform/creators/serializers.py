"""What goes in and out of the endpoints about studio accounts."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.validators import plain_line
from creators.handles import problem_with
from creators.models import Creator, Member


class HandleField(serializers.CharField):
    """3 to 40 of a-z, 0-9 and single hyphens; capitals are made small."""

    def to_internal_value(self, data: Any) -> str:
        handle = str(super().to_internal_value(data)).lower()
        if problem := problem_with(handle):
            raise serializers.ValidationError(problem, code="bad_handle")
        return handle


class CreatorIn(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=80, validators=[plain_line])
    handle = HandleField(max_length=40)


class PublicCreator(serializers.ModelSerializer[Creator]):
    """What anyone may know of a studio account, and whether the one who asks follows it."""

    following = serializers.SerializerMethodField()

    class Meta:
        model = Creator
        fields = ("uid", "name", "handle", "following")
        read_only_fields = fields

    @extend_schema_field(bool)
    def get_following(self, creator: Creator) -> bool:
        return bool(self.context.get("following", False))


class StudioCreator(serializers.ModelSerializer[Creator]):
    """A studio account as its members see it; `role` is the role of the one who asks."""

    role = serializers.ChoiceField(choices=Member.Role.choices, read_only=True)

    class Meta:
        model = Creator
        fields = ("uid", "name", "handle", "role", "created_at")
        read_only_fields = fields


class CreatorPage(serializers.Serializer[Any]):
    results = StudioCreator(many=True)
    next = serializers.CharField(allow_null=True)


class MemberIn(serializers.Serializer[Any]):
    email = serializers.EmailField(max_length=254)
    role = serializers.ChoiceField(choices=Member.Role.choices, default=Member.Role.EDITOR)


class RoleIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=Member.Role.choices)


class MemberOut(serializers.ModelSerializer[Member]):
    """A member, addressed by the uid of the person."""

    user = serializers.UUIDField(source="user.uid")
    display_name = serializers.CharField(source="user.display_name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Member
        fields = ("user", "display_name", "email", "role", "created_at")
        read_only_fields = fields


class MemberPage(serializers.Serializer[Any]):
    results = MemberOut(many=True)
    next = serializers.CharField(allow_null=True)
