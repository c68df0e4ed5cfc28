#!/usr/bin/env python3
"""Turns src/web/actions.yaml into the table of actions (docs/howto/add-a-page.md).

Writes
  a header   a prototype for each handler, and `actions`, the table
  a source   the table itself: sorted, with inputs, roles and handlers
  (--stubs)  a source with a handler for each action that calls web_stub_handler, for tests of router and permissions
Any mistake is printed as file:line: text, all of them at once, and ends with status 1.

The reader knows a small, strict subset of YAML: maps in blocks indented by two blanks, flow maps and lists that stand on one
line, plain and double-quoted scalars, comments on lines of their own. Anything else is a mistake.
"""

import argparse
import os
import re
import sys

METHODS = ("GET", "POST")
PERMISSIONS = {"public": "PERMIT_PUBLIC", "signed-in": "PERMIT_SIGNED_IN", "session": "PERMIT_SESSION", "token": "PERMIT_TOKEN"}
AUDITS = {"read": "AUDIT_READ", "act": "AUDIT_ACT", "access": "AUDIT_ACCESS", "machine": "AUDIT_MACHINE"}
WHERES = {"path": "INPUT_PATH", "query": "INPUT_QUERY", "form": "INPUT_FORM", "body": "INPUT_BODY"}
TYPES = {"text": "INPUT_TEXT", "int": "INPUT_INT", "date": "INPUT_DATE", "choice": "INPUT_CHOICE", "file": "INPUT_FILE",
         "json": "INPUT_JSON"}
BODY_DEFAULT, BODY_FILES, BODY_LARGEST = 1 << 20, 64 << 20, 1 << 40
ACTION_KEYS = {"at", "permission", "title", "summary", "template", "cache", "open", "audit", "act", "nav", "body-max", "inputs"}
INPUT_KEYS = {"in", "type", "required", "many", "secret", "min", "max", "options", "title", "help"}
ID = re.compile(r"^[a-z]+\.[a-z][a-z0-9]*(-[a-z0-9]+)*$")
NAME = re.compile(r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$")
SEGMENT = re.compile(r"^(?:[A-Za-z0-9._~-]+|\{[a-z][a-z0-9-]*\*?\})$")
RESERVED = {"f", "csrf", "json"}  # the kind's fields, the token, the document beside files


class Mistakes:
    def __init__(self, path):
        self.path, self.lines = path, []

    def add(self, line, text):
        self.lines.append(f"{self.path}:{line}: {text}")


# ---------------------------------------------------------------- reading


class Flow:
    """A flow value on one line: {a: 1, b: [x, "y"]}."""

    def __init__(self, text, line, mistakes):
        self.text, self.at, self.line, self.mistakes = text, 0, line, mistakes

    def fail(self, text):
        raise ValueError(text)

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] == " ":
            self.at += 1

    def peek(self):
        self.blanks()
        return self.text[self.at] if self.at < len(self.text) else ""

    def take(self, char):
        if self.peek() != char:
            self.fail(f"expected {char!r}, found {self.text[self.at:self.at + 10]!r}")
        self.at += 1

    def scalar(self, stops):
        if self.peek() == '"':
            end = self.text.find('"', self.at + 1)
            if end < 0 or "\\" in self.text[self.at:end]:
                self.fail("a quoted text is closed on its line and has no backslash")
            value, self.at = self.text[self.at + 1:end], end + 1
            return value
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in stops:
            if self.text.startswith(": ", self.at) or self.text.startswith(" #", self.at):
                self.fail("': ' and ' #' stand only in quotes")
            self.at += 1
        return plain(self.text[start:self.at].strip(), self.fail)

    def value(self):
        char = self.peek()
        if char == "{":
            return self.map()
        if char == "[":
            return self.list()
        return self.scalar(",]}")

    def map(self):
        self.take("{")
        out = {}
        while self.peek() != "}":
            found = re.compile(r"[a-z][a-z0-9_-]*").match(self.text, self.at)
            if found is None:
                self.fail(f"expected a name, found {self.text[self.at:self.at + 10]!r}")
            self.at = found.end()
            self.take(":")
            if found.group() in out:
                self.fail(f"{found.group()!r} stands twice")
            out[found.group()] = self.value()
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        return out

    def list(self):
        self.take("[")
        out = []
        while self.peek() != "]":
            out.append(self.value())
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return out


def plain(text, fail):
    if text == "":
        fail("a value is missing")
    if text[0] in "&*!|>%@`'\"#?-" and not re.match(r"^-?[0-9]", text):
        fail(f"{text!r}: write it in double quotes")
    if text in ("true", "false"):
        return text == "true"
    if re.match(r"^-?(0|[1-9][0-9]*)$", text):
        return int(text)
    return text


def read_yaml(text, mistakes):
    """{key: value} with values scalars, lists and maps; and {path of keys: line}."""
    root, places = {}, {}
    stack = [(0, root, ())]  # indentation, map, path
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip() == "" or line.lstrip().startswith("#"):
            continue
        indent = len(line) - len(line.lstrip(" "))
        while stack and indent < stack[-1][0]:
            stack.pop()
        found = re.match(r"^([A-Za-z][A-Za-z0-9._-]*):(?: (.+))?$", line.strip())
        if "\t" in line or line != line.rstrip() or not stack or indent != stack[-1][0] or found is None:
            mistakes.add(number, "expected 'key: value' or 'key:', indented by two blanks more than its parent, without tabs or blanks at the end")
            continue
        key, rest = found.groups()
        _, here, path = stack[-1]
        if key in here:
            mistakes.add(number, f"{key!r} stands already at line {places[path + (key,)]}")
            continue
        places[path + (key,)] = number
        if rest is None:
            here[key] = {}
            stack.append((indent + 2, here[key], path + (key,)))
            continue
        try:
            flow = Flow(rest, number, mistakes)
            here[key] = flow.value() if rest[0] in "{[\"" else plain(rest, flow.fail)
            if rest[0] in "{[\"" and flow.peek() != "":
                flow.fail(f"something after the value: {rest[flow.at:]!r}")
        except ValueError as fault:
            mistakes.add(number, f"{key}: {fault}")
            here[key] = None
    return root, places


# ---------------------------------------------------------------- checking


def check_text(value, what, line, mistakes):
    if not isinstance(value, str) or value.strip() == "":
        mistakes.add(line, f"{what} is missing; people and programs read it")
        return ""
    return value


def check_input(action, name, raw, line, mistakes):
    if not isinstance(raw, dict):
        mistakes.add(line, f"{name}: expected a map {{in: …, type: …, title: …, help: …}}")
        return None
    for key in raw:
        if key not in INPUT_KEYS:
            mistakes.add(line, f"{name}: unknown key {key!r}; known are {', '.join(sorted(INPUT_KEYS))}")
    where, kind = raw.get("in"), raw.get("type")
    if where not in WHERES:
        mistakes.add(line, f"{name}: in is one of {', '.join(WHERES)}")
    if kind not in TYPES:
        mistakes.add(line, f"{name}: type is one of {', '.join(TYPES)}")
    if not NAME.match(name) or name in RESERVED:
        mistakes.add(line, f"{name}: a name is lower case letters, digits, - and _, and none of {', '.join(sorted(RESERVED))}")
    for flag in ("required", "many", "secret"):
        if not isinstance(raw.get(flag, False), bool):
            mistakes.add(line, f"{name}: {flag} is true or false")
    for bound in ("min", "max"):
        if not isinstance(raw.get(bound, 0), int) or isinstance(raw.get(bound, 0), bool):
            mistakes.add(line, f"{name}: {bound} is a whole number")
    if kind in ("text", "file", "json") and not raw.get("max", 0):
        mistakes.add(line, f"{name}: a {kind} needs max")
    if (kind == "choice") != ("options" in raw) or (kind == "choice" and not raw["options"]):
        mistakes.add(line, f"{name}: options stand with choice, and only there")
    if where in ("form", "body") and action["method"] == "GET":
        mistakes.add(line, f"{name}: GET has no body")
    if kind in ("file", "json") and where in ("path", "query"):
        mistakes.add(line, f"{name}: a {kind} comes in the body")
    return {
        "name": name, "where": where, "type": kind, "required": raw.get("required", False) or where == "path",
        "many": raw.get("many", False), "secret": raw.get("secret", False), "min": raw.get("min", 0), "max": raw.get("max", 0),
        "options": [str(option) for option in raw.get("options", [])] if isinstance(raw.get("options", []), list) else [],
        "title": check_text(raw.get("title"), f"{name}: title", line, mistakes),
        "help": check_text(raw.get("help"), f"{name}: help", line, mistakes),
    }


def check_path(action, line, mistakes):
    segments = action["path"].split("/")[1:]
    names = []
    for i, segment in enumerate(segments if action["path"] != "/" else []):
        if not SEGMENT.match(segment) or segment in (".", ".."):
            mistakes.add(line, f"at: {segment!r} is no path segment")
        if segment.startswith("{"):
            names.append(segment.strip("{*}"))
            if segment.endswith("*}") and i + 1 < len(segments):
                mistakes.add(line, f"at: {segment} takes the rest and stands last")
    declared = [entry["name"] for entry in action["inputs"] if entry and entry["where"] == "path"]
    for name in names:
        if name not in declared:
            mistakes.add(line, f"at: {{{name}}} is not declared under inputs")
    for name in declared:
        if name not in names:
            mistakes.add(line, f"inputs: {name} is not in the path {action['path']}")


def check_permission(raw, roles_known, line, mistakes):
    """(C name, roles)"""
    if isinstance(raw, list):
        if not raw:
            mistakes.add(line, "permission: the list of roles is empty")
        for role in raw:
            if roles_known and role not in roles_known:
                mistakes.add(line, f"permission: {role!r} is no role of rulebook/common; known are {', '.join(roles_known)}")
        return "PERMIT_ROLES", raw
    if raw not in PERMISSIONS:
        mistakes.add(line, f"permission is missing or unknown: one of {', '.join(PERMISSIONS)} or a list of roles")
    return PERMISSIONS.get(raw, "PERMIT_TOKEN"), []


def check_flags(action, raw, line, mistakes):
    for flag in ("cache", "open"):
        if not isinstance(raw.get(flag, False), bool):
            mistakes.add(line, f"{flag} is true or false")
    if action["cache"] and (action["method"] != "GET" or action["permission"] != "PERMIT_PUBLIC"):
        mistakes.add(line, "cache: only a public GET is the same for everyone")
    if action["open"] and (action["method"] != "POST" or action["audit"] != "AUDIT_READ"):
        mistakes.add(line, "open: only a POST with audit read changes nothing")
    if raw.get("act", "generic") != "generic" or ("act" in raw and action["method"] != "POST"):
        mistakes.add(line, "act: is generic, and stands with POST")


def check_action(name, raw, places, roles_known, mistakes):
    line = places[(name,)]
    for key in raw:
        if key not in ACTION_KEYS:
            mistakes.add(places.get((name, key), line), f"unknown key {key!r}; known are {', '.join(sorted(ACTION_KEYS))}")
    if not ID.match(name):
        mistakes.add(line, f"{name!r} is no id: floor.word or floor.word-word, lower case")
    at = re.match(r"^([A-Z]+) (/\S*)$", raw.get("at") if isinstance(raw.get("at"), str) else "")
    if at is None or at.group(1) not in METHODS:
        mistakes.add(places.get((name, "at"), line), f"at: expected 'METHOD /path' with a method of {', '.join(METHODS)}")
    if raw.get("audit") not in AUDITS:
        mistakes.add(places.get((name, "audit"), line), f"audit is one of {', '.join(AUDITS)}")
    permission, roles = check_permission(raw.get("permission"), roles_known, places.get((name, "permission"), line), mistakes)
    action = {
        "id": name, "line": line, "method": at.group(1) if at else "GET", "path": at.group(2) if at else "/", "permission": permission,
        "roles": roles, "title": check_text(raw.get("title"), "title", line, mistakes),
        "summary": check_text(raw.get("summary"), "summary", line, mistakes), "template": raw.get("template"),
        "audit": AUDITS.get(raw.get("audit"), "AUDIT_READ"), "generic": raw.get("act") == "generic", "cache": raw.get("cache") is True,
        "open": raw.get("open") is True, "nav": raw.get("nav"), "nav_order": list(places).index((name,)), "inputs": [],
    }
    if action["nav"] is not None and (not isinstance(action["nav"], str) or action["method"] != "GET" or "{" in action["path"]):
        mistakes.add(places.get((name, "nav"), line), "nav: the words of a link to a GET page without parameters")
    inputs = raw.get("inputs", {})
    for key in inputs if isinstance(inputs, dict) else {}:
        action["inputs"].append(check_input(action, key, inputs[key], places.get((name, "inputs", key), line), mistakes))
    action["inputs"] = [entry for entry in action["inputs"] if entry]
    check_path(action, places.get((name, "at"), line), mistakes)
    check_flags(action, raw, line, mistakes)
    action["files"] = action["generic"] or any(entry["type"] == "file" for entry in action["inputs"])
    default = 0 if action["method"] == "GET" else BODY_FILES if action["files"] else BODY_DEFAULT
    action["body_max"] = raw.get("body-max", default)
    if not isinstance(action["body_max"], int) or not 0 <= action["body_max"] <= BODY_LARGEST:
        mistakes.add(line, f"body-max is a number of bytes, at most {BODY_LARGEST}")
    return action


def handler(action):
    return "page_" + re.sub(r"[.-]", "_", action["id"])


def shape(path):
    return re.sub(r"\{[^}]*\}", "{}", path)


def order(action):
    """Literal segments before parameters, a parameter before the rest of a path."""
    rank = lambda s: (2, "") if s.endswith("*}") else (1, "") if s.startswith("{") else (0, s)
    return [rank(segment) for segment in action["path"].split("/")], action["method"]


def check_all(actions, folder, mistakes):
    seen, handlers = {}, {}
    for action in actions:
        key = action["method"], shape(action["path"])
        if key in seen:
            mistakes.add(action["line"], f"{key[0]} {action['path']} is {seen[key]}'s already")
        seen[key] = action["id"]
        if handler(action) in handlers:
            mistakes.add(action["line"], f"{handler(action)} is the handler of {handlers[handler(action)]} already")
        handlers[handler(action)] = action["id"]
        if folder and action["template"] and not os.path.isfile(os.path.join(folder, f"{action['template']}.mustache")):
            mistakes.add(action["line"], f"template {action['template']}: there is no {action['template']}.mustache in {folder}")


def known_roles(path):
    """The role words of the rulebook's vocabulary; our own rulebook writes them as a block map."""
    roles, inside = [], False
    with open(path, encoding="utf-8") as file:
        for line in file:
            if re.match(r"^\S", line):
                inside = line.startswith("roles:")
            found = re.match(r"^  ([a-z][a-z-]*):", line)
            if inside and found:
                roles.append(found.group(1))
    return roles


# ---------------------------------------------------------------- writing


def c_string(text):
    if text is None:
        return "NULL"
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        out.append("\\" + char if char in '"\\?' else char if 32 <= byte < 127 else f"\\{byte:03o}")
    return '"' + "".join(out) + '"'


def c_bool(value):
    return "true" if value else "false"


def header_text(actions):
    lines = ["/* Made by tools/actionsgen.py from src/web/actions.yaml; not to be edited. */", "#ifndef GENERATED_ACTIONS_TABLE_H",
             "#define GENERATED_ACTIONS_TABLE_H", "", '#include "web/request.h"', "", "extern const struct action_table actions;", ""]
    for action in actions:
        lines.append(f"/* {action['method']} {action['path']} */" .replace("*}", "…}"))
        lines.append(f"int {handler(action)}(struct request *rq, struct response *out, struct err *err) MUST_USE;")
    return "\n".join(lines + ["", "#endif", ""])


def input_text(i, action):
    out, lines = [], []
    for entry in action["inputs"]:
        options = "NULL"
        if entry["options"]:
            options = f"options_{i}_{re.sub('-', '_', entry['name'])}"
            lines.append(f"static const char *const {options}[] = {{{', '.join(c_string(option) for option in entry['options'])}, NULL}};")
        out.append(f"\t{{.name = {c_string(entry['name'])}, .where = {WHERES[entry['where']]}, .type = {TYPES[entry['type']]}, "
                   f".required = {c_bool(entry['required'])}, .many = {c_bool(entry['many'])}, .secret = {c_bool(entry['secret'])},\n"
                   f"\t .max = INT64_C({entry['max']}), .min = INT64_C({entry['min']}), .options = {options},\n"
                   f"\t .title = {c_string(entry['title'])}, .help = {c_string(entry['help'])}}},")
    if out:
        lines += [f"static const struct action_input inputs_{i}[] = {{"] + out + ["};"]
    return lines


def source_text(actions, header):
    out = ["/* Made by tools/actionsgen.py from src/web/actions.yaml; not to be edited. */", f'#include "{header}"', ""]
    for i, action in enumerate(actions):
        out += input_text(i, action)
        if action["roles"]:
            out.append(f"static const char *const roles_{i}[] = {{{', '.join(c_string(role) for role in action['roles'])}, NULL}};")
    out += ["", "static const struct action all[] = {"]
    for i, a in enumerate(actions):
        out.append(f"\t{{.id = {c_string(a['id'])}, .method = METHOD_{a['method']}, .path = {c_string(a['path'])}, .permission = {a['permission']}, "
                   f".roles = {f'roles_{i}' if a['roles'] else 'NULL'},\n"
                   f"\t .inputs = {f'inputs_{i}' if a['inputs'] else 'NULL'}, .ninputs = {len(a['inputs'])}, .template = {c_string(a['template'])},\n"
                   f"\t .title = {c_string(a['title'])},\n\t .summary = {c_string(a['summary'])},\n"
                   f"\t .audit = {a['audit']}, .generic = {c_bool(a['generic'])}, .files = {c_bool(a['files'])}, .cache = {c_bool(a['cache'])}, "
                   f".open = {c_bool(a['open'])}, .nav = {c_string(a['nav'])}, .nav_order = {a['nav_order']}, .body_max = INT64_C({a['body_max']}), .handler = {handler(a)}}},")
    out += ["};", "", f"const struct action_table actions = {{.actions = all, .count = {len(actions)}}};", ""]
    return "\n".join(out)


def stubs_text(actions, header):
    out = ["/* Made by tools/actionsgen.py: handlers for tests, all of them one. */", f'#include "{header}"', "",
           "int web_stub_handler(struct request *rq, struct response *out, struct err *err);", ""]
    for action in actions:
        out.append(f"int {handler(action)}(struct request *rq, struct response *out, struct err *err)\n{{\n\treturn web_stub_handler(rq, out, err);\n}}\n")
    return "\n".join(out)


def write_if_changed(path, text):
    try:
        with open(path, encoding="utf-8") as file:
            if file.read() == text:
                return
    except OSError:
        pass
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--actions", required=True, help="the declarations")
    parser.add_argument("--vocabulary", help="rulebook/common/vocabulary.yaml, to check roles against")
    parser.add_argument("--templates", help="folder of templates, to check that each exists")
    parser.add_argument("--header")
    parser.add_argument("--source")
    parser.add_argument("--stubs")
    options = parser.parse_args()

    mistakes = Mistakes(os.path.relpath(options.actions))
    with open(options.actions, encoding="utf-8") as file:
        root, places = read_yaml(file.read(), mistakes)
    roles = known_roles(options.vocabulary) if options.vocabulary else []
    actions = [check_action(name, raw, places, roles, mistakes) for name, raw in root.items() if isinstance(raw, dict)]
    check_all(actions, options.templates, mistakes)
    if not actions:
        mistakes.add(1, "no action is declared")
    if mistakes.lines:
        print("\n".join(mistakes.lines), file=sys.stderr)
        return 1
    actions.sort(key=order)
    if options.header:
        write_if_changed(options.header, header_text(actions))
    if options.source:
        write_if_changed(options.source, source_text(actions, os.path.basename(options.header or "actions_table.h")))
    if options.stubs:
        write_if_changed(options.stubs, stubs_text(actions, os.path.basename(options.header or "actions_table.h")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
