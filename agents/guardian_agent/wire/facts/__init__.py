"""What an agent may state, one file for each thing that facts are about.

`guardian_agent.wire.observations` names them all. Making a class takes half a millisecond, so the
agent, which starts anew for each pass, imports only the files whose facts it states.
"""
