"""Logs and error reports hold no typed text: a family's name must not end up in a log file."""

from __future__ import annotations

import logging
import re
from typing import Any

from django.views.debug import ExceptionReporter

_QUERY = re.compile(r"\?\S*")


class NoContentFilter(logging.Filter):
    """Cuts query strings and replaces an exception's message by its type and place."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = _QUERY.sub("?…", record.getMessage())
        record.args = ()
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            places = []
            while trace is not None:
                code = trace.tb_frame.f_code
                places.append(f"{code.co_filename.rsplit('/', 2)[-1]}:{trace.tb_lineno} {code.co_name}")
                trace = trace.tb_next
            record.msg += f" [{kind.__name__} at {' > '.join(places[-6:])}]"
            record.exc_info = None
            record.exc_text = None
        return True


class NoContentReporter(ExceptionReporter):
    """Error reports without local variables, request bodies or query strings."""

    def get_traceback_data(self) -> dict[str, Any]:
        data: dict[str, Any] = super().get_traceback_data()
        for frame in data.get("frames", []):
            frame["vars"] = []
        for name in (
            "filtered_POST_items",
            "request_GET_items",
            "request_COOKIES_items",
            "request_FILES_items",
        ):
            data[name] = []
        data["exception_value"] = ""
        return data


__all__ = ["NoContentFilter", "NoContentReporter"]
