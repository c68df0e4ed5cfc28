#!/usr/bin/env python3
"""Rules of the house that no compiler checks: floors, sizes, words that do not belong in the tree. Exit 1 when one is broken."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A file uses what stands on floors below it, or on its own; siblings of one floor do not know each other.
FLOOR = {'base': 1, 'law': 2, 'store': 2, 'redact': 2, 'template': 2, 'journal': 3, 'work': 4, 'paper': 5, 'web': 6, 'cli': 7}
ALLOWED_SIBLINGS = {('journal', 'store')}
ONLY_IN = {  # a foreign library is known in one place
    'microhttpd.h': 'src/web/', 'sqlite3.h': 'src/store/', 'libpq-fe.h': 'src/store/', 'libfyaml.h': 'src/law/',
    'pango/': 'src/paper/', 'cairo': 'src/paper/', 'qrencode.h': 'src/paper/', 'sodium.h': 'src/work/', 'liboath/': 'src/work/',
}
LIMITS = {'.h': 400, '.c': 1000}
FUNCTION_LINES = 80
problems = []


def tell(path, line, text):
    problems.append(f'{path.relative_to(ROOT)}:{line}: {text}')


def check_includes(path, lines):
    floor = path.relative_to(ROOT / 'src').parts[0]
    for number, line in enumerate(lines, 1):
        found = re.match(r'#include\s+[<"]([^>"]+)[>"]', line)
        if not found:
            continue
        name = found.group(1)
        target = name.split('/')[0]
        if target in FLOOR and target != floor and FLOOR[target] >= FLOOR[floor]:
            tell(path, number, f'{floor} (floor {FLOOR[floor]}) includes {name} (floor {FLOOR[target]})')
        for library, home in ONLY_IN.items():
            if name.startswith(library) and not str(path.relative_to(ROOT)).startswith(home):
                tell(path, number, f'<{name}> is used outside {home}')


def check_functions(path, lines):
    start = None
    for number, line in enumerate(lines, 1):
        if line == '{' or (re.match(r'[a-z].*\)\s*\{$', line) and not line.startswith(('struct', 'enum', 'static const'))):
            start = number
        elif line == '}' and start is not None:
            if number - start > FUNCTION_LINES:
                tell(path, start, f'function of {number - start} lines (at most {FUNCTION_LINES})')
            start = None


def check_source(path):
    lines = path.read_text(encoding='utf-8').split('\n')
    if len(lines) > LIMITS[path.suffix]:
        tell(path, 1, f'{len(lines)} lines (at most {LIMITS[path.suffix]}): divide it')
    if path.is_relative_to(ROOT / 'src'):
        check_includes(path, lines)
    check_functions(path, lines)
    for number, line in enumerate(lines, 1):
        if re.search(r'\b(TODO|FIXME|XXX|HACK)\b', line):
            tell(path, number, 'unfinished: say it in an issue or do it')
        if path.suffix == '.c' and re.search(r'\bexit\s*\(', line) and path.name != 'main.c' and path.is_relative_to(ROOT / 'src'):
            tell(path, number, 'only main exits')


def tracked():
    names = subprocess.run(['git', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'], cwd=ROOT, check=True,
                           capture_output=True).stdout.decode().split('\0')
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def main():
    for path in tracked():
        if path.suffix in LIMITS:
            check_source(path)
        if path.suffix in {'.c', '.h', '.py', '.sh', '.md', '.yaml', '.json', '.js', '.mjs', '.sql', '.mustache', '.css', '.build'}:
            text = path.read_text(encoding='utf-8', errors='replace')
            for number, line in enumerate(text.split('\n'), 1):
                if re.search(r'(^|[\s"\'(=])/(work|farm|root)/', line):
                    tell(path, number, 'a path of somebody\'s machine')
    for folder in sorted((ROOT / 'src').iterdir()):
        if folder.is_dir() and not (folder / 'README.md').is_file():
            tell(folder, 1, 'has no README.md')
    print('\n'.join(problems) if problems else 'lint: nothing to mend')
    return 1 if problems else 0


sys.exit(main())
