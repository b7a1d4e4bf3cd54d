"""How long things are kept, one list: the setting (in days), what it is about, what is due, the job that does it.

On by default. `manage.py retention_preview` prints what would go today; docs/retention.md explains the periods.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mtd.core.retention import Rule

RULES: list[Rule] = [
    Rule(
        "MTD_KEEP_DRAFTS",
        _("What somebody typed and never handed in, after it was last changed"),
        "mtd.agreements.queries.drafts_due",
        "mtd.agreements.jobs.forget_drafts",
    ),
    Rule(
        "MTD_KEEP_ABANDONED_COMMENTS",
        _("Comments on an agreement that was given up"),
        "mtd.agreements.queries.comments_due",
        "mtd.agreements.jobs.forget_comments",
    ),
    Rule(
        "MTD_KEEP_INVITATIONS",
        _("Invitations, after they were used, withdrawn or ran out"),
        "mtd.organizations.queries.invitations_due",
        "mtd.organizations.jobs.forget_invitations",
    ),
    Rule(
        "MTD_KEEP_SENT",
        _(
            "E-mails that were sent or could not be sent, with their addresses; their text goes at once when sent"
        ),
        "mtd.notifications.queries.messages_due",
        "mtd.notifications.jobs.forget_sent",
    ),
    Rule(
        "MTD_KEEP_NOTICES",
        _("Notices inside the product, after they were read; unread ones after twice as long"),
        "mtd.notifications.queries.notices_due",
        "mtd.notifications.jobs.forget_sent",
    ),
    Rule(
        "MTD_KEEP_BOUNCES",
        _("Addresses from which e-mail came back, after the last time; they are then tried again"),
        "mtd.notifications.queries.bounces_due",
        "mtd.notifications.jobs.forget_bounces",
    ),
    Rule(
        "MTD_KEEP_FEEDBACK",
        _("What practice said about a step of the guide"),
        "mtd.guide.queries.feedback_due",
        "mtd.guide.jobs.forget_feedback",
    ),
    Rule(
        "MTD_KEEP_ACTORS",
        _("Who did something, in the log of changes; what was done stays"),
        "mtd.audit.queries.actors_due",
        "mtd.audit.jobs.forget_old_actors",
    ),
    Rule(
        "MTD_KEEP_GUESTS",
        _(
            "Names and addresses of guests without an account, after the meeting; that a guest was there stays"
        ),
        "mtd.meetings.queries.guests_due",
        "mtd.meetings.jobs.forget_guests",
    ),
    Rule(
        "MTD_KEEP_NEEDS",
        _("The words of needs raised and their decisions, after the answer; dates, topic and outcome stay"),
        "mtd.cooperation.queries.needs_due.needs_due",
        "mtd.cooperation.jobs.forget_old_needs",
    ),
    Rule(
        "MTD_KEEP_MINUTES",
        _(
            "Words of agendas and minutes, after the meeting; who was there and what was decided when stays countable"
        ),
        "mtd.meetings.queries.minutes_due",
        "mtd.meetings.jobs.forget_minutes",
    ),
    Rule(
        "MTD_KEEP_SHADOWING",
        _(
            "Wishes, answers and reports of job shadowing, after the day of the visit; that it took place stays"
        ),
        "mtd.cooperation.queries.shadowing.visits_due",
        "mtd.cooperation.jobs.forget_visits",
    ),
    Rule(
        "MTD_KEEP_CONSULTATIONS",
        _(
            "Anonymous consultations with all their texts, after the answer; only what can be counted stays, "
            "without a person or an organisation"
        ),
        "mtd.consultations.queries.ending.consultations_due",
        "mtd.consultations.jobs.end_due",
    ),
    Rule(
        "MTD_KEEP_CASE_DRAFTS",
        _("Questions about a case that were begun and never sent, after they were last changed"),
        "mtd.consultations.queries.ending.case_drafts_due",
        "mtd.consultations.jobs.discard_old_drafts",
    ),
    Rule(
        "MTD_KEEP_LEARNINGS",
        _("What a network learnt from its questions, unless somebody looks at it again and confirms it"),
        "mtd.consultations.queries.ending.learnings_due",
        "mtd.consultations.jobs.forget_learnings",
    ),
]
