"""Annexes, versioned apart from the text: proposed by a party, approved by the body that the agreement names.

The identity guard sits in the guarded fields of `forms.annexes`: what arrives here has passed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from mtd.agreements.annexes import AnnexText, annex_text, body_to_json, defaults
from mtd.agreements.models import Agreement, Annex, AnnexVersion, Entry, Party, Version
from mtd.agreements.permissions import can_approve_annex, can_propose_annex, party_of
from mtd.agreements.queries import Room, current_version, load_room
from mtd.agreements.text import AgreementText, context_of
from mtd.core.actor import Actor
from mtd.core.errors import Refused, require
from mtd.documents.actions import store_file
from mtd.documents.models import StoredFile
from mtd.guide.pack import say

from .log import lock, log

Upload = tuple[str, bytes, str]
"""Name, content and media type of an uploaded file."""
MOST_ANNEXES = 60
LONGEST = 400_000
"""Characters of one version's content: a long annex belongs into a file."""


@transaction.atomic(durable=True)
def create_default_annexes(*, actor: Actor, version: Version) -> list[Annex]:
    """Prepare contact list, profiles, the two charts and the forms; those that exist already stay as they are.

    Their first versions follow what is agreed until somebody writes another one.
    """
    version = lock(version)
    require(can_propose_annex(actor, Annex(agreement=version.agreement)))
    room = load_room(actor, version.agreement, version)
    known = set(version.agreement.annexes.values_list("key", flat=True))
    party = party_of(actor, version.agreement)
    made = []
    for order, default in enumerate(defaults(room)):
        if default.key not in known:
            title = say(default.titles, version.agreement.language)
            made.append(_create(actor, version, default.kind, default.key, title, order, party))
    if made:
        log(actor, version, Entry.Kind.ANNEX, "annexes.created", party=party, change="created")
    return made


def _create(
    actor: Actor, version: Version, kind: str, key: str, title: str, order: int, party: Party | None
) -> Annex:
    annex = Annex.objects.create(
        agreement=version.agreement, kind=kind, key=key, title=title[:160], order=order
    )
    AnnexVersion.objects.create(annex=annex, number=1, proposed_by=party, by_id=actor.user_id)
    return annex


@transaction.atomic(durable=True)
def add_annex(
    *,
    actor: Actor,
    version: Version,
    title: str,
    texts: Mapping[str, str] | None = None,
    file: Upload | None = None,
) -> Annex:
    """Add an annex of the parties' own: a text, a PDF, or both. Its first version is proposed."""
    version = lock(version)
    require(can_propose_annex(actor, Annex(agreement=version.agreement)))
    title = title.replace("\x00", "").strip()
    if not title:
        raise Refused(_("Give the annex a title."), code="empty", field="title")
    content = _clean({"text": dict(texts or {})})
    if not any(text.strip() for text in content["text"].values()) and file is None:
        raise Refused(_("Write the annex, or choose a file."), code="empty", field="text")
    count = version.agreement.annexes.count()
    if count >= MOST_ANNEXES:
        raise Refused(_("An agreement has at most 60 annexes."), code="too_many")
    party = party_of(actor, version.agreement)
    order = (version.agreement.annexes.aggregate(last=Max("order"))["last"] or 0) + 1
    annex = Annex.objects.create(
        agreement=version.agreement,
        kind=Annex.Kind.OTHER,
        key=f"other_{order}",
        title=title[:160],
        order=order,
    )
    AnnexVersion.objects.create(
        annex=annex,
        number=1,
        content=content,
        file=_stored(actor, file),
        proposed_by=party,
        by_id=actor.user_id,
    )
    log(actor, version, Entry.Kind.ANNEX, "annex.added", party=party, change="added", annex=annex.title)
    return annex


@transaction.atomic(durable=True)
def propose_annex_version(
    *,
    actor: Actor,
    annex: Annex,
    content: Mapping[str, Any],
    change: str = "",
    file: Upload | None = None,
    keep_file: bool = False,
) -> AnnexVersion:
    """Propose a new version of an annex. The valid one stays valid until the named body approves.

    Empty content follows what is agreed. `keep_file` takes over the file of the newest version.
    """
    annex, version = _locked(annex)
    require(can_propose_annex(actor, annex))
    newest = annex.versions.order_by("-number").first()
    clean = _clean(content)
    stored = _stored(actor, file) or (newest.file if newest and keep_file else None)
    if newest and file is None and clean == _without_bodies(newest.content) and stored == newest.file:
        raise Refused(_("This is what the newest version says already. Change it first."), code="same")
    party = party_of(actor, annex.agreement)
    proposed = AnnexVersion.objects.create(
        annex=annex,
        number=(newest.number if newest else 0) + 1,
        content=clean,
        file=stored,
        change=change.replace("\x00", "").strip()[:300],
        proposed_by=party,
        by_id=actor.user_id,
    )
    _log(actor, version, proposed, "annex.proposed", "proposed", party, reason=proposed.change)
    return proposed


@transaction.atomic(durable=True)
def approve_annex(*, actor: Actor, annex_version: AnnexVersion, body: str, on: date) -> AnnexVersion:
    """Record that the body named in the agreement approved this version; it is valid from now on.

    What it says is kept with it, so that later answers never change it. The version before is superseded.
    """
    annex, version = _locked(annex_version.annex)
    require(can_approve_annex(actor, annex))
    proposed = _proposed(annex, annex_version)
    body = body.replace("\x00", "").strip()
    if not body:
        raise Refused(_("Say which body approved the annex."), code="body", field="body")
    if on > timezone.localdate():
        raise Refused(_("This day is still to come."), code="future", field="on")
    room = load_room(actor, annex.agreement, version)
    _into_force(actor, room, annex, proposed, body[:160], on)
    party = party_of(actor, annex.agreement)
    _log(actor, version, proposed, "annex.approved", "approved", party, reason=body)
    return proposed


@transaction.atomic(durable=True)
def reject_annex(*, actor: Actor, annex_version: AnnexVersion, reason: str) -> AnnexVersion:
    """Record that the body did not approve this version, and why."""
    annex, version = _locked(annex_version.annex)
    require(can_approve_annex(actor, annex))
    proposed = _proposed(annex, annex_version)
    reason = reason.replace("\x00", "").strip()[:2000]
    if not reason:
        raise Refused(_("Say why, so that a better version can follow."), code="reason", field="reason")
    proposed.state = AnnexVersion.State.REJECTED
    proposed.save(update_fields=["state"])
    party = party_of(actor, annex.agreement)
    _log(actor, version, proposed, "annex.rejected", "rejected", party, reason=reason)
    return proposed


def settle_with_text(*, actor: Actor, version: Version, text: AgreementText) -> None:
    """The annexes signed together with a text become valid with it. Joins the caller's transaction."""
    agreement = version.agreement
    rows = {annex.key: annex for annex in agreement.annexes.all()}
    with override(agreement.language):
        body = _("signed with version %(number)s of the text") % {"number": version.number}
    on = version.in_force_from or timezone.localdate()
    for order, signed in enumerate(text.annexes):
        annex = rows.get(signed.key) or Annex.objects.create(
            agreement=agreement, kind=signed.kind, key=signed.key, title=signed.title[:160], order=order
        )
        known = annex.versions.filter(number=signed.number).first()
        if known is None:
            known = AnnexVersion(annex=annex, number=signed.number, by_id=actor.user_id)
        newer = annex.versions.filter(state=AnnexVersion.State.IN_FORCE, number__gt=signed.number)
        if known.state == AnnexVersion.State.PROPOSED and not newer.exists():
            _validate(known, signed, body, on, actor)


def _locked(annex: Annex) -> tuple[Annex, Version]:
    version = lock(current_version(Agreement.objects.get(pk=annex.agreement_id)))
    annex = Annex.objects.get(pk=annex.pk)
    annex.agreement = version.agreement
    return annex, version


def _proposed(annex: Annex, annex_version: AnnexVersion) -> AnnexVersion:
    found = AnnexVersion.objects.filter(pk=annex_version.pk, annex=annex).select_related("file").first()
    if found is None or found.state != AnnexVersion.State.PROPOSED:
        raise Refused(
            _("This version is not waiting for approval any more. Reload the page."), code="not_proposed"
        )
    return found


def _into_force(actor: Actor, room: Room, annex: Annex, proposed: AnnexVersion, body: str, on: date) -> None:
    languages = annex.agreement.languages
    contexts = {language: context_of(room, language, room.agreed_values) for language in languages}
    _validate(proposed, annex_text(room, annex, proposed, contexts), body, on, actor)


def _validate(proposed: AnnexVersion, says: AnnexText, body: str, on: date, actor: Actor) -> None:
    AnnexVersion.objects.filter(annex=proposed.annex, state=AnnexVersion.State.IN_FORCE).update(
        state=AnnexVersion.State.SUPERSEDED
    )
    bodies = {language: body_to_json(one) for language, one in says.bodies.items()}
    proposed.content = {**_without_bodies(proposed.content), "bodies": bodies}
    proposed.state = AnnexVersion.State.IN_FORCE
    proposed.approved_body, proposed.approved_on, proposed.approved_by_id = body, on, actor.user_id
    proposed.save()


def _without_bodies(content: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in content.items() if key != "bodies"}


def _clean(content: Mapping[str, Any]) -> dict[str, Any]:
    clean = {key: _storable(value) for key, value in _without_bodies(content).items()}
    if sum(_sizes(clean)) > LONGEST:
        raise Refused(
            _("This annex is too long for the page. Put it into a PDF file."), code="too_long", field="text"
        )
    return clean


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        text = value.replace("\r\n", "\n").replace("\x00", "")
        return text.encode("utf-8", "replace").decode("utf-8").strip()
    if isinstance(value, Mapping):
        return {str(key): _storable(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(one) for one in value]
    return value if isinstance(value, bool | int) or value is None else str(value)


def _sizes(value: Any) -> Iterable[int]:
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _sizes(one)
    elif isinstance(value, list):
        for one in value:
            yield from _sizes(one)
    else:
        yield len(str(value))


def _stored(actor: Actor, file: Upload | None) -> StoredFile | None:
    if file is None:
        return None
    name, content, media_type = file
    if media_type != "application/pdf" or not content[:1024].lstrip().startswith(b"%PDF-"):
        raise Refused(_("Please choose a PDF file."), code="media_type", field="file")
    return store_file(actor=actor, name=name, content=content, media_type=media_type)


def _log(
    actor: Actor,
    version: Version,
    proposed: AnnexVersion,
    verb: str,
    change: str,
    party: Party | None,
    reason: str,
) -> None:
    log(
        actor,
        version,
        Entry.Kind.ANNEX,
        verb,
        party=party,
        change=change,
        annex=proposed.annex.title,
        number=proposed.number,
        reason=reason,
    )
