"""Pages without sign-in: what this is, checking a document, help in danger, and what the law asks for."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from mtd.agreements.permissions import public_profiles
from mtd.agreements.profile import profile_document, way_in_words
from mtd.agreements.queries import profile_of
from mtd.agreements.verification import Finding, check_code, check_file, look_up
from mtd.core.access import public, without_second_factor
from mtd.core.errors import Refused
from mtd.core.http import actor_of, download, get_or_404
from mtd.core.retention import rules
from mtd.countries.queries import all_countries, country_choices
from mtd.documents.pdf import render_pdf
from mtd.documents.queries import authority_certificates

from .forms import VerifyForm


def _page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    return render(request, f"public/{template}.html", context)


@public
@without_second_factor
def landing(request: HttpRequest) -> HttpResponse:
    """What this is, for people who are not signed in."""
    return _page(request, "landing", demo_mode=settings.MTD_DEMO, known=actor_of(request).is_authenticated)


@public
@without_second_factor
def verify(request: HttpRequest) -> HttpResponse:
    """Check a file or a code; nothing is kept."""
    sent = request.method == "POST"
    form = VerifyForm(request.POST if sent else None, request.FILES if sent else None)
    finding: Finding | None = None
    if sent and form.is_valid():
        try:
            content = form.cleaned_data["file"]
            finding = check_file(content) if content else look_up(form.cleaned_data["code"])
        except Refused as refused:
            form.add_error("file", str(refused))
    return _verdict(request, form, finding, 422 if form.errors else 200)


def _verdict(request: HttpRequest, form: VerifyForm, finding: Finding | None, status: int) -> HttpResponse:
    context = {"form": form, "finding": finding, "certificates": bool(authority_certificates())}
    return render(request, "public/verify.html", context, status=status)


@public
@without_second_factor
def certificates(request: HttpRequest) -> HttpResponse:
    """The certificates under which this installation signs, for checking a file without it. They are public."""
    found = b"".join(authority_certificates())
    if not found:
        raise Http404
    return download(found, name="authority.pem", media_type="application/x-pem-file")


@public
@without_second_factor
def verify_code(request: HttpRequest, code: str) -> HttpResponse:
    """The same by the code, as it is printed on every page of the text."""
    finding = check_code(code)
    return _verdict(request, VerifyForm(initial={"code": code}), finding, 200 if finding.agreement else 404)


@public
@without_second_factor
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """The profile sheet of an agreement whose parties made it public."""
    agreement = get_or_404(public_profiles().select_related("network"), code=code.upper())
    sheet = profile_of(agreement, get_language())
    return _page(request, "profile", agreement=agreement, profile=sheet, way=way_in_words(sheet))


@public
@without_second_factor
def profile_pdf(request: HttpRequest, code: str) -> HttpResponse:
    """The same sheet as an accessible PDF."""
    agreement = get_or_404(public_profiles().select_related("network"), code=code.upper())
    content = render_pdf(profile_document(profile_of(agreement, get_language()), on=timezone.localdate()))
    return download(content, name=f"{agreement.code}-profile.pdf", media_type="application/pdf")


@public
@without_second_factor
def danger(request: HttpRequest) -> HttpResponse:
    """Numbers to call when a child is in danger, for every country."""
    chosen = request.GET.get("country", "")
    countries = [
        {"record": record, "lines": record.helplines}
        for record in all_countries()
        if not chosen or record.code == chosen
    ]
    return _page(request, "danger", countries=countries, chosen=chosen, choices=country_choices())


@public
@without_second_factor
def danger_now(request: HttpRequest) -> HttpResponse:
    """What professionals do now when a child is in danger."""
    return danger(request)


@public
@without_second_factor
def help_page(request: HttpRequest) -> HttpResponse:
    """Where to begin, and whom to ask."""
    return _page(request, "help")


@public
@without_second_factor
def accessibility(request: HttpRequest) -> HttpResponse:
    """How accessible this is, and how to tell us where it is not."""
    return _page(request, "accessibility")


@public
@without_second_factor
def stored(request: HttpRequest) -> HttpResponse:
    """What is stored here, for how long, and who sees it."""
    return _page(request, "stored", kept=rules())


@public
@without_second_factor
def imprint(request: HttpRequest) -> HttpResponse:
    """Who is responsible for this installation."""
    return _page(request, "imprint", operator=settings.MTD_IMPRINT)
