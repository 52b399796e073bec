"""Prompts to traces."""

import json
import os

from .engine import Engine, SluiceError, run


class GeneratedDataset(list):
    """Rows {prompt_id, prompt, time, trace_id, trace}; `report`: how many were run, had their traces and failed, and what it cost."""

    def __init__(self, rows, report):
        super().__init__(rows)
        self.report = report


class DatasetGenerator:
    """Runs prompts through the proxy and gives the traces that came of them. What has its trace is not run again.

    trace_normalizer: a TraceNormalizer, whose data folder is taken where none is named. command: a list of arguments, `{prompt}` among
    them; its traffic is captured. profile: a model profile in its place, by default the one that was agreed to. data_dir: where
    everything is kept. times: how often each is run. scenario: what the traces are made for. batch: another name runs the same prompts
    anew. budget: US dollars.
    """

    def __init__(self, trace_normalizer=None, command=None, profile=None, data_dir=None, times=1, scenario=None, batch="", budget=None):
        self._data_dir = data_dir if data_dir is not None else getattr(trace_normalizer, "data_dir", None)
        self._command = command
        self._profile = profile
        self._flags = ["--times", str(times), "--batch", batch]
        if scenario is not None:
            self._flags += ["--scenario", scenario]
        if budget is not None:
            self._flags += ["--budget", str(budget)]

    def generate_from_prompts(self, prompts, capture_traces=True):
        """prompts: texts, or dicts {id, prompt, system}."""
        if not capture_traces:
            raise SluiceError("usage", "A prompt is run for its trace: capture_traces is True.")
        lines = "".join(json.dumps(prompt) + "\n" for prompt in prompts)
        engine = Engine.open(self._data_dir)
        try:
            report = self._run(engine, lines)
            rows = [
                {
                    "prompt_id": item["prompt_id"],
                    "prompt": item["prompt"],
                    "time": item["time"],
                    "trace_id": trace_id,
                    "trace": engine.call("GET", f"/traces/{trace_id}"),
                }
                for item in report["items"]
                for trace_id in item["trace_ids"]
            ]
            return GeneratedDataset(rows, report)
        finally:
            engine.close()

    def _run(self, engine, lines):
        arguments = ["generate", "--json", *self._flags]
        if self._data_dir is not None:
            arguments += ["--data-dir", os.fspath(self._data_dir)]
        if self._command is None:
            arguments += ["--profile", self._profile or _only_profile(engine), "-"]
        else:
            if self._profile is not None:
                raise SluiceError("usage", "Say what runs the prompts: a command, or a profile.")
            arguments += ["-", "--", *self._command]
        return json.loads(run(arguments, lines).stdout)


def _only_profile(engine):
    agreed = [profile["name"] for profile in engine.call("GET", "/models")["items"] if profile["agreed"] is not None]
    if len(agreed) == 1:
        return agreed[0]
    names = ", ".join(agreed) or "none is set and agreed to"
    raise SluiceError("usage", f"Name the model profile that answers the prompts: {names}.")
