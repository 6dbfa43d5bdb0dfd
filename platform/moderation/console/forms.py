"""What moderators fill in. The bounds are those of the API's own shapes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from moderation.models import Appeal, Reason, Report


def reasons() -> list[tuple[str, str]]:
    return [(value, gettext(label)) for value, label in Reason.choices]


def _note(most: int, *, needed: bool = False) -> forms.CharField:
    return forms.CharField(
        label=_("Why") if needed else _("Note"), max_length=most, required=needed, strip=True,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class NoteForm(forms.Form):
    note = _note(2000)


class NeededNoteForm(forms.Form):
    note = _note(1000, needed=True)


class ReasonForm(forms.Form):
    """`other` says nothing by itself, so it needs a note."""

    reason_code = forms.ChoiceField(label=_("Reason"), choices=reasons, widget=forms.RadioSelect)
    note = _note(1000)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("reason_code") == Reason.OTHER and not given.get("note"):
            self.add_error("note", gettext("Say what it is."))
        return given


class ReportsForm(forms.Form):
    """`seen` is when the page was made: reports that came later stay open."""

    TAKE_DOWN = "take_down"
    answer = forms.ChoiceField(
        choices=[(Report.Status.DISMISSED, ""), (Report.Status.UPHELD, ""), (TAKE_DOWN, "")]
    )
    reason_code = forms.ChoiceField(label=_("Reason"), choices=reasons, required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput)
    note = _note(1000)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("answer") == self.TAKE_DOWN and not given.get("reason_code"):
            self.add_error("reason_code", gettext("Choose a reason."))
        return given


class AppealForm(forms.Form):
    outcome = forms.ChoiceField(choices=[(Appeal.Status.GRANTED, ""), (Appeal.Status.UPHELD, "")])
    note = _note(1000, needed=True)
