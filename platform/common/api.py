"""The one shape of an error: `{"error": {"code", "message", "remedy", "details", "request_id"}}`."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import DomainError, Forbidden, NotFound

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
    if isinstance(error, PermissionDenied) and not isinstance(error, exceptions.APIException):
        error = Forbidden()
    if isinstance(error, DomainError):
        answer = Response(error_body(error, request_id), status=error.status)
        exception_handler(exceptions.APIException(), context)  # marks the transaction for rollback, as for its own
        return answer
    response = exception_handler(error, context)
    if response is None or not isinstance(error, exceptions.APIException):
        return response
    invalid = isinstance(error, exceptions.ValidationError)
    response.data = error_body(
        DomainError(
            "Some fields are not right." if invalid else str(error.detail),
            code="invalid" if invalid else str(error.default_code),
            remedy=REMEDIES.get(response.status_code, "Try again later."),
            **({"fields": response.data} if invalid else {}),
        ),
        request_id,
    )
    return response


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
