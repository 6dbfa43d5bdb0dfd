"""Which handles can be had: they stand in addresses, so they are plain, and never look like us or like a page."""

import re

HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9]|-(?!-)){1,38}[a-z0-9]")
RESERVED = frozenset(
    """
    about account accounts admin administrator api app apps assets auth billing blog cdn console contact creator
    creators dashboard docs episode episodes explore feed following guest health healthz help home legal login logout
    mail me media metrics moderation moderator moderators new news notifications null official order orders owner packs
    password pay payment payments privacy readyz reelwright register root search security series settings shop signin
    signup staff static status store studio support system team terms test undefined upgrade user users wallet webhook
    webhooks www
    """.split()  # noqa: SIM905 - a list of words is read more easily like this
)


def problem_with(handle: str) -> str:
    """Why a handle cannot be had, or an empty text."""
    if not HANDLE.fullmatch(handle):
        return "Use 3 to 40 of a-z, 0-9 and single hyphens, with a letter or digit at both ends."
    if handle in RESERVED or handle.isdecimal():
        return "This handle is reserved."
    return ""
