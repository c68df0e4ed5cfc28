"""tools/actionsgen.py refuses what would be an action without permission, help, or a place of its own, and says where."""

import os
import subprocess
import sys
import tempfile
import unittest

GENERATOR = os.environ.get("ACTIONSGEN", os.path.join(os.path.dirname(__file__), "../../../tools/actionsgen.py"))
GOOD = """desk.a:
  at: GET /a/{key}
  permission: [handler]
  title: 甲
  summary: 甲的说明
  template: desk/a
  audit: read
  inputs:
    key: {in: path, type: text, max: 9, title: 编号, help: 编号}
"""


class ActionsGen(unittest.TestCase):
    def run_on(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "actions.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            header, source = os.path.join(folder, "t.h"), os.path.join(folder, "t.c")
            done = subprocess.run([sys.executable, GENERATOR, "--actions", path, "--header", header, "--source", source], capture_output=True, text=True)
            made = ""
            if done.returncode == 0:
                with open(header, encoding="utf-8") as file:
                    made = file.read()
            return done.returncode, done.stderr, made

    def refused(self, text, *words):
        status, errors, _ = self.run_on(text)
        self.assertEqual(status, 1, errors)
        for word in words:
            self.assertIn(word, errors)

    def test_good(self):
        status, errors, made = self.run_on(GOOD)
        self.assertEqual((status, errors), (0, ""))
        self.assertIn("int page_desk_a(struct request *rq, struct response *out, struct err *err) MUST_USE;", made)

    def test_refused(self):
        self.refused(GOOD.replace("  permission: [handler]\n", ""), "permission is missing")
        self.refused(GOOD.replace(", help: 编号", ""), ":9: key: help is missing")
        self.refused(GOOD.replace("  summary: 甲的说明\n", ""), "summary is missing")
        self.refused(GOOD.replace("  title: 甲\n", ""), "title is missing")
        self.refused(GOOD.replace("audit: read", "audit: maybe"), ":7: audit is one of")
        self.refused(GOOD.replace("GET /a", "FETCH /a"), ":2: at: expected")
        self.refused(GOOD.replace("{key}", "{id}"), "{id} is not declared", "key is not in the path")
        self.refused(GOOD.replace("max: 9, ", ""), "needs max")
        self.refused(GOOD.replace("type: text", "type: words"), "type is one of")
        self.refused(GOOD.replace("template", "tempalte"), "unknown key 'tempalte'")
        self.refused(GOOD + GOOD.replace("desk.a", "desk.b"), "is desk.a's already")
        self.refused(GOOD + GOOD, "'desk.a' stands already at line 1")
        self.refused(GOOD.replace("  audit: read\n", "  audit: read\n  cache: true\n"), "only a public GET")
        self.refused(GOOD.replace("  at: GET", "   at: GET"), ":2: expected 'key: value'")
        self.refused(GOOD.replace("help: 编号}", "help: 编号"), "key")
        self.refused("", "no action is declared")

    def test_all_at_once(self):
        _, errors, _ = self.run_on(GOOD.replace("audit: read", "audit: x").replace("type: text", "type: x").replace("GET /a", "/a"))
        self.assertGreaterEqual(len(errors.strip().split("\n")), 3)


if __name__ == "__main__":
    unittest.main()
