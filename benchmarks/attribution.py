"""How fast attribution is, beside a script by hand that writes the same credits.

    .venv/bin/python benchmarks/attribution.py [--touches 10000000]

Made touches, four a person, of twenty channels; every twentieth person becomes an MQL,
some of them open deals, some of which are won. The tables stand in place of what the
earlier domains give. The models are built by dbt in a process of its own; the bare limit
is one script that writes the same credits of the models by positions. Then a day is
added, and what it takes to bring everything up to date is measured. Results are added
to benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import duckdb
