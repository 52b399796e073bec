"""Gold traces: written to a folder, or made for one domain."""

import json
import os
import tempfile
import warnings
from pathlib import Path

from .engine import Engine, SluiceError, run


class DomainRegistry:
    """The domains that gold traces can be of."""

    @staticmethod
    def get_all_domains(domains_folder=None):
        """Their titles. domains_folder: those of your own beside them."""
        arguments = ["oracle", "domains", "--json"]
        if domains_folder is not None:
            arguments += ["--domains", os.fspath(domains_folder)]
        return [row["title"] for row in json.loads(run(arguments).stdout)]


class _Writer:
    """Who writes: the sampler, which asks no model, or a model profile that was agreed to.

    api_key: not used, and said to be: a profile has its own key (`sluice models add`). profile, reviewers: model profiles. budget: US
    dollars. domains_folder: domains of your own, beside those that come along. data_dir: of the studio that asks the profile.
    """

    def __init__(self, api_key=None, profile=None, reviewers=(), budget=None, domains_folder=None, data_dir=None):
        if api_key is not None:
            by = "the sampler writes these traces" if profile is None else f'the profile "{profile}" has its own key'
            warnings.warn(f"api_key is not used: {by}. `sluice models add` makes a profile with a key.", stacklevel=3)
        self._profile = profile
        self._data_dir = data_dir
        self._arguments = []
        if domains_folder is not None:
            self._arguments += ["--domains", os.fspath(domains_folder)]
        if profile is not None:
            self._arguments += ["--generator", "model", "--profile", profile]
        for reviewer in reviewers:
            self._arguments += ["--reviewer", reviewer]
        if budget is not None:
            self._arguments += ["--budget", str(budget)]
        if data_dir is not None:
            self._arguments += ["--data-dir", os.fspath(data_dir)]

    def _write(self, total, out, *more):
        arguments = ["oracle", "run", "--json", "--total", str(total), "--out", os.fspath(out), *self._arguments, *more]
        engine = None if self._profile is None else Engine.open(self._data_dir)
        try:
            return json.loads(run(arguments).stdout)
        finally:
            if engine is not None:
                engine.close()


class GoldTraceGenerator(_Writer):
    """Writes gold traces to a folder, with a manifest and a report. output_dir: where; the others are as with OracleAgent."""

    def __init__(self, output_dir="outputs/gold_traces", api_key=None, **writer):
        super().__init__(api_key, **writer)
        self._output_dir = output_dir

    def generate_dataset(self, total_traces=100, checkpoint_every=None, sample_mode=False, domains=(), seed=1, resume=False):
        """The report. sample_mode: over 5 domains; checkpoint_every: files are whole one by one, whatever it says.

        resume: goes on with what is in the folder; else a folder that holds something is refused (`oracle_out_used`, `oracle_run_differs`).
        """
        _at_least_one(total_traces=total_traces, checkpoint_every=checkpoint_every)
        more = ["--seed", str(seed)]
        for domain in domains:
            more += ["--domain", domain]
        more += ["--sample"] if sample_mode else []
        more += ["--resume"] if resume else []
        return self._write(total_traces, self._output_dir, *more)


class OracleAgent(_Writer):
    """Makes gold traces of one domain, in memory."""

    def __init__(self, api_key=None, **writer):
        super().__init__(api_key, **writer)

    def generate_traces_for_domain(self, domain, num_traces, batch_size=None, seed=1):
        """Those that held, dicts. domain: its title or id; batch_size: how many are asked for at once is the engine's affair."""
        _at_least_one(num_traces=num_traces, batch_size=batch_size)
        with tempfile.TemporaryDirectory(prefix="sluice-gold-") as folder:
            out = Path(folder) / "traces"
            self._write(num_traces, out, "--domain", domain, "--seed", str(seed))
            return [
                json.loads(line)
                for file in sorted(out.glob("traces-*.jsonl"))
                for line in file.read_text(encoding="utf-8").split("\n")
                if line
            ]

    def save_traces(self, traces, path):
        """Writes them as JSON lines."""
        with open(path, "w", encoding="utf-8", newline="\n") as lines:
            lines.writelines(json.dumps(trace, ensure_ascii=False) + "\n" for trace in traces)


def _at_least_one(**counts):
    for name, count in counts.items():
        if count is not None and (not isinstance(count, int) or isinstance(count, bool) or count < 1):
            raise SluiceError("usage", f"{name} is a whole number from 1 on.")
