"""How much a source may ask of us. What is over a limit is a diagnostic, never a hang."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`file_bytes` is the size of one file, `depth` the nesting of collections in a document.

    `nodes` bounds the values of one file, `aliased_nodes` those for which the aliases of one document stand; both count
    as if every alias were written out.
    """

    file_bytes: int = 10 * 1024 * 1024
    depth: int = 100
    nodes: int = 500_000
    aliased_nodes: int = 50_000


DEFAULT_LIMITS = Limits()
