"""Tool calls of other formats in the standard shape."""

import json
import os
import tempfile

from .engine import SluiceError, run


class NormalizedTraces(list):
    """Rows {name, arguments, result, timestamp, duration_ms, metadata}; `skipped`: what was not read, {where, reason} each."""

    def __init__(self, rows, skipped):
        super().__init__(rows)
        self.skipped = skipped


class TraceNormalizer:
    """Brings whatever `sluice import` reads into the standard shape: redacted, times in UTC. Nothing is kept.

    as_: the kind of file, where it is not to be told by its content. mapping: how a custom format is read, a dict or the path of its
    file. data_dir: the folder whose redaction policy holds.
    """

    def __init__(self, mapping=None, as_=None, data_dir=None):
        self.data_dir = data_dir
        if mapping is None:
            self._as = as_
        else:
            self._as = "map:" + (json.dumps(mapping) if isinstance(mapping, dict) else os.fspath(mapping))

    def normalize(self, source):
        """source: the path of a file, a record, or a list of records."""
        if isinstance(source, (str, os.PathLike)):
            return self._file(os.fspath(source))
        records = [source] if isinstance(source, dict) else list(source)
        handle, path = tempfile.mkstemp(prefix="sluice-", suffix=".jsonl")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as lines:
                lines.writelines(json.dumps(record) + "\n" for record in records)
            return self._file(path)
        finally:
            os.unlink(path)

    def _file(self, path):
        arguments = ["normalize", "--json", path]
        if self._as is not None:
            arguments += ["--as", self._as]
        if self.data_dir is not None:
            arguments += ["--data-dir", os.fspath(self.data_dir)]
        done = run(arguments)
        if done.returncode != 0:
            raise SluiceError("failed", done.stderr.strip())
        answer = json.loads(done.stdout)
        return NormalizedTraces(answer["rows"], answer["skipped"])
