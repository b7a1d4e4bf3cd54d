"""Every write of the outbox, the notices, the preferences, the bounces and the leases of jobs."""

from .bounces import confirm_address, forget_undeliverable, send_confirmation, take_in_bounce
from .digests import send_digest
from .inbox import read_maildir, take_in_mail
from .leases import claim_job, release_job
from .outbox import claim_due, enqueue, forget_notices_about, forget_old, mark_read, notify, send_due
from .preferences import set_paces, unsubscribe

__all__ = [
    "claim_due",
    "claim_job",
    "confirm_address",
    "enqueue",
    "forget_notices_about",
    "forget_old",
    "forget_undeliverable",
    "mark_read",
    "notify",
    "read_maildir",
    "release_job",
    "send_confirmation",
    "send_digest",
    "send_due",
    "set_paces",
    "take_in_bounce",
    "take_in_mail",
    "unsubscribe",
]
