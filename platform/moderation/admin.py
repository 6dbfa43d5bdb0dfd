"""Moderation's tables in the console: the queue, reports, appeals, the trail. What decides are `moderation.console`'s
pages, which these lists lead to."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.console import ConsoleAdmin, column
from catalog.admin import length
from moderation.console import queue
from moderation.console.pages import moderator
from moderation.console.trail import with_names
from moderation.console.words import span
from moderation.models import Appeal, AuditEntry, Report, Review
from moderation.previews import review_poster

COLOURS = {
    "approved": "success", "rejected": "danger", "pending": "info", "open": "info", "upheld": "danger",
    "dismissed": "success", "granted": "success",
}


ACTION_COLOURS = {
    "review_approved": "success", "review_rejected": "warning", "episode_taken_down": "danger",
    "episode_restored": "success", "account_closed": "danger", "account_reopened": "success",
    "review_opened": "info", "appeal_made": "info",
}


class StatusTab(admin.SimpleListFilter):
    """What waits is shown unless something else is asked for."""

    title = _("Status")
    parameter_name = "status"
    everything = "all"
    first = ""
    choices_of: list[tuple[str, str]] = []

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(value, _now(label)) for value, label in self.choices_of] + [(self.everything, _("All"))]

    def choices(self, changelist: Any) -> Any:
        for value, title in self.lookup_choices:
            chosen = (self.value() or self.first) == value
            yield {"selected": chosen, "query_string": changelist.get_query_string({"status": value}), "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value() or self.first
        return queryset if wanted == self.everything else queryset.filter(status=wanted)


class ReviewStatus(StatusTab):
    first = Review.Status.PENDING
    choices_of = [("pending", "Waiting"), ("approved", "Approved"), ("rejected", "Rejected")]


class AppealStatus(StatusTab):
    first = Appeal.Status.OPEN
    choices_of = [("open", "Open"), ("granted", "Granted"), ("upheld", "Upheld")]


class ToOwnPage(ChangeList):
    """A row leads to the page that decides, not to a form. `tabs` are the choices of the first filter."""

    @property
    def tabs(self) -> list[Any]:
        return list(self.filter_specs[0].choices(self)) if self.filter_specs else []

    def url_for_result(self, result: Any) -> str:
        lists: Any = self.model_admin
        url: str = lists.own_page(result)
        return url


class QueueList(ToOwnPage):
    """Its rows carry the signed address of their poster, as `poster`."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        now = timezone.now()
        for review in self.result_list:
            review.poster = review_poster(master=review.master, by=moderator(request), now=now)


class LeadsOn(ConsoleAdmin):
    """A list whose rows are opened on one of our pages, by uid."""

    own_view = ""
    list_before_template: str | None = "moderation/console/tabs.html"

    def own_page(self, row: Any) -> str:
        return reverse(self.own_view, args=[row.uid])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ToOwnPage

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        found = self.get_object(request, object_id)
        if found is None or not self.has_view_permission(request, found):
            answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
            return answer
        return HttpResponseRedirect(self.own_page(found))


@admin.register(Review)
class ReviewAdmin(LeadsOn):
    own_view = "console-review"
    list_display = ("what", "film_length", "waiting", "findings")
    list_filter = (ReviewStatus, "reason_code")
    list_per_page = 25
    ordering = ("uid",)
    find_uids = ("uid", "episode__uid")
    search_help_text = _("An id, of the review or its episode")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        return queue.with_findings(super().get_queryset(request).select_related("decided_by"))

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """In the queue nobody has decided yet: those columns would only be empty."""
        waiting = request.GET.get("status", ReviewStatus.first) == ReviewStatus.first
        return self.list_display if waiting else (*self.list_display, "state", "decided_by")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QueueList

    @column(header=True, description=_("Episode"))
    def what(self, review: Any) -> list[Any]:
        episode = review.episode
        picture = {"path": review.poster, "width": 40, "height": 71, "squared": True, "borderless": True}
        name = f"{episode.series.title} · {episode.number}"
        about = " · ".join(one for one in (episode.series.creator.name, episode.title) if one)
        return [name, about, "", picture]

    @column(description=_("Length"))
    def film_length(self, review: Review) -> str:
        return length(review.master.duration_ms)

    @column(description=_("Waiting"), ordering="uid")
    def waiting(self, review: Review) -> str:
        return span((review.decided_at or timezone.now()) - queue.waiting_since(review))

    @column(description=_("Findings"))
    def findings(self, review: Any) -> str:
        marks = [("block", review.blocks), ("warning", review.warnings)]
        shown = [(kind, kind, number) for kind, number in marks if number]
        return format_html_join("", '<span class="cn-mark cn-{}" title="{}">{}</span>', shown) or "–"

    @column(label=COLOURS, description=_("Status"))
    def state(self, review: Review) -> tuple[str, str]:
        return review.status, _now(review.get_status_display())


@admin.register(Report)
class ReportAdmin(LeadsOn):
    """Every report that ever came, one a row; the open ones are grouped by episode on their own page."""

    list_display = ("what", "reason", "note_start", "state", "reporter", "created_at")
    list_filter = ("status", "reason_code")
    list_select_related = ("episode__series", "reporter")
    list_before_template = None
    find_uids = ("uid", "episode__uid", "reporter__uid")
    search_help_text = _("An id, of the report, its episode or the viewer")

    def own_page(self, row: Report) -> str:
        return reverse("console-reports-of", args=[row.episode.uid])

    @column(header=True, description=_("Episode"))
    def what(self, report: Report) -> list[str]:
        return [f"{report.episode.series.title} · {report.episode.number}", str(report.uid)]

    @column(description=_("Reason"))
    def reason(self, report: Report) -> str:
        return _now(report.get_reason_code_display())

    @column(description=_("Note"))
    def note_start(self, report: Report) -> str:
        return report.note[:80] or "–"

    @column(label=COLOURS, description=_("Status"))
    def state(self, report: Report) -> tuple[str, str]:
        return report.status, _now(report.get_status_display())


@admin.register(Appeal)
class AppealAdmin(LeadsOn):
    own_view = "console-appeal"
    list_display = ("what", "creator", "text_start", "rejected_for", "state", "created_at")
    list_filter = (AppealStatus,)
    list_select_related = ("review__episode__series__creator",)
    ordering = ("uid",)
    find_uids = ("uid", "review__uid")

    @column(header=True, description=_("Episode"))
    def what(self, appeal: Appeal) -> list[str]:
        return [f"{appeal.review.episode.series.title} · {appeal.review.episode.number}", str(appeal.uid)]

    @column(description=_("Creator"))
    def creator(self, appeal: Appeal) -> str:
        return appeal.review.episode.series.creator.name

    @column(description=_("Appeal"))
    def text_start(self, appeal: Appeal) -> str:
        return appeal.text[:100]

    @column(description=_("Rejected for"))
    def rejected_for(self, appeal: Appeal) -> str:
        return _now(appeal.review.get_reason_code_display()) if appeal.review.reason_code else "–"

    @column(label=COLOURS, description=_("Status"))
    def state(self, appeal: Appeal) -> tuple[str, str]:
        return appeal.status, _now(appeal.get_status_display())


class TrailList(ChangeList):
    """Its rows know the names behind the ids they hold, as far as those are still there: two more queries a page."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = with_names(self.result_list)


@admin.register(AuditEntry)
class AuditEntryAdmin(ConsoleAdmin):
    list_display = ("when", "act", "who", "about", "reason")
    list_filter = ("action", "at")
    ordering = ("-at",)
    find_uids = ("uid", "episode_uid", "review_uid", "actor", "person")
    search_help_text = _("An id: of an episode, a review, or the subject of a person")
    fields = ("uid", "at", "action", "actor", "episode_uid", "review_uid", "person", "details")
    readonly_fields = fields

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return TrailList

    @column(description=_("When"), ordering="at")
    def when(self, entry: AuditEntry) -> str:
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M}"

    @column(label=ACTION_COLOURS, description=_("Action"), ordering="action")
    def act(self, entry: AuditEntry) -> tuple[str, str]:
        return entry.action, _now(entry.get_action_display())

    @column(description=_("Who"))
    def who(self, entry: Any) -> str:
        return entry.names.who or _now("The machine") if entry.actor is None else entry.names.who or str(entry.actor)

    @column(description=_("About"))
    def about(self, entry: Any) -> str:
        return entry.names.about or str(entry.episode_uid or entry.person or "–")

    @column(description=_("Reason"))
    def reason(self, entry: AuditEntry) -> str:
        note = str(entry.data.get("note") or "")
        return " · ".join(one for one in (str(entry.data.get("reason_code") or ""), note[:80]) if one) or "–"

    @column(description=_("Details"))
    def details(self, entry: AuditEntry) -> str:
        return format_html("<pre class='cn-json'>{}</pre>", json.dumps(entry.data, indent=1, ensure_ascii=False))
