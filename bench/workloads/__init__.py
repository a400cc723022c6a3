"""The workloads, in the order in which they are run and told."""

from __future__ import annotations

from bench.workloads.churn import W6
from bench.workloads.flood import W13
from bench.workloads.heavy import W7
from bench.workloads.idle import W5
from bench.workloads.live import W3
from bench.workloads.opening import W1
from bench.workloads.pixel import W4
from bench.workloads.restart import W10
from bench.workloads.signing import W12
from bench.workloads.sleeper import W8
from bench.workloads.stalled import W9
from bench.workloads.start import W0
from bench.workloads.storm import W2
from bench.workloads.workers import W11

WORKLOADS = (W0, W1, W2, W3, W4, W5, W6, W7, W8, W9, W10, W11, W12, W13)
