"""The application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from mtd.deidentification import warm

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

# Before the first request, and before gunicorn forks if it preloads, so that nobody waits for the lists of the guard.
warm()
