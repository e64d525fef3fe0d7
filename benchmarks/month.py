#!/usr/bin/env python3
"""The loops of a quiet month in SimPy, for comparison: a health check every 10 s and a sync every 30 s, interrupted now and
then. No orchestrator, no log, no recovery: only what the simulated month cannot do without."""
import random
import time

import simpy

MONTH = 30 * 86_400


def checks(env, rng, counts):
    due = 0.0
    while True:
        due += 10
        yield env.timeout(max(0, due - env.now))
        yield env.timeout(rng.uniform(0.1, 0.4))
        counts["checks"] += 1


def syncs(env, counts):
    due = 0.0
    while True:
        yield env.timeout(max(0, due - env.now))
        yield env.timeout(0.4 + 2 * 8 / 6)
        counts["syncs"] += 1
        due += 30


def losses(env, rng, counts):
    while True:
        yield env.timeout(rng.weibullvariate(86_400, 0.63))
        counts["losses"] += 1
        yield env.timeout(720)


def month(seed):
    env, rng = simpy.Environment(), random.Random(seed)
    counts = {"checks": 0, "syncs": 0, "losses": 0}
    env.process(checks(env, rng, counts))
    env.process(syncs(env, counts))
    env.process(losses(env, rng, counts))
    env.run(until=MONTH)
    return counts


times = []
for seed in range(5):
    start = time.process_time()
    counts = month(seed)
    times.append(time.process_time() - start)
print(f"  SimPy {simpy.__version__}, the loops alone: median {1000 * sorted(times)[2]:.0f} ms of CPU ({counts})")
