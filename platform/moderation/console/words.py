"""Codes and times in words, in the reader's language."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as words

FINDINGS = {
    "too_short": words("Shorter than episodes are"),
    "too_long": words("Longer than episodes are"),
    "consent_missing": words("A real person without consent on record"),
    "consent_revoked": words("A consent was taken back"),
    "licence_missing": words("A model without a licence on record"),
    "licence_not_for_sale": words("A licence that forbids selling"),
    "minors_sexual": words("Minors in a sexual setting"),
    "terror_praise": words("Praise of terror"),
    "self_harm_method": words("A way to harm oneself"),
    "weapon_recipe": words("How to make a weapon or drug"),
    "hate": words("Hateful words"),
    "sexual_explicit": words("Explicit sexual words"),
    "gore": words("Gore"),
    "profanity": words("Strong language"),
    "off_platform": words("Leads viewers off the platform"),
    "drugs_trade": words("Dealing in drugs"),
}
# no model has labels in two languages; these are theirs, so that makemessages finds them
LABELS = (
    words("Pending"), words("Approved"), words("Rejected"), words("Draft"), words("In Review"), words("Scheduled"),
    words("Published"), words("Withdrawn"), words("Open"), words("Upheld"), words("Dismissed"), words("Granted"),
    words("Info"), words("Warning"), words("Block"), words("Waiting"), words("Review opened"),
    words("Review approved"), words("Review rejected"), words("Episode taken down"), words("Episode restored"),
    words("Appeal made"), words("Appeal granted"), words("Appeal turned down"), words("Reports upheld"),
    words("Reports dismissed"), words("Account closed"), words("Account reopened"), words("Moderator appointed"),
    words("Moderator dismissed"), words("Minors in a sexual or harmful setting"),
    words("Sexual content beyond the rating"), words("Violence beyond the rating"), words("Hate or harassment"),
    words("Self-harm"), words("Instructions for harm"), words("A face or voice without consent"),
    words("Copyright or licence"), words("Misleading or fraudulent"), words("Wrong maturity rating"),
    words("Broken picture, sound or captions"), words("Advertising or contact bait"),
    words("Something else: see the note"), words("A finding stands against this."),
    words("Reject it, or say in the note why it may pass."), words("This review has been decided already."),
    words("Another master is under review by now."), words("These reports have been answered already."),
    words("This appeal has been decided already."), words("A newer version has been submitted since."),
    words("You made this decision: somebody else has to look at it."), words("This account is closed already."),
    words("This account is open already."), words("You may not change the standing of this account."),
    words("The episode's status has changed in the meantime."), words("Load it again and decide anew."),
)


def finding_label(code: str) -> str:
    """What a check means; its bare code if it is one that this list does not know."""
    return gettext(FINDINGS[code]) if code in FINDINGS else code.replace("_", " ").capitalize()


def span(time: timedelta) -> str:
    """A time in its largest unit: `<1 min`, `12 min`, `3 h`, `5 d`."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return gettext("<1 min")
    if minutes < 60:
        return gettext("%d min") % minutes
    if minutes < 60 * 48:
        return gettext("%d h") % (minutes // 60)
    return gettext("%d d") % (minutes // (60 * 24))
