#!/usr/bin/env python3
"""Which test shows which clause: reads the tests, writes rulebook/shown-by.tsv, which `sanzhi rules coverage` prints.

    tools/shown.py            writes the table anew
    tools/shown.py --check    fails where the table is not what the tests say, or a clause that is served has no test

A scenario says what it shows itself (`shows: [yn-gs-14]`, docs/formats/scenario.md). Any other test says it in a comment: `shows: yn-gs-14, yn-gs-15`, or, where it
goes through all clauses that something serves, `shows what is served by: command:rules show`. Python 3 and its standard library only.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / 'rulebook' / 'shown-by.tsv'
HEAD = ('# Which test shows which clause: made from the tests by tools/shown.py, never by hand.\n'
        '# clause <tab> file below the source tree; sorted.\n')
ONE = re.compile(r'^\s*(?:\*|//|#|/\*)\s*shows: ([a-z0-9., -]+?)\s*(?:\*/)?$', re.M)
ALL = re.compile(r'^\s*(?:\*|//|#|/\*)\s*shows what is served by: ([a-z]+:[^*\n]+?)\s*(?:\*/)?$', re.M)


def sanzhi(*words):
    build = os.environ.get('SANZHI_BUILD', str(ROOT / 'build'))
    run = subprocess.run([os.path.join(build, 'src/cli/sanzhi'), *words], env={**os.environ, 'SANZHI_RULEBOOK': str(ROOT / 'rulebook')},
                         cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def tests():
    for folder, _, names in os.walk(ROOT / 'tests'):
        for name in names:
            if name.endswith(('.mjs', '.c', '.py')):
                yield Path(folder) / name


def main():
    check = '--check' in sys.argv[1:]
    rows = sanzhi('rules', 'coverage', '--json')
    known = {row['clause'] for row in rows}
    shown, wrong = set(), []
    scenarios = sorted(str(path.relative_to(ROOT)) for path in (ROOT / 'tests/cases').glob('*/*.yaml'))
    for file in sanzhi('play', '--list', '--json', *scenarios):
        for scenario in file['scenarios']:
            for clause in scenario.get('shows', []):
                shown.add((clause, file['file']))
                if clause not in known:
                    wrong.append(f"{scenario['where']}: no clause {clause}")
    for path in tests():
        text, file = path.read_text(encoding='utf-8'), str(path.relative_to(ROOT))
        for found in ONE.finditer(text):
            for clause in re.split(r'[, ]+', found[1]):
                shown.add((clause, file))
                if clause not in known:
                    wrong.append(f'{file}: no clause {clause}')
        for found in ALL.finditer(text):
            for row in rows:
                if found[1] in row['serves']:
                    shown.add((row['clause'], file))
    table = HEAD + ''.join(f'{clause}\t{file}\n' for clause, file in sorted(shown))
    have = {clause for clause, _ in shown}
    for row in rows:
        if row['state'] == 'served' and row['clause'] not in have:
            wrong.append(f"{row['clause']} ({row['cite']}) is served by {', '.join(row['serves'])}, and no test shows it")
        if row['state'] == 'not-yet' and row['clause'] in have:
            wrong.append(f"{row['clause']} ({row['cite']}) is shown by a test, and nothing serves it")
    if check and TABLE.read_text(encoding='utf-8') != table:
        wrong.append('rulebook/shown-by.tsv is not what the tests say: run tools/shown.py')
    if not check:
        TABLE.write_text(table, encoding='utf-8')
    for line in wrong:
        print(line)
    print(f'{len(have)} of {len(rows)} clauses are shown by {len(shown)} pairs of clause and test file')
    return 1 if wrong else 0


sys.exit(main())
