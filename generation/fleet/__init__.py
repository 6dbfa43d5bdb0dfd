"""A fleet that is not there: virtual workers in virtual time, claiming and completing real rows by the real SQL."""

from generation.fleet.answer import Answer, gpus_needed, simulate_day
from generation.fleet.day import Day
from generation.fleet.figures import Figures, figures
from generation.fleet.ground import QUEUE, Ground, Shape, clear, lay, queue_up
from generation.fleet.measure import claim_buffers, percentile
from generation.fleet.run import Report, simulate

__all__ = [
    "QUEUE", "Answer", "Day", "Figures", "Ground", "Report", "Shape", "claim_buffers", "clear", "figures",
    "gpus_needed", "lay", "percentile", "queue_up", "simulate", "simulate_day",
]
