"""Every background job, one list. `manage.py run_jobs minutely|hourly|daily` runs them; all are idempotent."""

JOBS: dict[str, list[str]] = {
    "minutely": [
        "mtd.notifications.jobs.send_outbox",
    ],
    "hourly": [],
    "daily": [],
}
