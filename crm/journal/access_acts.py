"""Who came in, saw, took out or changed what: acts the security log keeps beside those of the timeline.

Like every entry they hold ids, codes and words of ours, never a name, a diagnosis or an address of mail. Who did
it, when and from where stands in the entry itself. They name no source and no client by column, so that no
timeline, replay or step ever meets one; how they are written is in `access_service.py`.
"""

from dataclasses import dataclass
from typing import ClassVar

from crm.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class Access(Event):
    """An act of the security log; nothing is planned from it."""

    type: ClassVar[str] = "access"
    cadence: ClassVar[bool] = False


@dataclass(frozen=True, kw_only=True)
class SignedIn(Access):
    """Somebody came in; `by` is password, code, recovery or passkey."""

    type: ClassVar[str] = "signed_in"
    user: int
    by: str


@dataclass(frozen=True, kw_only=True)
class SignInFailed(Access):
    """A wrong secret for a known account; `by` says which kind. For an unknown account nothing is written here."""

    type: ClassVar[str] = "sign_in_failed"
    user: int
    by: str


@dataclass(frozen=True, kw_only=True)
class SignedOut(Access):
    """Somebody signed out."""

    type: ClassVar[str] = "signed_out"
    user: int


@dataclass(frozen=True, kw_only=True)
class SessionEnded(Access):
    """A session was ended from elsewhere; `ended` is 8 characters of its hash, or "others"."""

    type: ClassVar[str] = "session_ended"
    user: int
    ended: str


@dataclass(frozen=True, kw_only=True)
class FactorChanged(Access):
    """A second factor was set up, renewed or taken away; `factor` is authenticator, passkey or recovery_codes."""

    type: ClassVar[str] = "factor_changed"
    user: int
    factor: str
    change: str


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(Access):
    """One of the recovery codes was used up."""

    type: ClassVar[str] = "recovery_code_used"
    user: int
    left: int | None = None


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(Access):
    """A password was changed; `how` is account, reset or command."""

    type: ClassVar[str] = "password_changed"
    user: int
    how: str


@dataclass(frozen=True, kw_only=True)
class AddressChanged(Access):
    """Somebody's address of sign-in was changed."""

    type: ClassVar[str] = "address_changed"
    user: int


@dataclass(frozen=True, kw_only=True)
class ResetAsked(Access):
    """A link for a new password was asked for."""

    type: ClassVar[str] = "reset_asked"
    user: int


@dataclass(frozen=True, kw_only=True)
class BreakGlass(Access):
    """Somebody at the machine itself opened an account again, by command."""

    type: ClassVar[str] = "break_glass"
    user: int


@dataclass(frozen=True, kw_only=True)
class AccountCreated(Access):
    """An account was made."""

    type: ClassVar[str] = "account_created"
    user: int
    role: str


@dataclass(frozen=True, kw_only=True)
class AccountDisabled(Access):
    """An account was closed."""

    type: ClassVar[str] = "account_disabled"
    user: int


@dataclass(frozen=True, kw_only=True)
class AccountEnabled(Access):
    """A closed account was opened again."""

    type: ClassVar[str] = "account_enabled"
    user: int


@dataclass(frozen=True, kw_only=True)
class RoleChanged(Access):
    """Somebody has another role now."""

    type: ClassVar[str] = "role_changed"
    user: int
    role: str


@dataclass(frozen=True, kw_only=True)
class ClientViewed(Access):
    """A client's file was opened; told once per person, client and quarter of an hour."""

    type: ClassVar[str] = "client_viewed"
    client: str


@dataclass(frozen=True, kw_only=True)
class DocumentViewed(Access):
    """What a document says was opened; told once per person, document and quarter of an hour."""

    type: ClassVar[str] = "document_viewed"
    document: int


@dataclass(frozen=True, kw_only=True)
class DocumentPrinted(Access):
    """Papers were taken out to be printed; `place` is our name of the page that did it."""

    type: ClassVar[str] = "document_printed"
    place: str
    document: int | None = None


@dataclass(frozen=True, kw_only=True)
class ListExported(Access):
    """A list was taken out as a file; `place` is our name of the page that did it."""

    type: ClassVar[str] = "list_exported"
    place: str
    client: str | None = None


@dataclass(frozen=True, kw_only=True)
class FeedFetched(Access):
    """A calendar asked for a feed; told once per feed, kind of calendar and hour."""

    type: ClassVar[str] = "feed_fetched"
    feed: int
    caller: str


@dataclass(frozen=True, kw_only=True)
class SettingsChanged(Access):
    """Settings were saved; `fields` names which, parted by spaces, never what they say."""

    type: ClassVar[str] = "settings_changed"
    fields: str


@dataclass(frozen=True, kw_only=True)
class AccessRefused(Access):
    """Somebody signed in was refused; `place` is our name of the page, never its address."""

    type: ClassVar[str] = "access_refused"
    place: str
    status: int


# Reading and being refused leave these and nothing else.
TRACES: tuple[type[Access], ...] = (
    ClientViewed,
    DocumentViewed,
    DocumentPrinted,
    ListExported,
    FeedFetched,
    AccessRefused,
)
TYPES: frozenset[str] = frozenset(kind.type for kind in Access.__subclasses__())
