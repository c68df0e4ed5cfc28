"""What tools/sqlgen.py refuses, and what it makes of what it takes."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

SQLGEN = sys.argv.pop(1)


def generate(queries, migrations=None):
    """Runs the generator over files given as {name: text}; (status, stderr, header, source, depfile)."""
    with tempfile.TemporaryDirectory() as root:
        for floor, files in (("src/work/sql", queries), ("src/store/migrations", migrations or {})):
            os.makedirs(os.path.join(root, floor))
            for name, text in files.items():
                with open(os.path.join(root, floor, name), "w", encoding="utf-8") as file:
                    file.write(text)
        out = [os.path.join(root, name) for name in ("ids.h", "text.c", "deps.d")]
        done = subprocess.run([sys.executable, SQLGEN, "--root", root, "--header", out[0], "--source", out[1], "--depfile", out[2]],
                              capture_output=True, text=True, check=False)
        texts = [pathlib.Path(path).read_text(encoding="utf-8") if os.path.exists(path) else "" for path in out]
        return done.returncode, done.stderr, *texts


class Queries(unittest.TestCase):
    def refused(self, text, *said):
        status, stderr, header, _, _ = generate({"a.sql": text})
        self.assertEqual(status, 1, stderr)
        self.assertEqual(header, "")
        for words in said:
            self.assertIn(words, stderr)

    def test_good(self):
        status, stderr, header, source, deps = generate({
            "a.sql": "-- About a.\n\n-- name: one\n-- args: key text, n int\n-- returns: id int\n"
                     "select id -- by :key\nfrom t where key = :key and n > :n and s <> ':no' and m = :n;\n"})
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("SQL_ONE, /* src/work/sql/a.sql:3 */", header)
        self.assertIn("SQL_MAX", header)
        self.assertIn("where key = \\?1 and n > \\?2 and s <> ':no' and m = \\?2", source)
        self.assertIn("where key = $1 and n > $2 and s <> ':no' and m = $2", source)
        self.assertIn("a.sql", deps)
        self.assertIn("src/work/sql", deps)

    def test_nothing_at_all(self):
        status, stderr, header, _, _ = generate({})
        self.assertEqual((status, stderr), (0, ""))
        self.assertIn("SQL_MAX", header)

    def test_all_mistakes_at_once(self):
        self.refused("select 1;\n-- name: Bad\n-- returns: a int\nselect 1;\n-- name: b\n-- args: x real\nselect :y",
                     "a.sql:1: a statement before", "a.sql:2: name: 'Bad'", "a.sql:6: args: expected 'name type'",
                     "a.sql:7: b: :y is not among its args", "b: '-- returns:' is missing")

    def test_refusals(self):
        self.refused("-- name: a\n-- returns: n int\nselect 1; select 2;", "a.sql:3: a: more than one statement")
        self.refused("-- name: a\n-- args: x int\n-- returns: n int\nselect 1", ":x is not used")
        self.refused("-- name: a\n-- args: x int, x text\n-- returns: n int\nselect :x", "'x' stands twice")
        self.refused("-- name: a\n-- returns: n int\nselect ?1", "write :name")
        self.refused("-- name: a\n-- returns: n int\nselect $1", "write :name")
        self.refused("-- name: a\n-- returns: n int\nselect 'open", "a quote that is not closed")
        self.refused("-- name: a\ndrop table t", "only select, insert")
        self.refused("-- name: a\n-- returns: n int\ndelete from t", "it returns no rows")
        self.refused("-- name: a\ninsert into t (x) values (1) returning x", "'-- returns:' is missing")
        self.refused("-- name: a\n", "no statement")
        self.refused("-- name: a\n-- returns: n int\nselect 1\n-- name: a\n-- returns: n int\nselect 2", "stands already at src/work/sql/a.sql:1")

    def test_variants(self):
        one = "-- name: a\n-- engine: %s\n-- args: x text\n-- returns: n int\nselect %s\n"
        self.refused(one % ("sqlite", "glob(:x)"), "the variant for postgres is missing")
        self.refused(one % ("oracle", ":x"), "neither sqlite nor postgres")
        self.refused(one % ("sqlite", ":x") * 2, "stands already")
        self.refused(one % ("sqlite", ":x") + (one % ("postgres", ":x")).replace("n int", "n text"), "args and returns differ")
        status, stderr, header, source, _ = generate({"a.sql": one % ("sqlite", "glob(:x)") + one % ("postgres", "strpos(:x::text)")})
        self.assertEqual((status, stderr), (0, ""))
        self.assertEqual(header.count("SQL_A,"), 1)
        self.assertIn("select glob(\\?1)", source)
        self.assertIn("select strpos($1::text)", source)

    def test_what_writes(self):
        status, _, _, source, _ = generate({"a.sql": (
            "-- name: a\n-- returns: n int\nwith x (n) as (select 1) select n from x\n"
            "-- name: b\nwith x (n) as (select 1) insert into t select n from x\n"
            "-- name: c\n-- returns: n int\nupdate t set a = 1 returning n\n")})
        self.assertEqual(status, 0)
        self.assertEqual(re.findall(r"\.writes = (\w+)", source), ["false", "true", "true"])

    def test_what_is_planned_by_values(self):
        status, _, _, source, _ = generate({"a.sql": "-- name: a\n-- returns: n int\n-- plan: values\nselect 1\n-- name: b\n-- returns: n int\nselect 1\n"})
        self.assertEqual(status, 0)
        self.assertEqual(re.findall(r"\.by_values = (\w+)", source), ["true", "false"])
        self.refused("-- name: a\n-- returns: n int\n-- plan: once\nselect 1", "plan: 'once' is not values")


class Migrations(unittest.TestCase):
    def test_translation(self):
        status, stderr, _, source, _ = generate({}, {"0001_a.sql": (
            "create table a (id @ID@, b @BLOB@, t text not null, u text collate \"C\", check (cast(t as text) <> 'text; x'));\n"
            "-- only: sqlite\ncreate trigger g before update on a begin\n"
            "\tselect case when 1 then raise(abort, 'no') end;\n\tselect 2;\nend;\n-- end\n"
            "-- only: postgres\ncreate function f() returns int language sql as $$ select 1; select 2 $$;\n-- end\n"
            "create index i on a (t);\n")})
        self.assertEqual((status, stderr), (0, ""))
        lite, postgres = source.split("postgres_0[]")
        self.assertIn("id integer primary key, b blob", lite)
        self.assertIn("strict\"", lite)
        self.assertIn("select 2; end\"", lite)
        self.assertNotIn("function f", lite)
        self.assertIn("b bytea, t text collate \\\"C\\\" not null, u text collate \\\"C\\\", check (cast(t as text)", postgres)
        self.assertNotIn("strict", postgres)
        self.assertIn("$$ select 1; select 2 $$\"", postgres)
        self.assertIn("create index i on a (t)\"", postgres)

    def test_refusals(self):
        for files, said in (
                ({"first.sql": "select 1"}, "NNNN_name.sql"),
                ({"0001_a.sql": "create table a (x @WORD@);"}, "@WORD@ is not one of"),
                ({"0001_a.sql": "-- only: sqlite\ncreate table a (x @INT@);"}, "not closed"),
                ({"0001_a.sql": "-- end\n"}, "without '-- only:'"),
                ({"0001_a.sql": "-- only: mysql\n-- end\n"}, "only: sqlite"),
                ({"0001_a.sql": "", "0001_b.sql": ""}, "number 1 is")):
            status, stderr, *_ = generate({}, files)
            self.assertEqual(status, 1)
            self.assertIn(said, stderr)


if __name__ == "__main__":
    unittest.main()
