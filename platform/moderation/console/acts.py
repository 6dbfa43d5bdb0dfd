"""Acts that are confirmed on a page of their own: take down, restore, appeals, reports, accounts' standing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from catalog.models import Episode
from common.errors import DomainError
from moderation import services
from moderation.console.forms import AppealForm, NeededNoteForm, ReasonForm
from moderation.console.pages import found_episode, moderator, page
from moderation.models import Appeal, Reason

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True)
class Act:
    """A question to confirm. `run` makes the one domain call, with what the form holds."""

    title: str
    about: str
    says: str
    button: str
    done: str
    back: str
    form: type[forms.Form]
    run: Callable[..., object]
    danger: bool = False
    template: str = "act"
    context: dict[str, Any] = field(default_factory=dict)


def confirm(request: HttpRequest, act: Act) -> HttpResponse:
    """Ask, then do it once; a refusal is shown where it was asked for, and nothing has changed."""
    form = act.form(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            act.run(by=moderator(request), now=timezone.now(), **form.cleaned_data)
        except DomainError as error:
            refused = error
        else:
            messages.success(request, act.done)
            return HttpResponseRedirect(act.back)
    status = refused.status if refused else 400 if form.is_bound else 200
    return page(
        request, act.template, title=act.title, status=status, act=act, form=form, refused=refused, **act.context
    )


def _episode_name(episode: Episode) -> str:
    return f"{episode.series.title} · {episode.number}"


def _episode_back(episode: Episode) -> str:
    return reverse("admin:catalog_episode_change", args=[episode.pk])


@get_or_post
def take_down(request: HttpRequest, uid: UUID) -> HttpResponse:
    episode = found_episode(uid)
    return confirm(request, Act(
        title=_("Take down"), about=_episode_name(episode), form=ReasonForm, danger=True, button=_("Take it down"),
        says=_("No list shows it any more and no new link opens it. Purchases stay. Its creator cannot bring it back."),
        done=_("Taken down: %(what)s") % {"what": _episode_name(episode)}, back=_episode_back(episode),
        run=lambda reason_code, **asked: services.episode_take_down(
            episode=episode, reason_code=Reason(reason_code), **asked
        ),
    ))


@get_or_post
def restore(request: HttpRequest, uid: UUID) -> HttpResponse:
    episode = found_episode(uid)
    return confirm(request, Act(
        title=_("Restore"), about=_episode_name(episode), form=NeededNoteForm, button=_("Show it again"),
        says=_("It is shown again at once, or at its release if that lies ahead."),
        done=_("Restored: %(what)s") % {"what": _episode_name(episode)}, back=_episode_back(episode),
        run=lambda **asked: services.episode_restore(episode=episode, **asked),
    ))


@get_or_post
def appeal(request: HttpRequest, uid: UUID) -> HttpResponse:
    rows = Appeal.objects.select_related("review__episode__series__creator", "review__decided_by", "appellant")
    found = get_object_or_404(rows, uid=uid)
    return confirm(request, Act(
        title=_("Appeal"), about=_episode_name(found.review.episode), form=AppealForm, button="", says="",
        done=_("Decided: the appeal about %(what)s") % {"what": _episode_name(found.review.episode)},
        back=reverse("admin:moderation_appeal_changelist"), template="appeal", context={"appeal": found},
        run=lambda outcome, **asked: services.appeal_decide(appeal=found, outcome=Appeal.Status(outcome), **asked),
    ))


def _standing(
    request: HttpRequest, uid: UUID, service: Callable[..., User], *, title: str, says: str, danger: bool
) -> HttpResponse:
    person = get_object_or_404(User, uid=uid)
    return confirm(request, Act(
        title=title, about=str(person), says=says, button=title, danger=danger, form=NeededNoteForm,
        done=_("Done: %(what)s") % {"what": title}, back=reverse("admin:accounts_user_change", args=[person.pk]),
        run=lambda **asked: service(user=person, **asked),
    ))


@get_or_post
def close_account(request: HttpRequest, uid: UUID) -> HttpResponse:
    says = _("Nobody gets in with it, and every session and token of it ends. What it bought and made stays.")
    return _standing(request, uid, services.account_close, title=_("Close the account"), says=says, danger=True)


@get_or_post
def reopen_account(request: HttpRequest, uid: UUID) -> HttpResponse:
    says = _("Its owner can sign in again. What was signed in before stays signed out.")
    return _standing(request, uid, services.account_reopen, title=_("Open the account again"), says=says, danger=False)


@get_or_post
def appoint(request: HttpRequest, uid: UUID) -> HttpResponse:
    says = _("This person will see the whole console and decide reviews.")
    return _standing(request, uid, services.moderator_appoint, title=_("Make a moderator"), says=says, danger=False)


@get_or_post
def dismiss(request: HttpRequest, uid: UUID) -> HttpResponse:
    says = _("This person loses the console at once.")
    return _standing(request, uid, services.moderator_dismiss, title=_("Dismiss as moderator"), says=says, danger=True)
