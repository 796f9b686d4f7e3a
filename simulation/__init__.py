"""The proof of the controllers: the same loop as the real one, on the simulated engine, through drawn hard times.

A seed is drawn into a story (`story`): workloads, commits, faults and waits. A world (`world`) plays it by a hand-wound
clock, and after every pass the referee (`referee`) looks whether a promise was broken. Everything follows from the
seed: there is no wall clock, no thread and no unordered iteration in here. See docs/architecture/testing.md.
"""
