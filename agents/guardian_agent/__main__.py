"""`python -m guardian_agent` is `guardian-agent`."""

import sys

from guardian_agent.cli import main

sys.exit(main())
