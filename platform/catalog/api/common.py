"""Pages and people, the same way in every view of this app and of those above it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import User
from common.pagination import keyset_page, read_limit

PAGING = [
    OpenApiParameter("cursor", str, description="`next` of the page before."),
    OpenApiParameter("limit", int, description="1 to 100, 20 if not given."),
]


def page(
    request: Request, rows: QuerySet[Any, Any], shape: type[Serializer[Any]], *, order: Sequence[str]
) -> Response:
    """One page of `rows`, as the request's `cursor` and `limit` ask."""
    asked = request.query_params
    found: list[Model]
    found, after = keyset_page(rows, order=order, cursor=asked.get("cursor"), limit=read_limit(asked.get("limit")))
    return Response(shape({"results": found, "next": after}).data)


def person(request: Request) -> User:
    """Who asks. For views whose permission has let in only people who are signed in."""
    return cast("User", request.user)
