"""Every background job, one list. `manage.py run_jobs minutely|hourly|daily` runs them; all are idempotent."""

JOBS: dict[str, list[str]] = {
    "minutely": [
        "mtd.notifications.jobs.send_outbox",
        "mtd.notifications.jobs.read_inbox",
        "mtd.cooperation.jobs.take_in_decisions",
    ],
    "hourly": [
        "mtd.home.jobs.send_digests",
    ],
    "daily": [
        "mtd.notifications.jobs.forget_sent",
        "mtd.notifications.jobs.forget_bounces",
        "mtd.agreements.jobs.forget_drafts",
        "mtd.agreements.jobs.forget_comments",
        "mtd.organizations.jobs.forget_invitations",
        "mtd.guide.jobs.forget_feedback",
        "mtd.audit.jobs.forget_old_actors",
        "mtd.accounts.jobs.clear_sessions",
        "mtd.core.jobs.clear_cache",
        "mtd.core.jobs.sweep_unused_keys",
        "mtd.agreements.jobs.enter_due_versions",
        "mtd.agreements.jobs.leave_due_parties",
        "mtd.agreements.jobs.end_due_agreements",
        "mtd.cooperation.jobs.escalate",
        "mtd.meetings.jobs.continue_series",
        "mtd.meetings.jobs.let_go_who_left",
        "mtd.meetings.jobs.remind_unanswered",
        "mtd.meetings.jobs.forget_guests",
        "mtd.cooperation.jobs.forget_old_needs",
        "mtd.meetings.jobs.finish_due_minutes",
        "mtd.meetings.jobs.forget_minutes",
    ],
}
