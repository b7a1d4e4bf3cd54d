"""The certificate with which anybody checks our signatures, without us."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from mtd.core.actor import SYSTEM
from mtd.documents.actions import get_authority
from mtd.documents.verifying import inspect_pdf
from tests.documents import files


@pytest.mark.django_db
def test_there_is_none_before_anybody_signed() -> None:
    assert Client().get(reverse("public:certificates")).status_code == 404


@pytest.mark.django_db
def test_what_is_handed_out_is_what_signatures_are_checked_with() -> None:
    authority = get_authority(actor=SYSTEM)
    response = Client().get(reverse("public:certificates"))
    assert response.status_code == 200
    assert response.content == authority.certificate_pem
    assert b"PRIVATE" not in response.content
    ours = [finding.ours for finding in inspect_pdf(files.signed(1), [response.content]).signatures]
    assert ours == [False], "signed by another installation"
