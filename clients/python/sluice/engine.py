"""Finds the engine that holds a data folder, or starts one."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path


class SluiceError(Exception):
    """What the engine refused: its stable `code`, a message, and what to do next."""

    def __init__(self, code, message, next_step=None):
        super().__init__(message if next_step is None else f"{message} {next_step}")
        self.code = code


def command():
    """How the command line is called here, as a list of arguments."""
    given = os.environ.get("SLUICE_COMMAND")
    if given:
        return shlex.split(given)
    installed = shutil.which("sluice")
    if installed:
        return [installed]
    script = Path(__file__).resolve().parents[3] / "scripts" / "sluice.mjs"
    node = shutil.which("node")
    if script.is_file() and node:
        return [node, str(script)]
    raise SluiceError("not_found", "There is no `sluice` command.", "Install Sluice, or set SLUICE_COMMAND to how it is called.")


def run(arguments, given=None):
    """Runs the command line to its end; its exit code and what it printed. `given`: text for its standard input."""
    done = subprocess.run([*command(), *arguments], input=given, capture_output=True, text=True, encoding="utf-8", env=_own_environment())
    if done.returncode not in (0, 1) or (done.returncode == 1 and not done.stdout):
        raise _error_of(done.stderr)
    return done


def _error_of(stderr):
    lines = [line for line in stderr.splitlines() if line.strip()]
    try:
        error = json.loads(lines[-1])["error"]
        return SluiceError(error["code"], error["message"], error.get("next"))
    except (IndexError, KeyError, TypeError, ValueError):
        text = " ".join(line.strip() for line in lines[-2:])
        code = text[text.rfind("[") + 1 : -1] if text.endswith("]") else "failed"
        return SluiceError(code, text or "The command failed and said nothing.")


def _own_environment():
    """Without the variables that lead through a proxy: what is asked of the engine is none of the traffic."""
    names = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
    return {name: value for name, value in os.environ.items() if name.lower() not in names}


def default_data_dir():
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Sluice"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", Path.home() / "AppData" / "Roaming")) / "Sluice"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "sluice"


class Engine:
    """An engine's API. `open` finds the one that holds the folder, else starts one that `close` ends."""

    def __init__(self, api, token, process=None):
        self.api = api
        self._token = token
        self._process = process
        # Never through the proxy that this very process may be using.
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    @classmethod
    def open(cls, data_dir=None, upstreams=None):
        folder = Path(data_dir or os.environ.get("SLUICE_DATA_DIR") or default_data_dir())
        running = cls._running(folder)
        return running if running is not None else cls._start(folder, upstreams or {})

    @classmethod
    def _running(cls, folder):
        try:
            lock = json.loads((folder / "lock.json").read_text(encoding="utf-8"))
            token = os.environ.get("SLUICE_TOKEN") or lock.get("command_token") or (folder / "token").read_text().strip()
            engine = cls(lock["api"], token)
            engine.call("GET", "/status")
            return engine
        except (OSError, KeyError, ValueError):
            # None, one that is gone, or one that is still being started: the lock says which when another is started.
            return None

    @classmethod
    def _start(cls, folder, upstreams):
        arguments = ["serve", "--json", "--proxy-port", "0", "--api-port", "0", "--data-dir", str(folder)]
        for name, url in upstreams.items():
            arguments += ["--upstream", f"{name}={url}"]
        process = subprocess.Popen(
            [*command(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=_own_environment()
        )
        line = process.stdout.readline()
        if not line.startswith("{"):
            _, stderr = process.communicate()
            raise _error_of(stderr)
        # Its log goes on as ours would; a pipe that nobody reads would stop it.
        _pass_on(process.stderr)
        ready = json.loads(line)
        return cls(ready["api"], ready["token"], process)

    def call(self, method, path, body=None):
        """Asks the API; what it refuses is a SluiceError."""
        data = None if body is None else json.dumps(body).encode("utf-8")
        headers = {"authorization": f"Bearer {self._token}"}
        if data is not None:
            headers["content-type"] = "application/json"
        request = urllib.request.Request(self.api + path, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request) as answer:
                text = answer.read()
        except urllib.error.HTTPError as refused:
            try:
                error = json.loads(refused.read())["error"]
            except (KeyError, TypeError, ValueError):
                raise SluiceError("internal", f"{method} {path} was answered with {refused.code}.") from None
            raise SluiceError(error["code"], error["message"], error.get("next")) from None
        return json.loads(text) if text else None

    def close(self):
        """Ends the engine if it was started here; what was captured is stored by then."""
        if self._process is None:
            return
        self._process.terminate()
        self._process.wait()
        self._process.stdout.close()
        self._process = None


def _pass_on(stream):
    import threading

    def copy():
        for line in stream:
            sys.stderr.write(line)

    threading.Thread(target=copy, daemon=True).start()
