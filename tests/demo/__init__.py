"""The demo: a small provider with three clients, real backups, some broken in ways that look fine.

It is a test that talks: every case says which control must find it, and the demo fails when one
does not. `python -m tests.demo [--serve]`.
"""
