"""The one shape of an error: `{"error": {"code", "message", "remedy", "details", "request_id"}}`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.parsers import JSONParser as BaseJSONParser
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.errors import DomainError, Forbidden, NotFound


class JSONParser(BaseJSONParser):
    """DRF's, which lets a document nested too deeply end in a fault of ours."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as deep:
            raise exceptions.ParseError("JSON parse error - nested too deeply") from deep


REMEDIES = {
    400: "Correct the fields named in details.",
    401: "Sign in again, or refresh the access token.",
    403: "Ask someone who has the role for it.",
    405: "Use one of the methods named in the Allow header.",
    406: "Ask for application/json.",
    415: "Send application/json.",
    429: "Wait as many seconds as Retry-After says.",
}


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER. Returns None for what is a fault of ours, so that it is logged and answered as 500."""
    request = context.get("request")
    request_id = request.META.get("HTTP_X_REQUEST_ID", "") if request is not None else ""
    if isinstance(error, Http404):
        error = NotFound()
    if isinstance(error, PermissionDenied):
        error = Forbidden()
    if isinstance(error, DomainError):
        set_rollback()
        return Response(error_body(error, request_id), status=error.status)
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    response.data = error_body(_as_domain_error(error, response.status_code), request_id)
    return response


def _as_domain_error(error: exceptions.APIException, status: int) -> DomainError:
    """What DRF and its plug-ins raise, in our words. Their detail is a text, or a dict with one and a code inside."""
    remedy = REMEDIES.get(status, "Try again later.")
    if isinstance(error, exceptions.ValidationError):
        return DomainError("Some fields are not right.", code="invalid", remedy=remedy, fields=error.detail)
    detail: Any = error.detail
    if isinstance(detail, dict):
        return DomainError(
            str(detail.get("detail", error.default_detail)),
            code=str(detail.get("code", error.default_code)),
            remedy=remedy,
        )
    return DomainError(str(detail), code=str(getattr(detail, "code", error.default_code)), remedy=remedy)


def error_body(error: DomainError, request_id: str) -> dict[str, Any]:
    """The error document of a `DomainError`."""
    return {
        "error": {
            "code": error.code,
            "message": error.message,
            "remedy": error.remedy,
            "details": error.details,
            "request_id": request_id,
        }
    }
