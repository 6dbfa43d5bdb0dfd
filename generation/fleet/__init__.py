"""A fleet that is not there: virtual workers in virtual time, claiming and completing real rows by the real SQL."""

from generation.fleet.ground import QUEUE, Ground, Shape, clear, lay, queue_up
from generation.fleet.measure import claim_buffers, percentile
from generation.fleet.run import Report, simulate

__all__ = ["QUEUE", "Ground", "Report", "Shape", "claim_buffers", "clear", "lay", "percentile", "queue_up", "simulate"]
