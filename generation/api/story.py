"""The studio's story: an episode's screenplay, the live preview of its shots, a series' characters and look."""

from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import User
from accounts.permissions import IsRegistered
from catalog.selectors import episode_for_member, series_for_member
from common.errors import Invalid
from common.pagination import keyset_page, read_limit
from common.throttling import WriteThrottle
from generation import cast
from generation.api import story_shapes as shapes
from generation.breakdown import shot_to_json

PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if not given."),
]
VERSION = OpenApiParameter("version", int, description="From 1; the latest if not given.")
MAX_VERSION_DIGITS = 9


class StoryView(APIView):
    """Base of what members of a studio account do; whose it is, catalog's selectors say."""

    permission_classes = [IsRegistered]
    throttle_classes = [WriteThrottle]


class EpisodeScreenplay(StoryView):
    @extend_schema(
        tags=["story"], parameters=[VERSION], responses={200: shapes.ScreenplayOut},
        summary="The latest screenplay, or one version", operation_id="studio_screenplay_get",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(_user(request), uid)
        version = _read_version(request.query_params.get("version"))
        return Response(shapes.ScreenplayOut(cast.screenplay_version(episode=episode, version=version)).data)

    @extend_schema(
        tags=["story"], request=shapes.SaveIn, responses={200: shapes.ScreenplayOut},
        summary="Save a screenplay as the next version", operation_id="studio_screenplay_put",
        description="The same text again makes no new version. A refusal names the line in `details.line`.",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        episode = episode_for_member(_user(request), uid)
        asked = shapes.SaveIn(data=request.data)
        asked.is_valid(raise_exception=True)
        saved = cast.screenplay_save(
            episode=episode, by=_user(request), now=timezone.now(), **asked.validated_data
        )
        return Response(shapes.ScreenplayOut(saved).data)


class Breakdown(StoryView):
    @extend_schema(
        tags=["story"], request=shapes.SourceIn, responses={200: shapes.BreakdownOut},
        summary="The shots that a text would make; stores nothing", operation_id="studio_breakdown",
    )
    def post(self, request: Request) -> Response:
        story = cast.story_read(source=_source(request))
        answer = {
            "title": story.screenplay.title,
            "language": story.screenplay.language,
            "speakers": story.screenplay.speakers,
            "shot_count": len(story.shots),
            "estimated_ms": story.estimated_ms,
            "shots": [shot_to_json(shot) for shot in story.shots],
        }
        return Response(shapes.BreakdownOut(answer).data)


class SeriesCharacters(StoryView):
    @extend_schema(
        tags=["story"], parameters=PAGING, responses={200: shapes.CharacterPage},
        summary="The series' characters, by name", operation_id="studio_characters_list",
    )
    def get(self, request: Request, uid: UUID) -> Response:
        rows, after = keyset_page(
            cast.characters_of(series=series_for_member(_user(request), uid)),
            order=("name",),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return Response(shapes.CharacterPage({"results": rows, "next": after}).data)


class SeriesCharacter(StoryView):
    @extend_schema(
        tags=["story"], responses={200: shapes.CharacterOut},
        summary="One character", operation_id="studio_character_get",
    )
    def get(self, request: Request, uid: UUID, character_uid: UUID) -> Response:
        series = series_for_member(_user(request), uid)
        return Response(shapes.CharacterOut(cast.character_of(series=series, uid=character_uid)).data)

    @extend_schema(
        tags=["story"], request=shapes.CharacterIn, responses={200: shapes.CharacterOut},
        summary="Change a character's name, aliases, look, voice or seed", operation_id="studio_character_change",
    )
    def patch(self, request: Request, uid: UUID, character_uid: UUID) -> Response:
        series = series_for_member(_user(request), uid)
        character = cast.character_of(series=series, uid=character_uid)
        asked = shapes.CharacterIn(data=request.data)
        asked.is_valid(raise_exception=True)
        return Response(shapes.CharacterOut(cast.character_update(character=character, **asked.validated_data)).data)


class SeriesLook(StoryView):
    @extend_schema(
        tags=["story"], responses={200: shapes.LookIn}, summary="The series' look", operation_id="studio_look_get"
    )
    def get(self, request: Request, uid: UUID) -> Response:
        return Response(shapes.LookIn(cast.look_of(series=series_for_member(_user(request), uid))).data)

    @extend_schema(
        tags=["story"], request=shapes.LookIn, responses={200: shapes.LookIn},
        summary="Set the series' look", operation_id="studio_look_put",
    )
    def put(self, request: Request, uid: UUID) -> Response:
        series = series_for_member(_user(request), uid)
        asked = shapes.LookIn(data=request.data)
        asked.is_valid(raise_exception=True)
        values = {"prompt": "", "negative_prompt": "", **asked.validated_data}
        return Response(shapes.LookIn(cast.look_set(series=series, **values)).data)


def _user(request: Request) -> User:
    assert isinstance(request.user, User)  # IsRegistered has let them in
    return request.user


def _source(request: Request) -> str:
    asked = shapes.SourceIn(data=request.data)
    asked.is_valid(raise_exception=True)
    source: str = asked.validated_data["source"]
    return source


def _read_version(raw: str | None) -> int | None:
    if not raw:
        return None
    if not raw.isdecimal() or len(raw) > MAX_VERSION_DIGITS or int(raw) < 1:
        raise Invalid("version takes a whole number from 1.", code="bad_version")
    return int(raw)
