"""A person who signs in. What they may do follows from memberships (mtd.organizations), not from here."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import pgettext_lazy


class UserManager(BaseUserManager["User"]):
    """Addresses are kept in small letters, so that one person cannot exist twice."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new account; without a password nobody can sign in until one is set by link."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class Theme(models.TextChoices):
    SYSTEM = "", pgettext_lazy("theme", "As the device")
    LIGHT = "light", pgettext_lazy("theme", "Light")
    DARK = "dark", pgettext_lazy("theme", "Dark")


class User(AbstractBaseUser):
    """One person, one account, however many organisations they work for."""

    PRIVACY: ClassVar[dict[str, str]] = {
        "id": "internal",
        "email": "personal",
        "password": "internal",
        "name": "personal",
        "title": "personal",
        "position": "personal",
        "phone": "personal",
        "language": "internal",
        "theme": "internal",
        "is_active": "internal",
        "is_demo": "internal",
        "last_login": "personal",
        "news_seen_at": "personal",
        "created_at": "internal",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(pgettext_lazy("person", "E-mail"), unique=True, max_length=254)
    name = models.CharField(pgettext_lazy("person", "Name"), max_length=120)
    title = models.CharField(pgettext_lazy("person", "Academic title"), max_length=40, blank=True)
    position = models.CharField(pgettext_lazy("person", "Position"), max_length=120, blank=True)
    phone = models.CharField(pgettext_lazy("person", "Telephone at work"), max_length=40, blank=True)
    language = models.CharField(
        pgettext_lazy("person", "Language"), max_length=8, choices=settings.LANGUAGES, default="en"
    )
    theme = models.CharField(
        pgettext_lazy("person", "Appearance"), max_length=5, choices=Theme.choices, blank=True, default=""
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    news_seen_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering: ClassVar[list[str]] = ["name", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="accounts_email_lower"),
            models.CheckConstraint(condition=~models.Q(name=""), name="accounts_name_given"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Name with academic title, as it stands under a signature."""
        return f"{self.title} {self.name}".strip()
