"""What an S3 server and its client libraries complain of, in words for people. Imported only where a bucket is used."""

from __future__ import annotations

from media.errors import NoSuchObject, StoreFault

BUSY = StoreFault("The bucket asks to slow down.", code="store_busy", remedy="It is tried again by itself.")
NO_BUCKET = StoreFault(
    "The bucket does not exist.", code="store_no_bucket", remedy="Create it, or correct S3_BUCKET; work waits for it."
)
CREDENTIALS = StoreFault(
    "The credentials of the bucket have expired or are not there.", code="store_credentials",
    remedy="Renew S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY, or the machine's role; work waits for it.",
)
DENIED = StoreFault(
    "The bucket refuses us.", code="store_denied",
    remedy="Check the keys and their policy (Get, Put, Delete, List, AbortMultipartUpload) and this machine's clock.",
)
GONE = frozenset({"NoSuchKey", "404", "InvalidRange", "416", "PreconditionFailed", "412", "NoSuchUpload"})
CODES = {
    **dict.fromkeys(("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "429", "503"), BUSY),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "InvalidToken"), CREDENTIALS),
    **dict.fromkeys(("AccessDenied", "AllAccessDisabled", "InvalidAccessKeyId", "SignatureDoesNotMatch"), DENIED),
    **dict.fromkeys(("RequestTimeTooSkewed", "AccountProblem", "401", "403"), DENIED),
    "NoSuchBucket": NO_BUCKET,
}


def said(error: Exception) -> NoSuchObject | StoreFault | None:
    """The error to raise instead; None for one that is not the store's (the program's own, a full disk, ours already).

    An object that is shorter than expected (416), or was replaced while it was read (412), is not the one that was put:
    for us it is gone.
    """
    from boto3.exceptions import Boto3Error
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, ParamValidationError
    from s3transfer.exceptions import RetriesExceededError

    if isinstance(error, ClientError):
        return _answered(error)
    if isinstance(error, ParamValidationError):
        return None
    if isinstance(error, BotoCoreError) and "redential" in type(error).__name__ + str(error):
        return _like(CREDENTIALS)
    if isinstance(error, (BotoCoreError, HTTPClientError, Boto3Error, RetriesExceededError, ConnectionError)):
        return StoreFault(f"The bucket does not answer ({type(error).__name__}).")
    return None


def _answered(error: object) -> NoSuchObject | StoreFault:
    response: dict[str, dict[str, object]] = error.response  # type: ignore[attr-defined]
    code = str(response.get("Error", {}).get("Code", ""))
    status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    if code in GONE:
        return NoSuchObject()
    known = CODES.get(code) or CODES.get(status)
    if known is not None:
        return _like(known)
    return StoreFault(f"The bucket answers with an error ({code or status}).")


def _like(fault: StoreFault) -> StoreFault:
    """A fresh exception: one that is raised twice would carry the first one's trace.

    What the server said stays with the cause, for the log: viewers read the message, and need no names of buckets.
    """
    return StoreFault(fault.message, code=fault.code, remedy=fault.remedy)
