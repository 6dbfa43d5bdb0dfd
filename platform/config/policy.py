"""What a browser may load on our pages."""


def content_policy(*, media_origins: list[str]) -> dict[str, dict[str, list[str]]]:
    """django-csp's setting: nothing inline, nothing from elsewhere but media from `media_origins` (a CDN, a bucket).

    A view that needs more says so with django-csp's decorators, where a reader of the view sees it.
    """
    return {
        "DIRECTIVES": {
            "default-src": ["'self'"],
            "img-src": ["'self'", "data:", "blob:"],
            "media-src": ["'self'", "blob:", *media_origins],
            "connect-src": ["'self'", *media_origins],
            "object-src": ["'none'"],
            "base-uri": ["'none'"],
            "form-action": ["'self'"],
            "frame-ancestors": ["'none'"],
        }
    }
