"""The console's page that puts a parked step back to work: asked for with a reason, done once, kept on record."""

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
from generation.models import Step
from generation.scheduler import control

MAX_NOTE = 1000


class RetryForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Why"), max_length=MAX_NOTE, strip=True, widget=forms.Textarea(attrs={"rows": 3})
    )


def retry_page(request: HttpRequest, pk: int, table: admin.ModelAdmin[Step]) -> HttpResponse:
    """GET asks, POST does it: the renders that failed with the step go on, and the log entry says who and why."""
    if not may_enter(request):
        raise PermissionDenied
    step = get_object_or_404(Step.objects.defer("spec"), pk=pk)
    back = reverse("admin:generation_step_change", args=[step.pk])
    form = RetryForm(request.POST if request.method == "POST" else None)
    refused: DomainError | None = None
    if form.is_valid():
        try:
            renders = control.parked_retry(step=step, now=timezone.now())
        except DomainError as error:
            refused = error
        else:
            uids = ", ".join(str(render.uid) for render in renders)
            table.log_change(request, step, f"Retried, with renders {uids}. Why: {form.cleaned_data['note']}")
            messages.success(request, _("It is tried again; renders that go on: %(number)d") % {"number": len(renders)})
            return HttpResponseRedirect(back)
    return _asked(request, step, form, refused, back)


def _asked(
    request: HttpRequest, step: Step, form: RetryForm, refused: DomainError | None, back: str
) -> HttpResponse:
    act = {
        "title": _("Try it again"), "about": f"{step.kind} {step.key[:12]}", "button": _("Try it again"), "back": back,
        "says": _("The renders that failed with this step go on, on their creator's account."),
    }
    context = admin.site.each_context(request) | {"title": act["title"], "act": act, "form": form, "refused": refused}
    status = refused.status if refused else 400 if form.is_bound else 200
    return TemplateResponse(request, "moderation/console/act.html", context, status=status)
