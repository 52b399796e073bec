"""A proxy whose traffic is captured."""

import atexit
import os
import ssl
import tempfile
from pathlib import Path

from .engine import Engine, SluiceError


class TraceProxy:
    """A proxy on a port of its own: what passes it is captured, redacted and stored as traces.

    host, port: where it listens; port 0 takes a free one (see `url`). trace_output: a file that each finished tool call is appended
    to, a JSON line each. data_dir: where everything is kept; a studio that runs on it captures, else an engine is started.
    session: the name that the traces carry. upstreams: gateway upstreams by name, for an engine that is started.
    environment: whether `start` sets this process's proxy and CA variables, so that its clients come here.
    """

    def __init__(self, host="127.0.0.1", port=0, trace_output=None, data_dir=None, session=None, upstreams=None, environment=True):
        self._order = {
            "host": host,
            "port": port,
            "session": session,
            "trace_output": None if trace_output is None else os.path.abspath(trace_output),
            "pid": os.getpid(),
        }
        self._data_dir = data_dir
        self._upstreams = upstreams
        self._sets_environment = environment
        self._engine = None
        self._run_id = None
        self._before = {}
        self._bundle = None
        self.url = None
        self.ca = None

    def start(self):
        if self._run_id is not None:
            raise SluiceError("usage", "The proxy runs already.")
        engine = Engine.open(self._data_dir, self._upstreams)
        try:
            run = engine.call("POST", "/runs", self._order)
            self.ca = engine.call("GET", "/status")["ca_path"]
        except BaseException:
            engine.close()
            raise
        self._engine = engine
        self._run_id = run["run_id"]
        self.url = run["proxy"]
        if self._sets_environment:
            self._set_environment()
        atexit.register(self._at_exit)
        return self

    def stop(self):
        """Closes the port; resolves when all that came is stored and written, with what it was."""
        if self._run_id is None:
            raise SluiceError("usage", "The proxy does not run: call start() first.")
        engine, run_id = self._engine, self._run_id
        self._engine = self._run_id = None
        atexit.unregister(self._at_exit)
        self._restore_environment()
        try:
            return engine.call("POST", f"/runs/{run_id}/end", {})
        finally:
            engine.close()

    def environment(self):
        """Variables for a process whose traffic is to be captured."""
        proxies = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")
        bundles = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
        adding = ("NODE_EXTRA_CA_CERTS", "DENO_CERT", "CODEX_CA_CERTIFICATE")
        return {
            **{name: self.url for name in proxies},
            # Empty on purpose: a model server on this machine is captured too.
            "NO_PROXY": "",
            "no_proxy": "",
            "NODE_USE_ENV_PROXY": "1",
            **{name: self.ca for name in adding},
            **{name: self._bundle_path() for name in bundles},
        }

    def _bundle_path(self):
        """The CAs that this Python trusts and ours in one file: these variables replace a client's whole list."""
        if self._bundle is None:
            paths = ssl.get_default_verify_paths()
            known = [path for path in (os.environ.get("SSL_CERT_FILE"), paths.cafile) if path and os.path.isfile(path)]
            handle, self._bundle = tempfile.mkstemp(prefix="sluice-", suffix=".pem")
            with os.fdopen(handle, "w", encoding="utf-8") as bundle:
                for path in [*known[:1], self.ca]:
                    bundle.write(Path(path).read_text(encoding="utf-8", errors="replace").rstrip() + "\n")
        return self._bundle

    def _set_environment(self):
        wanted = self.environment()
        self._before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)

    def _restore_environment(self):
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self._before = {}
        if self._bundle is not None:
            os.unlink(self._bundle)
            self._bundle = None

    def _at_exit(self):
        """A program that never calls stop() ends all the same, and what it did is stored."""
        if self._run_id is not None:
            self.stop()

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()
