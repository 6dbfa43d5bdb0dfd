"""What can go wrong with signing in."""

from common.errors import Conflict, DomainError, Forbidden


class Unauthorized(DomainError):
    """Nobody is signed in by this (401)."""

    status = 401
    code = "not_signed_in"
    message = "This does not sign anyone in."
    remedy = "Sign in again."


class WrongPassword(Unauthorized):
    """The same answer for an unknown address, a wrong password and a closed account."""

    code = "wrong_credentials"
    message = "The email address and the password do not belong together."
    remedy = "Check both, or register."


class TokenRefused(Unauthorized):
    """A refresh token that is expired, spent, forged, or of somebody who is gone or has a new password."""

    code = "token_refused"
    message = "This refresh token is no longer good."


class DeviceUpgraded(Conflict):
    """The guest of this device has a password now, and the device alone opens the account no more."""

    code = "device_upgraded"
    message = "The guest of this device has become a registered account."
    remedy = "Sign in with your password (auth/token), or make a new device_id to start as a new guest."


class AccountClosed(Unauthorized):
    """The guest of this device was closed."""

    code = "account_closed"
    message = "This account is closed."
    remedy = "Write to the support of this platform."


class EmailTaken(Conflict):
    """There is an account with this address."""

    code = "email_taken"
    message = "There is an account with this email address already."
    remedy = "Sign in with it, or use another address."


class AlreadyRegistered(Conflict):
    """There is nothing to upgrade."""

    code = "already_registered"
    message = "This account is registered already."
    remedy = "Go on with it; nothing is to be done."


class AccountOutOfReach(Forbidden):
    """One's own account, or one of the staff."""

    code = "account_out_of_reach"
    message = "You may not change the standing of this account."
    remedy = "Ask a superuser; nobody changes their own."
