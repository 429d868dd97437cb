"""Live data that is in no restore point: what lies on the server, minus what backups contain.

Where live data lies is found (`places`, `clusters`), what the newest restore points list is
overheard while the pass lists them anyway (`holdings`), and the one is held against the other
(`measure`), in turns, with a memory.
"""
