"""Pages without sign-in: what this is, checking a document, help in danger, and what the law asks for."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language

from mtd.accounts.models import User
from mtd.accounts.queries import waits_for_second_factor
from mtd.agreements.permissions import public_profiles
from mtd.agreements.profile import profile_document, way_in_words
from mtd.agreements.queries import profile_of
from mtd.agreements.verification import Finding, check_code, check_file, look_up
from mtd.core.access import public, without_second_factor
from mtd.core.actor import ANONYMOUS
from mtd.core.errors import Refused
from mtd.core.http import actor_of, download, get_or_404
from mtd.core.retention import rules
from mtd.countries.queries import all_countries, country, country_choices
from mtd.countries.records import CODES
from mtd.documents.pdf import render_pdf
from mtd.documents.queries import authority_certificates
from mtd.organizations.models import Network

from .forms import RecordForm, VerifyForm
from .queries import Duty, agreed_in, danger_networks, lines_for_all
from .record import to_document, to_text


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
        {"record": record, "lines": lines_for_all(record)}
        for record in all_countries()
        if not chosen or record.code == chosen
    ]
    return _page(request, "danger", countries=countries, chosen=chosen, choices=country_choices())


@public
@without_second_factor
def danger_now(request: HttpRequest) -> HttpResponse:
    """What professionals do now, in order: in this country, and as their own network has agreed."""
    actor = actor_of(request)
    if actor.is_authenticated and waits_for_second_factor(cast("User", request.user)):
        actor = ANONYMOUS  # the country's facts are for everybody, what was agreed is not
    networks = danger_networks(actor)
    network = _network_of(request, networks)
    given = request.GET.get("country", "").upper()
    code = given if given in CODES else network.country if network else ""
    if network is not None and network.country != code:
        network = None
    return _page(
        request,
        "danger_now",
        duty=Duty(country(code)) if code else None,
        emergency=country(code or CODES[0]).facts.get("emergency_number"),
        agreed=agreed_in(actor, network) if network else [],
        network=network,
        networks=networks,
        choices=country_choices(),
        chosen=code,
    )


def _network_of(request: HttpRequest, networks: list[Network]) -> Network | None:
    """The network that was named, else the one the person works in now, else their first."""
    named = request.GET.get("network", "")
    standing = getattr(request, "standing", None)
    current = standing.network if standing is not None else None
    found = [one for one in networks if one.slug == named] or [one for one in networks if one == current]
    return next(iter(found or networks), None)


@without_second_factor
def danger_record(request: HttpRequest) -> HttpResponse:
    """A record to think with: it comes back as a file and is kept nowhere, not here and not in a session."""
    form = RecordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        today = timezone.localdate()
        name = f"record-{today:%Y-%m-%d}"
        if request.POST.get("as") == "text":
            text = "\ufeff" + to_text(form.cleaned_data, on=today)
            return download(text.encode(), name=f"{name}.txt", media_type="text/plain; charset=utf-8")
        content = render_pdf(to_document(form.cleaned_data, on=today))
        return download(content, name=f"{name}.pdf", media_type="application/pdf")
    return render(request, "public/danger_record.html", {"form": form}, status=422 if form.errors else 200)


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
