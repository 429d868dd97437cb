"""Benchmarks as ratios: Guardian beside a peer or a limit, measured in the same run.

A benchmark is a module in this folder whose name has no leading underscore, with one function
`measure() -> Sequence[Result]`. `python -m tests.bench [--only NAME]` prints a line a result and
writes build/bench.json. Wall-clock time is never asserted by a test.
"""
