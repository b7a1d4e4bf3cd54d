"""Every background job, one list. `manage.py run_jobs minutely|hourly|daily` runs them; all are idempotent."""

JOBS: dict[str, list[str]] = {
    "minutely": [
        "mtd.notifications.jobs.send_outbox",
    ],
    "hourly": [],
    "daily": [
        "mtd.notifications.jobs.forget_sent",
        "mtd.core.jobs.sweep_unused_keys",
        "mtd.agreements.jobs.enter_due_versions",
        "mtd.agreements.jobs.leave_due_parties",
        "mtd.agreements.jobs.end_due_agreements",
    ],
}
