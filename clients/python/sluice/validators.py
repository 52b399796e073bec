"""Checks of traces and rows."""

import json
import os

from .engine import run


class ValidationResult:
    """What a check found. file: its path, or None; valid; errors and warnings: {where, code, path, message} each; records: how many."""

    def __init__(self, file, reports):
        self.file = file
        self.records = len(reports)
        self.valid = all(report["valid"] for report in reports)
        self.errors = [{"where": report["where"], **issue} for report in reports for issue in report["errors"]]
        self.warnings = [{"where": report["where"], **issue} for report in reports for issue in report["warnings"]]

    def __repr__(self):
        return f"ValidationResult(file={self.file!r}, valid={self.valid}, errors={self.errors!r})"


class TraceValidator:
    """Checks traces, tool calls and rows of data sets: schema, whether parts fit together, what is personal or secret in them.

    pii: whether personal data and secrets are searched for.
    """

    def __init__(self, pii=True):
        self._flags = [] if pii else ["--no-pii"]

    def validate(self, trace):
        """Checks one file (a path) or one record (a dict)."""
        return self.validate_batch([trace])[0]

    def validate_batch(self, traces):
        """One result for each file or record, in their order. A file is valid where all of its records are."""
        return [self._file(os.fspath(trace)) if isinstance(trace, (str, os.PathLike)) else self._record(trace) for trace in traces]

    def _file(self, path):
        return ValidationResult(path, self._reports([path]))

    def _record(self, record):
        return ValidationResult(None, self._reports(["-"], json.dumps(record)))

    def _reports(self, files, given=None):
        return json.loads(run(["validate", "--json", *self._flags, *files], given).stdout)["reports"]
