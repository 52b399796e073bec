"""Thin client of a Sluice engine; the standard library and nothing else."""

from .engine import SluiceError
from .gold_traces import DomainRegistry, GoldTraceGenerator, OracleAgent
from .make_kd_mix import DatasetGenerator
from .normalize_trace import TraceNormalizer
from .proxy_server import TraceProxy
from .validators import TraceValidator

__all__ = [
    "DatasetGenerator",
    "DomainRegistry",
    "GoldTraceGenerator",
    "OracleAgent",
    "SluiceError",
    "TraceNormalizer",
    "TraceProxy",
    "TraceValidator",
]
