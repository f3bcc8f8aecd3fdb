"""How fast it is, measured beside the same work done by hand: `python -m benchmarks [part …] [--quick]`."""
