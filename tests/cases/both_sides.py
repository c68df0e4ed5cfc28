#!/usr/bin/env python3
"""Whether the scenarios show every gate and duty from both sides: both_sides.py SANZHI. Counted from what was played, not from what scenarios say of themselves.

A gate: an act refused (or warned) by it, and an act of one of its kinds let pass where its instrument binds. A duty: standing open, met, and late (or met late); excused and
extended where the rule provides it. What no scenario can show stands with its reason in both_sides.txt; a line there that is not needed any more is a mistake too.
Python 3 and its standard library only.
"""

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
SANZHI = sys.argv[1]


def sanzhi(*words):
    run = subprocess.run([SANZHI, *words], stdout=subprocess.PIPE)
    return json.loads(run.stdout) if run.stdout else []


def rules(section):
    return [rule for one in sanzhi('rules', 'list', '--json') for rule in sanzhi('rules', 'list', one['id'], '--section', section, '--json')]


seen = {'refused': {}, 'duties': {}}
passed = {}
files = sorted(str(path) for path in HERE.glob('*/*.yaml'))
for file in sanzhi('play', '--json', *files)['files']:
    for scenario in file['scenarios']:
        one = scenario['seen']
        for what in seen:
            for rule, marks in one.get(what, {}).items():
                seen[what].setdefault(rule, set()).update(marks)
        for instrument in [*one.get('binding', {}), 'common']:
            passed.setdefault(instrument, set()).update(one.get('allowed', {}))

gaps = {}
gates, duties = rules('gates'), rules('duties')
for gate in gates:
    rule = gate['rule']
    if f"{gate['clause']} {gate['name']}" not in seen['refused']:
        gaps[f'{rule} refuses'] = f"{gate['clause']}: no act is refused by it (before {gate['before']})"
    if not set(gate['kinds']) & passed.get(gate['instrument'], set()):
        gaps[f'{rule} passes'] = f"{gate['clause']}: no act before which it stands is let pass where it binds"
for duty in duties:
    rule, had = duty['rule'], seen['duties'].get(duty['rule'], set())
    wanted = {'opened': {'open', 'amber', 'late', 'met', 'met-late'}, 'met': {'met'}, 'late': {'late', 'met-late'}}
    if duty['excused-by']:
        wanted['excused'] = {'excused'}
    if duty.get('extends'):
        wanted['extended'] = {'extended'}
    for side, ways in wanted.items():
        if not had & ways:
            gaps[f'{rule} {side}'] = f"{duty['clause']} {duty['title']} ({duty['limit']})"

known = {}
for line in (HERE / 'both_sides.txt').read_text(encoding='utf-8').splitlines():
    if line and not line.startswith('#'):
        name, _, why = line.partition('\t')
        known[name] = why
wrong = [f'{name}: {what}' for name, what in sorted(gaps.items()) if name not in known]
wrong += [f'{name}: stands in both_sides.txt and is shown' for name in sorted(known) if name not in gaps]
wrong += [f'{name}: no reason in both_sides.txt' for name, why in sorted(known.items()) if not why]
for line in wrong:
    print(line)
print(f'{len(gates)} gates, {len(duties)} duties; {len(wrong)} sides not shown, {len(known)} with a reason')
sys.exit(1 if wrong else 0)
