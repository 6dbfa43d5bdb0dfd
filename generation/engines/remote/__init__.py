"""Films by a service beyond this machine that speaks the `/v1/videos` of OpenAI, as sglang and others do.

Planning needs only the card of the service; the address and the key are the workers' (RW_REMOTE_URL, RW_REMOTE_KEY).
"""

VERSION = "1"
