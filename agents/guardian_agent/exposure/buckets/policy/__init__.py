"""What a bucket's policy grants to whom. Pure: the policy's text in, a ruling out.

Whoever only looks for words errs: of fourteen policies about TLS two well-known scanners judge ten
and eleven wrong. So a policy is evaluated: for whom, which actions, on what, under which
conditions; and what is not understood is not known, never safe.
"""

from guardian_agent.exposure.buckets.policy.accounts import cross_account
from guardian_agent.exposure.buckets.policy.document import Policy, parse_policy
from guardian_agent.exposure.buckets.policy.public import public
from guardian_agent.exposure.buckets.policy.ruling import Ruling
from guardian_agent.exposure.buckets.policy.tls import tls_only

__all__ = ["Policy", "Ruling", "cross_account", "parse_policy", "public", "tls_only"]
