"""The spool, and the ways from it to central.

`stream.append` signs and spools, `drain.deliver` brings the spool to central; `pending` takes facts
from other commands. State files (`<state dir>/`): identity.json, key, secret, stream.json,
checkpoint, spool/, receipts/, refused/, pending/.
"""
