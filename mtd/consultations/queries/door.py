"""A door: one way to ask, open with the clause that allows it, or closed with the reason and what to do then."""

from __future__ import annotations

from dataclasses import dataclass, field

from mtd.accounts.models import User
from mtd.agreements.models import Agreement
from mtd.consultations.models import Way
from mtd.core.errors import Message, Permission
from mtd.meetings.models import Meeting
from mtd.organizations.models import Organization

from .deadline import Promise
from .ground import Clause, Ground


@dataclass(frozen=True)
class Contact:
    """A person whom an agreement names, as its list of contacts says."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""
    hours: str = ""
    deputy: bool = False


@dataclass(frozen=True)
class Remedy:
    """What to do where a door is closed: one link."""

    text: str
    url: str


@dataclass(frozen=True)
class Door:
    """One way to ask: open with the clause that allows it, or closed with the reason."""

    way: str
    permission: Permission
    agreement: Agreement | None = None
    clause: Clause | None = None
    recipient: Organization | None = None
    adviser: User | None = None
    meeting: Meeting | None = None
    contact: Contact | None = None
    stands_in: str = ""
    """Who answers today, because the person named is away."""
    promise: Promise | None = None
    remedy: Remedy | None = None
    colleagues: tuple[User, ...] = ()
    """Within one's own house: whom one may ask instead of all."""

    @property
    def open(self) -> bool:
        return bool(self.permission)

    @property
    def reason(self) -> Message:
        """Why it is closed; empty when it is open."""
        return self.permission.reason

    @property
    def key(self) -> str:
        """Names the door in a form; the same as long as the door is the same."""
        parts = (self.agreement, self.recipient, self.adviser, self.meeting)
        return ":".join([self.way, *(str(part.pk) if part else "" for part in parts)])

    @property
    def title(self) -> str:
        """Whom one would ask, in words."""
        if self.meeting is not None:
            return self.meeting.name
        if self.contact is not None:
            return self.contact.name or self.contact.role
        return self.recipient.name if self.recipient else str(Way(self.way).label)

    @property
    def question_key(self) -> str:
        return self.clause.key if self.clause else ""


@dataclass(frozen=True)
class Doors:
    """All doors of a person in a network."""

    organization: Organization | None
    """For whom the person asks; None for who works for none of the network's organisations."""
    doors: tuple[Door, ...]
    grounds: tuple[Ground, ...] = field(default=(), repr=False)

    def of(self, *ways: str) -> list[Door]:
        """The doors of some ways, open ones first."""
        return sorted((d for d in self.doors if d.way in ways), key=lambda d: not d.open)

    @property
    def partners(self) -> list[Door]:
        return self.of(Way.PARTNER)

    @property
    def advisers(self) -> list[Door]:
        return self.of(Way.ADVISER)

    @property
    def discussions(self) -> list[Door]:
        return self.of(Way.DISCUSSION)

    @property
    def own_house(self) -> list[Door]:
        return self.of(Way.OWN_HOUSE)

    @property
    def without_agreement(self) -> bool:
        """Nothing was ever agreed here: the page teaches what an agreement would open."""
        return not self.grounds

    def by_key(self, key: str) -> Door | None:
        """The door of this name."""
        return next((door for door in self.doors if door.key == key), None)
