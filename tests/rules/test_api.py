"""Rules that hold for every endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework.views import APIView

# pages and probes that are no API views of ours; each is public on purpose
PUBLIC_VIEWS = {"healthz", "readyz", "api/schema/", "api/docs/"}


def endpoints(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                yield from endpoints(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            yield address, pattern.callback


API_VIEWS = [(address, view) for address, view in endpoints() if address.startswith("api/v1/")]


def test_there_is_an_api() -> None:
    assert len(API_VIEWS) > 40


@pytest.mark.parametrize(("address", "view"), API_VIEWS, ids=[address for address, _ in API_VIEWS])
def test_every_endpoint_states_its_permission(address: str, view: Any) -> None:
    cls = getattr(view, "cls", None) or getattr(view, "view_class", None)
    assert cls is not None, f"{address} is no class-based view"
    assert issubclass(cls, APIView), f"{address} is not answered by DRF"
    stated = [base for base in cls.__mro__ if "permission_classes" in vars(base) and base is not APIView]
    methods_state = "get_permissions" in vars(cls)
    assert methods_state or any(base.__module__.split(".")[0] != "rest_framework" for base in stated), (
        f"{address} leaves its permission to the default"
    )


def test_the_schema_has_one_error_shape_on_every_operation() -> None:
    from drf_spectacular.generators import SchemaGenerator

    schema = SchemaGenerator().get_schema(request=None, public=True)
    for path, operations in schema["paths"].items():
        for method, operation in operations.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                answer = operation["responses"]["default"]["content"]["application/json"]["schema"]
                assert answer == {"$ref": "#/components/schemas/Error"}, (path, method)


def test_an_unknown_address_and_a_bad_body_answer_in_the_one_shape(api: Any, db: None) -> None:
    refused = api().get("/api/v1/feed")
    assert refused.status_code == 401
    assert set(refused.json()["error"]) == {"code", "message", "remedy", "details", "request_id"}


def test_the_docs_page_asks_no_other_host(api: Any, db: None) -> None:
    page = api().get("/api/docs/").content.decode()
    assert "swagger" in page.lower()
    assert "https://" not in page
    assert "cdn" not in page.lower()
