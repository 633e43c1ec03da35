"""The benchmark suite: `make bench`, or `python -m tests.benchmarks [name ...]`. Ratios against a floor of the same run."""
