"""One need: what was raised, where it stands, what was decided, and everything one can do with it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from mtd.cooperation.actions import needs as own
from mtd.cooperation.actions import needs_consequences as leads_to
from mtd.cooperation.actions import needs_decisions as deciding
from mtd.cooperation.actions import needs_groups as grouping
from mtd.cooperation.forms import needs as forms
from mtd.cooperation.models import Need, NeedDecision, NeedGroup
from mtd.cooperation.permissions import (
    own_needs,
    visible_need_groups,
)
from mtd.cooperation.queries.needs import (
    ANSWERS,
    group_named,
    next_meetings,
)
from mtd.core.errors import NotAllowed, Refused
from mtd.core.http import actor_of, get_or_404
from mtd.meetings.models import Meeting
from mtd.organizations.models import Network

from .gate import network_or_404
from .need_page import guide_version, mergeable, show, steps

Done = tuple[Any, str]


@require_http_methods(["GET", "POST"])
def need(request: HttpRequest, slug: str, group_id: uuid.UUID) -> HttpResponse:
    """Read one need; do with it what the form's `do` says."""
    network = network_or_404(request, slug)
    group = _group(request, network, group_id)
    if request.method == "POST":
        return _do(request, network, group)
    if group.pk != group_id:
        return redirect(reverse("cooperation:need", args=[slug, group.pk]))
    return show(request, network, group)


def _group(request: HttpRequest, network: Network, group_id: uuid.UUID) -> NeedGroup:
    """The need of this address, or the one it was put together with."""
    found = group_named(str(group_id))
    pk = found.pk if found else group_id
    return get_or_404(visible_need_groups(actor_of(request)).filter(network=network), pk=pk)


def _do(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    verb = request.POST.get("do", "")
    if verb not in VERBS:
        raise Http404
    return VERBS[verb](request, network, group)


def _carry_out(
    request: HttpRequest,
    network: Network,
    group: NeedGroup,
    form: Form,
    run: Callable[[dict[str, Any]], Done],
) -> HttpResponse:
    """Run an action with a form's values; a refusal is shown in the form, which keeps what was typed."""
    status = 422
    if form.is_valid():
        try:
            goal, message = run(form.cleaned_data)
        except NotAllowed:
            raise
        except Refused as refused:
            refused.show_on(form)
            status = refused.status
        else:
            messages.success(request, message)
            return redirect(goal if isinstance(goal, str) else _page(network, goal))
    key = request.POST["do"]
    return show(request, network, _group(request, network, group.pk), {key: form}, status=status)


def _page(network: Network, group: NeedGroup) -> str:
    return reverse("cooperation:need", args=[network.slug, group.pk])


# ---------------------------------------------------------------- what one does with one's own


def _own_need(request: HttpRequest, group: NeedGroup) -> Need:
    return get_or_404(own_needs(actor_of(request)).filter(group=group, withdrawn_at__isnull=True))


def _join(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    def run(values: dict[str, Any]) -> Done:
        own.join_need(actor=actor_of(request), group=_posted(request, network, group), **values)
        return group, gettext("You have joined. The answer comes back to you as well.")

    return _carry_out(request, network, group, forms.JoinForm(request.POST, prefix="join"), run)


def _same(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    actor = actor_of(request)
    other = get_or_404(
        visible_need_groups(actor).filter(network=network), pk=_uuid(request.POST.get("other"))
    )
    joined = own.same_as(actor=actor, need=_own_need(request, group), group=other)
    messages.success(request, gettext("Your need is put to the one that says the same. Your words stay."))
    return redirect(_page(network, joined))


def _edit(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    mine = _own_need(request, group)

    def run(values: dict[str, Any]) -> Done:
        own.edit_need(actor=actor_of(request), need=mine, **values)
        return group, gettext("Your words are changed.")

    return _carry_out(request, network, group, forms.EditForm(request.POST, prefix="edit"), run)


def _withdraw(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    own.withdraw_need(actor=actor_of(request), need=_own_need(request, group))
    messages.success(request, gettext("You have taken your need back. Its words are destroyed."))
    return redirect(reverse("cooperation:needs", args=[network.slug]))


def _helped(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    actor = actor_of(request)
    voices = Need.objects.filter(group=group, withdrawn_at__isnull=True)
    said = request.POST.get("need")
    mine = get_or_404(voices, pk=_uuid(said)) if said else _own_need(request, group)

    def run(values: dict[str, Any]) -> Done:
        own.say_helped(actor=actor, need=mine, **values)
        return group, gettext("Thank you. Everybody in the network sees whether answers help.")

    return _carry_out(request, network, group, forms.HelpedForm(request.POST, prefix="helped"), run)


# ---------------------------------------------------------------- what the coordination does


def _word(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    def run(values: dict[str, Any]) -> Done:
        done = grouping.word_group(actor=actor_of(request), group=_posted(request, network, group), **values)
        return done, gettext("The wording is kept.")

    return _carry_out(request, network, group, forms.WordForm(request.POST, prefix="word"), run)


def _merge(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    actor = actor_of(request)

    def run(values: dict[str, Any]) -> Done:
        chosen = NeedGroup.objects.filter(network=network, pk__in=values.pop("others")).exclude(pk=group.pk)
        posted = _posted(request, network, group)
        done = grouping.merge_groups(actor=actor, group=posted, others=chosen, **values)
        return done, gettext("The needs are put together. All who raised one get the answer.")

    chosen = [pk for pk in request.POST.getlist("merge-others") if _uuid(pk)]
    form = forms.MergeForm(request.POST, prefix="merge", rows=mergeable(actor, network, group), chosen=chosen)
    return _carry_out(request, network, group, form, run)


def _split(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    voices = Need.objects.filter(group=group, withdrawn_at__isnull=True)
    apart = get_or_404(voices, pk=_uuid(request.POST.get("need")))
    done = grouping.split_need(actor=actor_of(request), need=apart)
    messages.success(request, gettext("It stands in the list by itself again."))
    return redirect(_page(network, done))


def _agenda(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    def run(values: dict[str, Any]) -> Done:
        meeting = get_or_404(Meeting.objects.filter(network=network), pk=values["meeting"])
        grouping.put_on_agenda(actor=actor_of(request), group=group, meeting=meeting)
        return group, gettext("It is on the agenda.")

    form = forms.AgendaForm(request.POST, prefix="agenda", meetings=next_meetings(network))
    return _carry_out(request, network, group, form, run)


def _decide(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    def run(values: dict[str, Any]) -> Done:
        posted = _posted(request, network, group)
        done = deciding.decide(actor=actor_of(request), group=posted, **values)
        if done.outcome in ANSWERS:
            return group, gettext("The decision is kept, and the answer went back to who raised the need.")
        return group, gettext("The decision is kept. The steering group is next.")

    form = forms.DecideForm(request.POST, prefix="decide", network=network)
    return _carry_out(request, network, group, form, run)


def _posted(request: HttpRequest, network: Network, group: NeedGroup) -> NeedGroup:
    """The need whose page the form was on: if it was put together meanwhile, the action says so."""
    named = request.resolver_match.kwargs.get("group_id") if request.resolver_match else None
    found = NeedGroup.objects.filter(network=network, pk=named).first() if named else None
    return found or group


# ---------------------------------------------------------------- what follows from a decision


def _decision(request: HttpRequest, group: NeedGroup) -> NeedDecision:
    return get_or_404(NeedDecision.objects.filter(group=group), pk=_uuid(request.POST.get("decision")))


def _finish(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    deciding.mark_done(actor=actor_of(request), decision=_decision(request, group))
    messages.success(request, gettext("Done. Who raised the need is asked whether it helps."))
    return redirect(_page(network, group))


def _wish(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    decision = _decision(request, group)

    def run(values: dict[str, Any]) -> Done:
        leads_to.wish_offer(actor=actor_of(request), decision=decision, **values)
        return group, gettext("The wish is kept for the directory of offers.")

    return _carry_out(request, network, group, forms.WishForm(request.POST, prefix="wish"), run)


def _amend(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    decision = _decision(request, group)

    def run(values: dict[str, Any]) -> Done:
        version = leads_to.amend_agreement(actor=actor_of(request), decision=decision, **values)
        page = reverse("agreements:overview", args=[version.agreement_id])
        return page, gettext("The amendment has begun. The agreement in force stays as it is until all sign.")

    form = forms.AmendForm(request.POST, prefix="amend", network=network)
    return _carry_out(request, network, group, form, run)


def _guide(request: HttpRequest, network: Network, group: NeedGroup) -> HttpResponse:
    decision = _decision(request, group)
    version = guide_version()
    if version is None:
        raise Http404

    def run(values: dict[str, Any]) -> Done:
        leads_to.tell_guide(
            actor=actor_of(request),
            decision=decision,
            version=version,
            step_key=values["step"],
            text=values["text"],
        )
        return group, gettext("The programme office has your feedback on the guide.")

    form = forms.GuideForm(request.POST, prefix="guide", steps=steps(version))
    return _carry_out(request, network, group, form, run)


VERBS: dict[str, Callable[[HttpRequest, Network, NeedGroup], HttpResponse]] = {
    "join": _join,
    "same": _same,
    "edit": _edit,
    "withdraw": _withdraw,
    "helped": _helped,
    "word": _word,
    "merge": _merge,
    "split": _split,
    "agenda": _agenda,
    "decide": _decide,
    "done": _finish,
    "wish": _wish,
    "amend": _amend,
    "guide": _guide,
}


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
