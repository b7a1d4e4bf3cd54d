"""Errors that a person is told about: what happened, what is safe, what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.forms import BaseForm

Message = str | Promise


class Refused(Exception):
    """An action could not be done; the message is translated and says what to do next.

    `code` is stable for tests and logs; `field` names the form field it belongs to, if any.
    """

    status = 409

    def __init__(self, message: Message, *, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.message = message
        self.code = code
        self.field = field

    def __str__(self) -> str:
        return str(self.message)

    def show_on(self, form: BaseForm) -> None:
        """Say the reason in the form, at the field it names or on top; everything typed stays."""
        form.add_error(self.field if self.field in form.fields else None, str(self))


class NotAllowed(Refused):
    """The person sees the thing but may not do this with it (403); the reason also labels the disabled button."""

    status = 403


class Conflict(Refused):
    """Somebody else changed the same thing meanwhile; both versions are kept and shown."""


class Allowed:
    """Truthy answer of a `can_*` function."""

    reason: Message = ""

    def __bool__(self) -> bool:
        return True


class Denied:
    """Falsy answer of a `can_*` function that carries its translated reason."""

    def __init__(self, reason: Message) -> None:
        self.reason = reason

    def __bool__(self) -> bool:
        return False


Permission = Allowed | Denied
YES = Allowed()


def require(permission: Permission, *, code: str = "not_allowed") -> None:
    """Raise NotAllowed with the permission's own reason unless it is granted."""
    if isinstance(permission, Denied):
        raise NotAllowed(permission.reason, code=code)
