#!/usr/bin/env python3
"""Every folder of scenarios is played: those that meson.build names are those that are there."""

import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
named = set(re.findall(r"'([a-z-]+)'", re.search(r'foreach folder : \[(.*?)\]', (HERE / 'meson.build').read_text(), re.S)[1]))
there = {path.parent.name for path in HERE.glob('*/*.yaml')}
for folder in sorted(named ^ there):
    print(f'{folder}: ' + ('named in meson.build, but there is no scenario' if folder in named else 'not played: name it in meson.build'))
sys.exit(1 if named ^ there else 0)
