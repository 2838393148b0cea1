"""docsense beside other retrievers on the same text: ``python -m benchmarks.peers --help``."""
