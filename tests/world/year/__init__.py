"""A year in the life of a fleet: who backs up when, what goes wrong, and what is found of it.

When jobs run is told here anew, from the clocks on the wall alone: what judges them is not asked.
"""
