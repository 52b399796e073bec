"""Thin client of a Sluice engine; the standard library and nothing else."""

from .engine import SluiceError
from .normalize_trace import TraceNormalizer
from .proxy_server import TraceProxy
from .validators import TraceValidator

__all__ = ["SluiceError", "TraceNormalizer", "TraceProxy", "TraceValidator"]
