"""Simulated tabs in virtual time: the real machines on a simulated device, drawn from a seed."""

from pysync.testing.sim.swarm import Report, Swarm
from pysync.testing.sim.weather import Weather
from pysync.testing.sim.world import Broken, World

__all__ = ["Broken", "Report", "Swarm", "Weather", "World"]
