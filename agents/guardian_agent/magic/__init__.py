"""Can these bytes be read without a key? Pure: bytes in, an answer with its rule out.

`encrypted` needs a known container whose structure holds; `plaintext` needs a reader that made
sense of the bytes. Everything else, random-looking data first of all, is `unknown`.
"""

from guardian_agent.magic.answer import Classified, Read
from guardian_agent.magic.classify import HEAD_BYTES, TAIL_BYTES, classify

__all__ = ["HEAD_BYTES", "TAIL_BYTES", "Classified", "Read", "classify"]
