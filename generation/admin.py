"""Looking at the work from the console. Nothing is changed by a form; what is parked can be retried (`parked`)."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin, ConsoleInline, column
from generation.models import ComputeAccount, ComputeEntry, RemoteJob, Render, RenderStep, Step, StepAttempt
from generation.parked import retry_page
from generation.unsure import settle_page

COLOURS = {
    "done": "success", "running": "info", "leased": "info", "failed": "danger", "lost": "warning",
    "cancelled": "warning", "paused": "warning", "submitted": "info", "unsure": "danger", "cancelling": "warning",
}


class StepsInline(ConsoleInline):
    """A render's steps in its own order."""

    model = RenderStep
    verbose_name_plural = _("Steps")
    fields = ("label", "kind", "status", "attempts", "seconds", "reused", "error", "open_step")
    readonly_fields = fields
    ordering = ("position",)
    per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[RenderStep]:
        rows: QuerySet[RenderStep] = super().get_queryset(request)
        return rows.select_related("step").defer("step__spec")

    @column(description=_("Kind"))
    def kind(self, link: RenderStep) -> str:
        return link.step.kind

    @column(label=COLOURS, description=_("Status"))
    def status(self, link: RenderStep) -> tuple[str, str]:
        return link.step.status, link.step.get_status_display()

    @column(description=_("Attempts"))
    def attempts(self, link: RenderStep) -> int:
        return link.step.attempt

    @column(description=_("Seconds"))
    def seconds(self, link: RenderStep) -> str:
        return "–" if link.step.seconds is None else f"{link.step.seconds:.1f}"

    @column(description=_("Error"))
    def error(self, link: RenderStep) -> str:
        return f"{link.step.error_code}: {link.step.error_message}" if link.step.error_code else "–"

    @column(description="")
    def open_step(self, link: RenderStep) -> str:
        url = reverse("admin:generation_step_change", args=[link.step_id])
        return format_html('<a href="{}" class="text-primary-600 dark:text-primary-500">{}</a>', url, _("Attempts"))


class AttemptsInline(ConsoleInline):
    model = StepAttempt
    fields = ("attempt", "outcome", "worker", "started_at", "ended_at", "cost_micros", "error_code", "error_message")
    readonly_fields = fields
    ordering = ("attempt",)


@admin.register(Render)
class RenderAdmin(ConsoleAdmin):
    list_display = ("name", "profile", "status_label", "progress", "error_code", "created_at", "finished_at")
    list_filter = ("status", "profile")
    list_select_related = ("episode__series",)
    find_uids = ("uid", "episode__uid")
    search_help_text = _("An id, of the render or its episode")
    fields = (
        "uid", "episode", "creator", "requested_by", "kind", "profile", "status", "pause_reason", "progress",
        "error_code", "error_message", "error_remedy", "final_key", "created_at", "started_at", "finished_at",
    )
    readonly_fields = fields
    inlines = (StepsInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Render]:
        rows: QuerySet[Render] = super().get_queryset(request)
        return rows.defer("brief")

    @column(header=True, description=_("Render"))
    def name(self, render: Render) -> tuple[str, str]:
        return f"{render.episode.series.title} · {render.episode.number}", str(render.uid)

    @column(label=COLOURS, description=_("Status"))
    def status_label(self, render: Render) -> tuple[str, str]:
        return render.status, render.get_status_display()

    @column(description=_("Progress"))
    def progress(self, render: Render) -> str:
        return f"{render.percent:.0f} %"


@admin.register(Step)
class StepAdmin(ConsoleAdmin):
    """Filter by failed to see what is parked: the reason, every attempt with its raw error, and the way to retry."""

    change_form_outer_before_template = "generation/console/step_acts.html"
    list_display = ("short_key", "kind", "queue", "status_label", "attempt", "tries", "worker", "error", "finished_at")
    list_filter = ("status", "kind", "queue")
    find_texts = ("key",)
    search_help_text = _("A key as a whole")
    fields = (
        "key", "creator", "kind", "queue", "lane", "status", "pending", "estimated_seconds", "seconds", "attempt",
        "tries", "worker", "leased_at", "lease_expires_at", "ready_at", "finished_at", "error_code", "error_message",
        "error_remedy",
    )
    readonly_fields = fields
    inlines = (AttemptsInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Step]:
        rows: QuerySet[Step] = super().get_queryset(request)
        return rows.defer("spec")

    def get_urls(self) -> list[URLPattern]:
        retry = path("<int:pk>/retry/", self.admin_site.admin_view(self.retry), name="generation_step_retry")
        urls: list[URLPattern] = super().get_urls()
        return [retry, *urls]

    def retry(self, request: HttpRequest, pk: int) -> HttpResponse:
        return retry_page(request, pk, self)

    @column(description=_("Key"))
    def short_key(self, step: Step) -> str:
        return step.key[:12]

    @column(label=COLOURS, description=_("Status"))
    def status_label(self, step: Step) -> tuple[str, str]:
        return step.status, step.get_status_display()

    @column(description=_("Error"))
    def error(self, step: Step) -> str:
        return f"{step.error_code}: {step.error_message}" if step.error_code else "–"


@admin.register(StepAttempt)
class StepAttemptAdmin(ConsoleAdmin):
    list_display = ("step_key", "attempt", "outcome_label", "worker", "started_at", "ended_at", "cost_micros", "error")
    list_filter = ("outcome",)
    fields = (
        "step", "attempt", "outcome", "worker", "started_at", "ended_at", "cost_micros", "error_code", "error_message",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[StepAttempt]:
        rows: QuerySet[StepAttempt] = super().get_queryset(request)
        return rows.select_related("step").defer("step__spec")

    @column(description=_("Step"))
    def step_key(self, attempt: StepAttempt) -> str:
        return f"{attempt.step.kind} {attempt.step.key[:12]}"

    @column(label=COLOURS, description=_("Outcome"))
    def outcome_label(self, attempt: StepAttempt) -> tuple[str, str]:
        return attempt.outcome, attempt.get_outcome_display()

    @column(description=_("Error"))
    def error(self, attempt: StepAttempt) -> str:
        return f"{attempt.error_code}: {attempt.error_message}" if attempt.error_code else "–"


@admin.register(ComputeAccount)
class ComputeAccountAdmin(ConsoleAdmin):
    """Read only: owners set their cap, and `compute_audit` proves the figures."""

    list_display = ("creator", "spent_micros", "held_micros", "cap_micros", "capped", "updated_at")
    list_filter = ("capped",)
    list_select_related = ("creator",)
    ordering = ("-pk",)
    find_uids = ("creator__uid",)
    search_help_text = _("The id of a studio account")
    fields = (
        "creator", "spent_micros", "held_micros", "cap_micros", "counted_from_micros", "capped", "weight",
        "max_running", "created_at", "updated_at",
    )
    readonly_fields = fields


@admin.register(ComputeEntry)
class ComputeEntryAdmin(ConsoleAdmin):
    list_display = ("studio", "kind_label", "held_micros", "spent_micros", "step_key", "attempt", "created_at")
    list_filter = ("kind",)
    find_uids = ("account__creator__uid", "render__uid")
    search_help_text = _("An id, of the studio account or the render")
    fields = (
        "account", "kind", "held_micros", "spent_micros", "render", "item", "step", "attempt", "created_at",
    )
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ComputeEntry]:
        rows: QuerySet[ComputeEntry] = super().get_queryset(request)
        return rows.select_related("account__creator", "step").defer("step__spec")

    @column(description=_("Studio"))
    def studio(self, entry: ComputeEntry) -> str:
        return entry.account.creator.name

    @column(label={"hold": "info", "settle": "success", "release": "warning"}, description=_("Kind"))
    def kind_label(self, entry: ComputeEntry) -> tuple[str, str]:
        return entry.kind, entry.get_kind_display()

    @column(description=_("Step"))
    def step_key(self, entry: ComputeEntry) -> str:
        return f"{entry.step.kind} {entry.step.key[:12]}" if entry.step else "–"


@admin.register(RemoteJob)
class RemoteJobAdmin(ConsoleAdmin):
    change_form_outer_before_template = "generation/console/job_acts.html"
    list_display = ("name", "state_label", "remote_id", "asked_at", "ended_at", "why")
    list_filter = ("state", "service")
    find_texts = ("remote_id",)
    search_help_text = _("The service's id of a job, as a whole")
    fields = ("step", "attempt", "service", "token", "state", "remote_id", "why", "asked_at", "ended_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[RemoteJob]:
        rows: QuerySet[RemoteJob] = super().get_queryset(request)
        return rows.select_related("step").defer("step__spec")

    def get_urls(self) -> list[URLPattern]:
        settle = path("<int:pk>/settle/", self.admin_site.admin_view(self.settle), name="generation_remotejob_settle")
        urls: list[URLPattern] = super().get_urls()
        return [settle, *urls]

    def settle(self, request: HttpRequest, pk: int) -> HttpResponse:
        return settle_page(request, pk, self)

    @column(header=True, description=_("Job"))
    def name(self, job: RemoteJob) -> tuple[str, str]:
        return f"{job.step.kind} {job.step.key[:12]}", str(job.token)

    @column(label=COLOURS, description=_("Status"))
    def state_label(self, job: RemoteJob) -> tuple[str, str]:
        return job.state, job.get_state_display()
