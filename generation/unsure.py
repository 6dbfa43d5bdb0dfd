"""The console's page on which a person says what became of a job at the video service that nobody could account for."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.console import may_enter
from common.errors import DomainError
from generation import remote
from generation.models import RemoteJob, Step
from generation.parked import MAX_NOTE
from generation.scheduler import control


class SettleForm(forms.Form):
    remote_id = forms.CharField(
        label=gettext_lazy("The service's id of the job; empty if it never received it"), max_length=400,
        required=False, strip=True,
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=MAX_NOTE, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )


def settle_page(request: HttpRequest, pk: int, table: admin.ModelAdmin[RemoteJob]) -> HttpResponse:
    """GET asks, POST settles the job and puts its step back to work; the log entry says who and why."""
    if not may_enter(request):
        raise PermissionDenied
    job = get_object_or_404(RemoteJob.objects.select_related("step"), pk=pk)
    back = reverse("admin:generation_remotejob_change", args=[job.pk])
    form = SettleForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            remote.settle(job=job, remote_id=form.cleaned_data["remote_id"])
        except DomainError as error:
            refused = error
        else:
            became = job.remote_id or "never received"
            table.log_change(request, job, f"Settled as {became}. Why: {form.cleaned_data['note']}")
            _go_on(request, job.step)
            return HttpResponseRedirect(back)
    return _asked(request, job, form, refused, back)


def _go_on(request: HttpRequest, step: Step) -> None:
    """The step that was parked over it; one that nobody wants any more stays as it is."""
    try:
        renders = control.parked_retry(step=step, now=timezone.now())
    except DomainError as error:
        messages.info(request, error.message)
    else:
        messages.success(request, _("It is tried again; renders that go on: %(number)d") % {"number": len(renders)})


def _asked(
    request: HttpRequest, job: RemoteJob, form: SettleForm, refused: DomainError | None, back: str
) -> HttpResponse:
    act = {
        "title": _("Say what became of it"), "about": f"{job.service} {job.token}", "button": _("Settle"), "back": back,
        "says": _("Look for the job at the service, by its time and words: one that is made anew is paid for anew."),
    }  # fmt: skip
    context = admin.site.each_context(request) | {"title": act["title"], "act": act, "form": form, "refused": refused}
    status = refused.status if refused else 400 if form.is_bound else 200
    return TemplateResponse(request, "moderation/console/act.html", context, status=status)
