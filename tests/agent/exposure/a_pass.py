"""One pass over a place; prints its files, how many were read, and whether all is known.

python a_pass.py PLACE STATE SECONDS_A_FILE
"""

from __future__ import annotations

import json
import sys
import time

from guardian_agent.config import Limits, Watch
from guardian_agent.exposure.look import Aims, Bytes, Readers
from guardian_agent.exposure.scan import memory_of, observe
from guardian_agent.magic import Classified, Read, classify
from guardian_agent.system.real import real_system
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Exposure

read = 0


def slowly(head: bytes, tail: bytes, size: int, elsewhere: Read) -> Classified:
    global read  # noqa: PLW0603 - this is a whole program
    read += 1
    time.sleep(float(sys.argv[3]))
    return classify(head, tail, size, elsewhere)


def main() -> None:
    watch = Watch(name=Name("place"), paths=(sys.argv[1],))
    aims = Aims(reach=False, personal=False, readers=Readers(classify=slowly))
    memory = memory_of(sys.argv[2], watch.name)
    facts = observe(watch, Limits(), real_system(), memory, Bytes(0), aims, remember=True)
    fact = next(facts)
    assert isinstance(fact, Exposure)
    print(json.dumps([sum(each.files for each in fact.counts), read, fact.complete]))


if __name__ == "__main__":
    main()
