"""Country records: the list, one country, and correcting a value."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from mtd.core.errors import Refused, require
from mtd.core.http import actor_of, download
from mtd.countries import queries as countries
from mtd.countries import records
from mtd.countries.records import Country
from mtd.programme import permissions, queries
from mtd.programme.actions import correct_country_value
from mtd.programme.forms import CorrectionForm, WithdrawalForm


@require_safe
def country_list(request: HttpRequest) -> HttpResponse:
    """The twelve countries and how much of each record is confirmed."""
    require(permissions.can_read_countries(actor_of(request)))
    context = {
        "rows": queries.overview(),
        "kinds": records.KINDS.values(),
        "heads": queries.short_names(),
        "legend": queries.legend(),
        "european": queries.european_figures(),
    }
    return render(request, "programme/countries.html", context)


@require_safe
def country_table(request: HttpRequest) -> HttpResponse:
    """Every value of every country as one table."""
    require(permissions.can_read_countries(actor_of(request)))
    text = io.StringIO()
    csv.writer(text).writerows(queries.export_rows())
    return download(
        text.getvalue().encode("utf-8-sig"), name="countries.csv", media_type="text/csv; charset=utf-8"
    )


@require_safe
def country_page(request: HttpRequest, code: str) -> HttpResponse:
    """One record: each value with its source, its date, whether it is confirmed, and its history."""
    actor = actor_of(request)
    require(permissions.can_read_countries(actor))
    country = _country_or_404(code)
    context = {
        "country": country,
        "record": queries.whole_record(country),
        "may_correct": permissions.can_correct_country_values(actor),
    }
    return render(request, "programme/country.html", context)


def add_value(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """A new entry of one of the record's lists."""
    require(permissions.can_correct_country_values(actor_of(request)))
    country = _country_or_404(code)
    if kind not in records.LISTS:
        raise Http404
    form = CorrectionForm(request.POST or None, country=country, kind=kind)
    if form.is_valid() and _corrected(request, country, form):
        return _back(country, form.key)
    return _form_page(request, country, form, {"kind_label": records.KINDS[kind]})


def correct_value(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """A new state of one value."""
    require(permissions.can_correct_country_values(actor_of(request)))
    country = _country_or_404(code)
    fact = country.facts.get(key)
    if fact is None:
        raise Http404
    form = CorrectionForm(request.POST or None, country=country, kind=fact.kind, fact=fact)
    if form.is_valid() and _corrected(request, country, form):
        return _back(country, key)
    withdrawal = WithdrawalForm(initial={"based_on": fact.number}) if fact.slug and fact.value else None
    extra = {"entry": queries.entry(country, key), "withdrawal": withdrawal}
    return _form_page(request, country, form, {**extra, "kind_label": records.KINDS[fact.kind]})


@require_POST
def withdraw_value(request: HttpRequest, code: str, key: str) -> HttpResponse:
    """Take an entry off its list."""
    actor = actor_of(request)
    require(permissions.can_correct_country_values(actor))
    country = _country_or_404(code)
    fact = country.facts.get(key)
    if fact is None or not fact.slug:
        raise Http404
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the entry is taken off its list. Nothing was changed."))
        return redirect("programme:correct_value", code=code, key=key)
    correct_country_value(
        actor=actor,
        country=code,
        key=key,
        value=None,
        source=fact.source,
        source_date=fact.date,
        confirmed=False,
        note={actor.language: form.cleaned_data["reason"]},
        based_on=form.cleaned_data["based_on"],
    )
    messages.success(request, _("Taken off the list. Its history stays, and it can be brought back."))
    return redirect("programme:country", code=code)


def _country_or_404(code: str) -> Country:
    try:
        return countries.country(code)
    except records.UnknownCountry as unknown:
        raise Http404 from unknown


def _corrected(request: HttpRequest, country: Country, form: CorrectionForm) -> bool:
    """Do what the form says; what was refused stands on the form, with everything that was typed."""
    try:
        correct_country_value(
            actor=actor_of(request),
            country=country.code,
            key=form.key,
            value=form.value,
            source=form.cleaned_data["source"],
            source_date=form.cleaned_data["source_date"],
            confirmed=form.cleaned_data["confirmed"],
            note=form.note,
            based_on=form.cleaned_data["based_on"],
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    messages.success(request, _("Saved. The state before stays in the history."))
    return True


def _back(country: Country, key: str) -> HttpResponse:
    return redirect(f"{reverse('programme:country', args=[country.code])}#{key.replace('.', '-')}")


def _form_page(
    request: HttpRequest, country: Country, form: CorrectionForm, extra: dict[str, Any]
) -> HttpResponse:
    status = 422 if form.is_bound else 200
    context = {"country": country, "form": form, **extra}
    return render(request, "programme/correct.html", context, status=status)
