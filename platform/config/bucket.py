"""How long the bucket may take."""

from typing import Any


def client_config(addressing_style: str) -> Any:
    """A botocore `Config`. Its own patience is a minute a try, five tries: a request cannot wait for that.

    Big objects come and go in pieces, and the time counts anew with every byte that moves.
    """
    from botocore.config import Config  # a laptop with a local disk never loads it

    return Config(
        s3={"addressing_style": addressing_style}, signature_version="s3v4", connect_timeout=2, read_timeout=10,
        retries={"mode": "standard", "total_max_attempts": 3},
        # what comes back is checked against the sha256 that was stored; without this every read costs a HEAD as well
        response_checksum_validation="when_required",
    )
