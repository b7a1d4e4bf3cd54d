"""The application that gunicorn serves."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from mtd.deidentification import LANGUAGES, warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Before the first request, and before gunicorn forks if it preloads, so that nobody waits for the lists of the guard.
for language in LANGUAGES:
    try:
        warm([language])
    except Exception as error:
        # The guard then clears no text in this language, and says so; everything else is there, the way to help for
        # a child in danger above all.
        logging.getLogger("mtd.guard").error(
            "The identity guard cannot load its data for %s (%s): no such text is let through.",
            language,
            type(error).__name__,
        )
