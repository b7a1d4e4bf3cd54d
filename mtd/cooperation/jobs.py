"""What the clock does with lived agreements. Every job pulls what is due and may run twice or days late."""

from __future__ import annotations

from django.utils import timezone

from mtd.core.actor import SYSTEM

from .actions.contacts import ask_contacts, remind_contacts
from .actions.duties import escalate as escalate_one
from .actions.needs_decisions import take_in_correction, take_in_decision, take_in_done
from .actions.needs_groups import forget_needs, note_agendas
from .actions.pulse import forget_turns, open_pulse_if_due
from .actions.shadowing import empty_old_visits, release_visit
from .queries.contacts import confirmations_to_remind, parties_to_ask
from .queries.duty_path import agreements_to_escalate
from .queries.needs_due import decisions_done_elsewhere, decisions_to_compare, decisions_to_take_in
from .queries.pulse import networks_in_force, rounds_with_turns
from .queries.shadowing import left_behind, overtaken


def take_in_decisions() -> int:
    """Decisions on needs, from minutes that went out, become answers; corrected minutes correct them."""
    found = note_agendas(actor=SYSTEM)
    found += sum(take_in_decision(actor=SYSTEM, decision_id=pk) for pk in decisions_to_take_in())
    found += sum(take_in_correction(actor=SYSTEM, decision_id=pk) for pk in decisions_to_compare())
    return found + sum(take_in_done(actor=SYSTEM, decision_id=pk) for pk in decisions_done_elsewhere())


def forget_old_needs() -> int:
    """The words of needs go, long after they were answered."""
    return forget_needs(actor=SYSTEM)


def escalate() -> int:
    """Missed duties go along the path that their agreement names, once for each level."""
    return sum(escalate_one(actor=SYSTEM, agreement_id=pk) for pk in agreements_to_escalate())


def open_pulse() -> int:
    """The partner pulse opens in March and in September, in every network with an agreement in force."""
    return sum(open_pulse_if_due(actor=SYSTEM, network=network) for network in networks_in_force())


def close_pulse() -> int:
    """Who has answered is forgotten when a round is over: from then on nobody can be linked to an answer."""
    return sum(forget_turns(actor=SYSTEM, pulse_round=one) for one in list(rounds_with_turns()))


def ask_for_contacts() -> int:
    """Each organisation is asked whether its contacts still hold, in the rhythm that was agreed."""
    return sum(ask_contacts(actor=SYSTEM, party_id=pk) for pk in parties_to_ask(timezone.localdate()))


def remind_of_contacts() -> int:
    """Who has not answered for a fortnight is asked once more."""
    due = list(confirmations_to_remind(timezone.localdate()).values_list("pk", flat=True))
    return sum(remind_contacts(actor=SYSTEM, confirmation_id=pk) for pk in due)


def release_visits() -> int:
    """Visits of people who have left, and visits nobody answered in time, are called off and free their places."""
    due = left_behind() | overtaken(timezone.localdate())
    return sum(release_visit(actor=SYSTEM, visit_id=pk) for pk in list(due.values_list("pk", flat=True)))


def forget_visits() -> int:
    """Wishes, answers and reports of job shadowing go after a while; that somebody was there stays."""
    return empty_old_visits(actor=SYSTEM)
