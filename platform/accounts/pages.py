"""The doors of our own pages: sign in, sign out, register. Apps sign in through the API."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from django import forms
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from rest_framework.exceptions import Throttled, ValidationError

from accounts.models import Language, User
from accounts.services import people
from common.errors import DomainError
from common.throttling import network_of, spend
from common.validators import plain_line

BACKEND = "django.contrib.auth.backends.ModelBackend"


class SignInForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Email"), max_length=254)
    password = forms.CharField(label=gettext_lazy("Password"), max_length=128, strip=False)


class RegisterForm(SignInForm):
    display_name = forms.CharField(label=gettext_lazy("Name"), max_length=60, required=False)
    field_order = ("display_name", "email", "password")

    def clean_display_name(self) -> str:
        given: str = self.cleaned_data["display_name"]
        try:
            plain_line(given)
        except ValidationError as odd:
            raise forms.ValidationError(_("Use one line of plain text.")) from odd
        return given


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class Door(ABC, View):
    """A form that ends with somebody signed in, who then goes where they wanted to."""

    template = ""
    form: type[forms.Form] = SignInForm

    def get(self, request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, User) and not request.user.is_guest:
            return HttpResponseRedirect(_wanted(request, request.user))
        return self._page(request, self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = self.form(request.POST)
        if not asked.is_valid():
            return self._page(request, asked, status=400)
        try:
            _count(request, asked.cleaned_data["email"])
            user = self.admit(request, asked.cleaned_data)
        except Throttled as waiting:
            seconds = getattr(waiting, "wait", 60)
            asked.add_error(None, _("Too many tries. Wait %(seconds)s seconds.") % {"seconds": seconds})
            return self._page(request, asked, status=429)
        except DomainError as refusal:
            asked.add_error(None, _told(refusal))
            return self._page(request, asked, status=refusal.status)
        login(request, user, backend=BACKEND)
        return HttpResponseRedirect(_wanted(request, user))

    @abstractmethod
    def admit(self, request: HttpRequest, given: dict[str, Any]) -> User:
        """Who may come in; raises `DomainError` to refuse."""

    def _page(self, request: HttpRequest, form: forms.Form, status: int = 200) -> HttpResponse:
        wanted = request.POST.get("next") or request.GET.get("next") or ""
        return render(request, self.template, {"form": form, "next": wanted}, status=status)


class SignInPage(Door):
    template = "accounts/signin.html"

    def admit(self, request: HttpRequest, given: dict[str, Any]) -> User:
        return people.user_sign_in(email=given["email"], password=given["password"])


class RegisterPage(Door):
    """Makes an account, or gives the guest who is here one, so that nothing of theirs is lost."""

    template = "accounts/register.html"
    form = RegisterForm

    def admit(self, request: HttpRequest, given: dict[str, Any]) -> User:
        if isinstance(request.user, User) and request.user.is_guest:
            return people.guest_upgrade(user=request.user, now=now(), **given)
        language = Language.ZH if (get_language() or "").startswith("zh") else Language.EN
        return people.user_register(**given, language=language)


class SignOut(View):
    """Only by POST: a link from elsewhere signs nobody out."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        return HttpResponseRedirect("/signin/")


def _count(request: HttpRequest, email: str) -> None:
    """The limits of the API's doors: by network and by address."""
    spend(scope="login", ident=f"network:{network_of(request)}", closed=True)  # type: ignore[arg-type]
    spend(scope="login", ident=f"email:{email.lower()}", closed=True)


def _wanted(request: HttpRequest, user: User) -> str:
    """`next` if it is a page of ours, else where this person works."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/console/" if user.is_staff else "/studio/"


def _told(refusal: DomainError) -> str:
    known = {
        "wrong_credentials": _("The email address and the password do not belong together."),
        "email_taken": _("There is an account with this email address already. Sign in instead."),
        "limits_unavailable": _("This cannot be answered right now. Try again in a few seconds."),
    }
    return known.get(refusal.code, refusal.message)
