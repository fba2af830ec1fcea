"""The scenario editor: plans, their steps, their texts."""

from dso.web.scenarios import plans, steps
from dso.web.scenarios.common import bp

__all__ = ["bp", "plans", "steps"]
