"""The review page, and what is common to every page of the console that is ours."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from catalog.models import Episode
from common.errors import DomainError, NotFound
from moderation import selectors, services
from moderation.console import evidence as shown
from moderation.console import queue
from moderation.console.forms import NoteForm, ReasonForm, reasons
from moderation.models import Finding, Reason, Review
from moderation.previews import review_preview


def moderator(request: HttpRequest) -> User:
    """Who asks; `admin_view` has let nobody but moderators in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def page(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> TemplateResponse:
    """One of our templates inside the console's frame."""
    frame = admin.site.each_context(request) | {"title": title} | context
    return TemplateResponse(request, f"moderation/console/{template}.html", frame, status=status)


def found_review(uid: UUID) -> Review:
    try:
        return selectors.review_by_uid(uid)
    except NotFound as missing:
        raise Http404 from missing


def found_episode(uid: UUID) -> Episode:
    try:
        return selectors.episode_by_uid(uid)
    except NotFound as missing:
        raise Http404 from missing


@require_GET
def review_next(request: HttpRequest) -> HttpResponse:
    """To the review that waits longest; to the queue if none does."""
    return _go_on(None)


@require_GET
def review_one(request: HttpRequest, uid: UUID) -> HttpResponse:
    return _review_page(request, found_review(uid))


@require_POST
def review_approve(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = found_review(uid), NoteForm(request.POST)
    if not form.is_valid():
        return _review_page(request, review, form=form, status=400)
    try:
        services.review_approve(review=review, by=moderator(request), now=timezone.now(), **form.cleaned_data)
    except DomainError as refused:
        return _review_page(request, found_review(uid), form=form, refused=refused, status=refused.status)
    messages.success(request, _("Approved: %(what)s") % {"what": _name(review)})
    return _go_on(review)


@require_POST
def review_reject(request: HttpRequest, uid: UUID) -> HttpResponse:
    review, form = found_review(uid), ReasonForm(request.POST)
    if not form.is_valid():
        return _review_page(request, review, form=form, status=400)
    asked = {"reason_code": Reason(form.cleaned_data["reason_code"]), "note": form.cleaned_data["note"]}
    try:
        services.review_reject(review=review, by=moderator(request), now=timezone.now(), **asked)
    except DomainError as refused:
        return _review_page(request, found_review(uid), form=form, refused=refused, status=refused.status)
    messages.success(request, _("Rejected: %(what)s") % {"what": _name(review)})
    return _go_on(review)


def _go_on(review: Review | None) -> HttpResponseRedirect:
    following = queue.next_after(review)
    if following is None:
        return HttpResponseRedirect(reverse("admin:moderation_review_changelist"))
    return HttpResponseRedirect(reverse("console-review", args=[following]))


def _name(review: Review) -> str:
    return f"{review.episode.series.title} · {review.episode.number}"


def _review_page(
    request: HttpRequest, review: Review, *, form: Any = None, refused: DomainError | None = None, status: int = 200
) -> TemplateResponse:
    now = timezone.now()
    return page(
        request, "review", title=_name(review), status=status, review=review, episode=review.episode,
        preview=review_preview(master=review.master, by=moderator(request), now=now),
        place=queue.place_of(review), waiting_since=queue.waiting_since(review),
        earlier=selectors.earlier_decisions(review), creator_history=queue.history_of_creator(review),
        form=form or ReasonForm(), reasons=list(enumerate(reasons(), start=1)),
        picked=form.data.get("reason_code", "") if form else "", note=form.data.get("note", "") if form else "",
        refused=refused, words=_words(), **_evidence(review, now),
    )


def _evidence(review: Review, now: datetime) -> dict[str, Any]:
    evidence = review.master.evidence if isinstance(review.master.evidence, dict) else {}
    findings = list(review.findings.all())
    text, field = shown.screenplay_text(evidence)
    rows = shown.shots(evidence, findings)
    script = shown.script_lines(text, [one for one in findings if one.place == field])
    return {
        "script": script, "shots": rows, "facts": shown.facts(evidence),
        "findings": shown.finding_rows(findings, script, rows),
        "blocked": any(one.severity == Finding.Severity.BLOCK for one in findings),
        "film_ms": max(review.master.duration_ms, sum(row.duration_ms for row in rows), 1),
    }


def _words() -> dict[str, str]:
    """What the page's script says, in the reader's language."""
    return cast("dict[str, str]", {
        "broken": _("The film does not load. Its link may have run out: load the page again."),
        "note_needed": _("A finding stands against this. Say in the note why it may pass, then approve."),
        "sure": _("Press Enter to approve, Esc to go back."),
        "choose": _("Choose a reason with its number, then press Enter in the note or the button."),
    })
