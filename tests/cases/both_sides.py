#!/usr/bin/env python3
"""Every gate, duty, limit and threshold of the rulebook is seen from both sides by the scenarios.

Counted from what their verdicts really contain (`sanzhi play --verdicts`), never from what they claim to show:
  gate       refused (or, where it only asks, warned) and let pass while it stood; excused where it can be
  duty       met and late; excused, extended, suspended where the rule provides it
  limit      met in its last minute, late in the first minute after it
  threshold  one fen below, at, one fen above: out and in as the rule says
  days       a limit in working days over the Spring Festival, over a make-up weekend and across the year's end: met in its last minute, late in the first after it
  whole      a case of each procedure under each place's rules, from its first entry to its archive

What cannot be shown by a scenario stands in both_sides.tsv (rule, what, why); a line there that is not needed is a mistake too.
Usage: both_sides.py BUILD [VERDICTS…]   (without files: those that the tests of this folder left in BUILD; what is missing or old is played)
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
MINUTE = timedelta(minutes=1)
PLACES = ('jinghong', 'dehong', 'chuxiong', 'cx-gxj')
PROCEDURES = ('penalty', 'simple-penalty', 'licence', 'inspection', 'coercion', 'levy')


class Rules:
    def __init__(self, sanzhi):
        self.gates, self.duties, self.major = ({rule['rule']: rule for rule in self.read(sanzhi, section)} for section in ('gates', 'duties', 'major'))

    @staticmethod
    def read(sanzhi, section):
        env = dict(os.environ, SANZHI_RULEBOOK=str(ROOT / 'rulebook'))
        return json.loads(subprocess.run([sanzhi, 'rules', 'list', '--section', section, '--json'], env=env, capture_output=True, check=True).stdout)


def verdict_files(build, sanzhi):
    """The verdicts of each folder, played again where they are older than the program, the rulebook or the scenarios."""
    newest_of = lambda paths: max((path.stat().st_mtime for path in paths), default=0)
    newest = newest_of([Path(sanzhi), *ROOT.glob('rulebook/**/*.yaml'), *HERE.glob('*.yaml')])
    for folder in sorted({path.parent for path in HERE.glob('*/*.yaml')}):
        scenarios = sorted(folder.glob('*.yaml'))
        out = build / 'tests' / 'cases' / f'{folder.name}.verdicts.json'
        if not out.exists() or out.stat().st_mtime < max(newest, newest_of(scenarios)):
            env = dict(os.environ, SANZHI_RULEBOOK=str(ROOT / 'rulebook'))
            subprocess.run([sanzhi, 'play', '--failed', '--verdicts', str(out), *map(str, scenarios)], env=env, stdout=subprocess.DEVNULL, check=False)
        yield out


def scenarios_of(files):
    for file in files:
        for played in json.loads(Path(file).read_text())['files']:
            yield from played['scenarios']


class Seen:
    """What the verdicts contain, by rule."""

    def __init__(self, scenarios):
        self.gates, self.duties, self.kinds, self.acts = defaultdict(set), defaultdict(set), defaultdict(set), []
        self.borders, self.whole = [], set()
        for scenario in scenarios:
            self.verdicts(scenario['verdicts'])
            if any(verdict.get('kind') == 'file.archived' and verdict['taken'] for verdict in scenario['verdicts']):
                self.whole.add((scenario.get('place'), scenario.get('procedure')))

    def verdicts(self, verdicts):
        for verdict in verdicts:
            for gate in verdict.get('gates', []):
                met = gate['answer'] == 'met'
                if not met or verdict['taken']:
                    self.gates[gate['rule']].add(gate['answer'])
            for part in verdict.get('duties', []):
                self.part(part)
            for part in verdict.get('late', []):
                self.late(part, datetime.fromisoformat(verdict['at']))
            if 'kind' in verdict:
                stood = {gate['rule'] for gate in verdict['gates']}
                if verdict['taken']:
                    self.kinds[verdict['kind']].add(frozenset(stood))
                self.acts.append(verdict)

    def late(self, part, at):
        after = at - datetime.fromisoformat(part['due'])
        self.duties[part['rule']].add('late')
        if after <= MINUTE:
            self.border(part, 'first late')

    def part(self, part):
        seen = self.duties[part['rule']]
        seen.add(part['state'])
        if part.get('extended'):
            seen.add('extended')
        if part.get('paused'):
            seen.add('suspended')
        if part['state'] == 'met':
            at, due = datetime.fromisoformat(part['met-at']), datetime.fromisoformat(part['due'])
            if at > due:
                self.late(part, at)
            else:
                seen.add('met in time')
                if due - at <= MINUTE:
                    self.border(part, 'last met')

    def border(self, part, what):
        self.duties[part['rule']].add(what)
        self.borders.append((part['rule'], what, datetime.fromisoformat(part['from']).date(), datetime.fromisoformat(part['due']).date()))


def flatten(node):
    """The maps of a condition that hold a line of plain paths, with those of the maps around them."""
    if isinstance(node, list):
        for one in node:
            yield from flatten(one)
    elif isinstance(node, dict):
        plain = {key: value for key, value in node.items() if key not in ('any', 'all', 'not', 'entry')}
        inner = [line for key in ('any', 'all') if key in node for line in flatten(node[key])]
        yield from ({**plain, **line} for line in inner)
        if not inner and plain:
            yield plain


def amounts(node):
    """(path, fen, how, companions) of each bound of money in a condition."""
    for line in flatten(node):
        for path, test in line.items():
            for how in ('at-least', 'at-most', 'above', 'below'):
                bound = test.get(how) if isinstance(test, dict) else None
                if isinstance(bound, str) and len(bound) > 3 and bound[-3] == '.' and bound.replace('.', '').isdigit():
                    yield path, int(bound.replace('.', '')), how, {key: value for key, value in line.items() if key != path and isinstance(value, (str, list))}


def value_at(act, path):
    value = act['body'] if path.startswith('body.') else act['facts']
    for name in path.removeprefix('body.').split('.'):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def fen(value):
    return int(value.replace('.', '')) if isinstance(value, str) and value[-3:-2] == '.' else value


def agrees(act, companions):
    for path, wanted in companions.items():
        value, wanted = value_at(act, path), wanted if isinstance(wanted, list) else [wanted]
        if not (set(value) & set(wanted) if isinstance(value, list) else value in wanted):
            return False
    return True


def kinds_of(node):
    return node if isinstance(node, list) else [node]


def inside(how, value, bound):
    return {'at-least': value >= bound, 'at-most': value <= bound, 'above': value > bound, 'below': value < bound}[how]


def thresholds(rules):
    """(rule, condition, kinds it is asked of, whether it held for an act); kinds None: after any act."""
    for name, rule in rules.major.items():
        yield name, rule['written'].get('when'), None, lambda act, rule=rule: rule['clause'] in act['facts'].get('major-by', [])
    for name, rule in rules.gates.items():
        answers = lambda act, name=name: {gate['answer'] for gate in act['gates'] if gate['rule'] == name}
        before = kinds_of(rule['written']['before'])
        yield name, rule['written'].get('when'), before, lambda act, answers=answers: bool(answers(act))
        yield name, rule['written']['needs'], before, lambda act, answers=answers: answers(act) == {'met'}
    for name, rule in rules.duties.items():
        opens = rule['written'].get('opens', {})
        yield (name, opens.get('when'), kinds_of(opens.get('on', [])),
               lambda act, name=name: any(part['rule'] == name and part['state'] == 'open' for part in act['duties']))


def missing_thresholds(rules, seen):
    for name, condition, kinds, held in thresholds(rules):
        for path, bound, how, companions in amounts(condition):
            asked = [act for act in seen.acts if (kinds is None and act['taken'] or kinds is not None and act['kind'] in kinds) and agrees(act, companions)]
            for value, word in ((bound - 1, 'one fen below'), (bound, 'at'), (bound + 1, 'one fen above')):
                if not any(fen(value_at(act, path)) == value and held(act) == inside(how, value, bound) for act in asked):
                    yield name, f'{word} {bound / 100:.2f} ({path})'


def missing_gates(rules, seen):
    for name, gate in rules.gates.items():
        written, answers = gate['written'], seen.gates[name]
        if 'warned' not in answers if gate['warn'] else 'shut' not in answers:
            yield name, 'warned' if gate['warn'] else 'refused'
        # a gate that only forbids (needs: not …) is passed by the same act where it does not stand
        forbids = all(isinstance(test, dict) and set(test) == {'not'} for test in written['needs'].values())
        passed = 'met' in answers or (forbids and any(name not in stood for kind in kinds_of(written['before']) for stood in seen.kinds[kind]))
        if not passed:
            yield name, 'let pass'
        if 'excuse' in written and 'excused' not in answers:
            yield name, 'excused'


def missing_duties(rules, seen):
    for name, duty in rules.duties.items():
        written, states = duty['written'], seen.duties[name]
        wanted = {'met in time': True, 'late': True, 'excused': 'excused' in written, 'extended': 'extends' in written, 'suspended': 'suspends' in written,
                  'last met': True, 'first late': True}
        for what, asked in wanted.items():
            if asked and what not in states:
                yield name, {'last met': 'met in its last minute', 'first late': 'late in the first minute'}.get(what, what)


def special_days():
    """The days of each Spring Festival, and the weekend days that are worked."""
    lines = [line.split('\t') for path in sorted(ROOT.glob('rulebook/calendar/*.tsv')) for line in path.read_text().splitlines() if line and line[0] != '#']
    days = [(date.fromisoformat(day), kind, festival) for day, kind, festival in lines]
    return {day for day, kind, festival in days if (kind, festival) == ('holiday', '春节')}, {day for day, kind, _festival in days if kind == 'workday'}


def missing_days(rules, seen):
    festival, worked = special_days()
    over = {'the Spring Festival': lambda since, due: any(since < day < due for day in festival), 'a make-up weekend': lambda since, due: any(since < day < due for day in worked),
            "the year's end": lambda since, due: since.year < due.year}
    borders = [(what, since, due) for rule, what, since, due in seen.borders if rules.duties[rule]['limit'].endswith(' wd')]
    for name, spans in over.items():
        for wanted, word in (('last met', 'met in its last minute'), ('first late', 'late in the first minute')):
            if not any(what == wanted and spans(since, due) for what, since, due in borders):
                yield 'working days', f'{word} over {name}'


def missing_whole(seen):
    for place in PLACES:
        for procedure in PROCEDURES:
            if (place, procedure) not in seen.whole:
                yield place, f'a whole case: {procedure}'


def exceptions():
    path = HERE / 'both_sides.tsv'
    lines = [line.split('\t') for line in path.read_text().splitlines() if line and not line.startswith('#')] if path.exists() else []
    return {(rule, what) for rule, what, _why in lines}


def main():
    if len(sys.argv) < 2:
        print(__doc__)
        return 2
    build = Path(sys.argv[1])
    sanzhi = str(build / 'src' / 'cli' / 'sanzhi')
    rules = Rules(sanzhi)
    seen = Seen(scenarios_of(sys.argv[2:] or list(verdict_files(build, sanzhi))))
    missing = [*missing_gates(rules, seen), *missing_duties(rules, seen), *missing_thresholds(rules, seen), *missing_days(rules, seen), *missing_whole(seen)]
    excepted = exceptions()
    gaps = [gap for gap in missing if gap not in excepted]
    idle = sorted(excepted - set(missing))
    for rule, what in gaps:
        print(f'{rule}: not shown: {what}')
    for rule, what in idle:
        print(f'both_sides.tsv: {rule} {what}: is shown, or there is no such thing: take the line out')
    print(f'{len(rules.gates)} gates, {len(rules.duties)} duties, {len(rules.major)} kinds of major decisions: {len(gaps)} sides not shown, {len(excepted)} exceptions')
    return 1 if gaps or idle else 0


sys.exit(main())
