"""Logs and error reports hold no typed text: a family's name must not end up in a log file.

What may hold typed text: a query string, a form, a header, the message of any exception, the arguments of other
packages' log messages, and secret links in a path. What is left is enough to find a mistake: the kind of exception,
the places in the source, the address by its name, the status.
"""

from __future__ import annotations

import logging
import re
from types import TracebackType
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.debug import ExceptionReporter

_QUERY = re.compile(r"\?\S*")
_SECRET = re.compile(r"(?<=/)(?![0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:/|\b))[^/\s]{20,}")
"""A long part of a path that is no identifier of ours: the token of an invitation, the key of a new password."""
_PLACES = 6


class NoContentFilter(logging.Filter):
    """Leaves of a record only what nobody typed."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _said(record)
        record.args = ()
        kind, _, trace = record.exc_info or (None, None, None)
        if kind is not None:
            record.msg += f" [{kind.__name__} at {_places(trace)}]"
        record.exc_info = record.exc_text = record.stack_info = None
        return True


def _said(record: logging.LogRecord) -> str:
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        return f"{getattr(record, 'status_code', '')} {request.method} {_address(request)}".strip()
    if record.name.split(".")[0] == "mtd" or record.name == "django.server":
        return _SECRET.sub("…", _QUERY.sub("?…", record.getMessage()))
    # Another package's words: the template is its own, the arguments may be anybody's.
    template = str(record.msg) if record.args else ""
    return f"{template} ({record.module}:{record.lineno})".strip()


def _address(request: HttpRequest) -> str:
    """The name of the address, which holds nothing of what was asked for."""
    match = request.resolver_match
    return match.view_name if match else "(unknown address)"


def _places(trace: TracebackType | None) -> str:
    found = []
    while trace is not None:
        code = trace.tb_frame.f_code
        found.append(f"{'/'.join(code.co_filename.rsplit('/', 2)[-2:])}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return " > ".join(found[-_PLACES:])


class NoContentReporter(ExceptionReporter):
    """An error report that names the kind of exception, the places and the address, and nothing else.

    With MTD_DEBUG, on a developer's machine, it is Django's own page.
    """

    def get_traceback_text(self) -> SafeString:
        if settings.DEBUG:
            return super().get_traceback_text()
        kind = self.exc_type.__name__ if self.exc_type else "(no exception)"
        asked = f"{self.request.method} {_address(self.request)}" if self.request else "(no request)"
        return format_html("{}\n{}\n{}\n", kind, asked, _places(self.tb))

    def get_traceback_html(self) -> SafeString:
        if settings.DEBUG:
            return super().get_traceback_html()
        return format_html("<pre>{}</pre>", self.get_traceback_text())

    def get_traceback_data(self) -> dict[str, Any]:
        """For whatever asks for the parts of the report."""
        data: dict[str, Any] = super().get_traceback_data()
        if settings.DEBUG:
            return data
        return {name: data.get(name) for name in ("exception_type", "django_version_info", "is_email")}


__all__ = ["NoContentFilter", "NoContentReporter"]
