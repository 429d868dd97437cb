"""Real worlds for traps, the demo and end-to-end tests: real tools, real faults, real agents.

Nothing here is mocked, and a monitor is only reached through its outer interfaces, so that another
monitor can be put through the same faults (`monitor.py`).
"""
