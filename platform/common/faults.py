"""What Django answers before or after our views, in the one shape for those who ask the API."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import defaults

from common.api import error_body
from common.errors import DomainError, Invalid, NotFound


class ServerFault(DomainError):
    """A fault of ours; the log has it under the request's id."""

    status = 500
    code = "server_fault"
    message = "Something broke on our side."
    remedy = "Try again later; if it stays, report the request_id."


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """An address that leads nowhere."""
    if not request.path.startswith("/api/"):
        return defaults.page_not_found(request, exception)
    return _answer(request, NotFound("There is no such address.", remedy="See /api/docs/ for those there are."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What Django itself will not look at: a body that is too big, a host that is not ours."""
    if not request.path.startswith("/api/"):
        return defaults.bad_request(request, exception)
    if isinstance(exception, RequestDataTooBig):
        return _answer(
            request, Invalid("The request is too big.", code="too_big", status=413, remedy="Send it in smaller parts.")
        )
    return _answer(request, Invalid("This request cannot be read.", code="bad_request"))


def server_fault(request: HttpRequest) -> HttpResponse:
    """An exception that nobody caught."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    return _answer(request, ServerFault())


def _answer(request: HttpRequest, error: DomainError) -> JsonResponse:
    return JsonResponse(error_body(error, request.META.get("HTTP_X_REQUEST_ID", "")), status=error.status)
