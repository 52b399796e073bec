/**
 * Kinds of commands whose real output is collected. `{w}` is a word, `{n}` a number, `{v}` another word: each kind is run with
 * several of them. What a run ended with is its label; which kinds are for tuning is decided by their names alone.
 */
export interface Template {
  id: string;
  /** Name of the tool, as agents call it. */
  tool: string;
  /** What the tool is given; null: the command itself, as `command`. */
  arguments: { [name: string]: string } | null;
  /** Run by bash with `pipefail`, in a folder of its own. */
  command: string;
  files: { [path: string]: string };
  /** How often, where one run takes long. */
  times: number;
  /** The page that is fetched, instead of a command. */
  page: string | null;
}

type Given = Partial<Omit<Template, 'id' | 'command'>>;

const usual = 13;
const shell = (id: string, command: string, given: Given = {}): Template => ({
  id,
  tool: 'Bash',
  arguments: null,
  command,
  files: {},
  times: usual,
  page: null,
  ...given,
});
const python = (id: string, source: string, given: Given = {}) =>
  shell(id, 'python3 {w}.py', { files: { '{w}.py': source }, ...given });
const node = (id: string, source: string, given: Given = {}) =>
  shell(id, 'node {w}.mjs', { files: { '{w}.mjs': source }, ...given });
const pytest = (id: string, source: string, command = 'python3 -m pytest -q {w}_test.py') =>
  shell(id, command, { files: { '{w}_test.py': source }, times: 7 });
const nodeTest = (id: string, source: string, command = 'node --test {w}.test.mjs') =>
  shell(id, command, { files: { '{w}.test.mjs': source }, times: 7 });
const compiled = (id: string, source: string, command = 'gcc -Wall -o {w} {w}.c && ./{w}') =>
  shell(id, command, { files: { '{w}.c': source }, times: 9 });
const git = (id: string, command: string, given: Given = {}) =>
  shell(id, `${repository} && ${command}`, { arguments: { command }, ...given });
const sqlite = (id: string, sql: string, tool = 'sqlite_query') =>
  shell(id, `${tables} && sqlite3 -header {w}.db "${sql}"`, { tool, arguments: { query: sql } });
const postgres = (id: string, sql: string, tool = 'execute_sql') =>
  shell(id, `psql -X -v ON_ERROR_STOP=1 -c "${sql}"`, { tool, arguments: { sql } });
const fetched = (id: string, page: string, given: Given = {}) =>
  shell(id, '', { tool: 'fetch', arguments: { url: `http://{w}.example.test/${page}` }, page, ...given });
const edit = (id: string, script: string, given: Given = {}) =>
  shell(id, script, { tool: 'apply_patch', arguments: { patch: 'the patch' }, ...given });

const repository =
  'git init -q -b main . && git config user.email {w}@example.test && git config user.name {w} && echo {v} > {w}.txt && git add . && git commit -q -m "{w}: fix error of {v}"';
const tables =
  "sqlite3 {w}.db \"CREATE TABLE {w} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, state TEXT); INSERT INTO {w} (name, state) VALUES ('{v}', 'failed'), ('rope', 'ok'), ('error log', 'done')\"";
const log =
  '2031-04-0{d} 10:02:11 INFO {w} started\n2031-04-0{d} 10:02:12 ERROR {w} failed to reach {v}: connection refused\n2031-04-0{d} 10:02:13 WARN retrying\nTraceback (most recent call last):\n  File "{w}.py", line {n}, in <module>\nValueError: bad {v}\n';
const source =
  'class {w}Error(Exception):\n    """Raised when {v} failed."""\n\ndef load(path):\n    try:\n        return open(path).read()\n    except FileNotFoundError as error:\n        raise {w}Error(f"Error: cannot open {path}") from error\n';

export const templates: readonly Template[] = [
  // Python
  python('py-name', 'print("start {w}")\nprint({v}_total + 1)\n'),
  python('py-key', 'ports = {"{w}": {n}}\nprint(ports["{v}x"])\n'),
  python('py-raise', 'def moor(n):\n    raise RuntimeError(f"{n} {v} are missing")\nmoor({n})\n'),
  python('py-exit', 'import sys\nprint("error: {v} is required", file=sys.stderr)\nsys.exit(2)\n'),
  python('py-exit-quiet', 'import sys\nprint("{n} {v} checked")\nsys.exit(1 if {n} >= 0 else 0)\n'),
  python(
    'py-argparse',
    'import argparse\np = argparse.ArgumentParser(prog="{w}")\np.add_argument("--{v}", required=True)\np.parse_args([])\n',
  ),
  python('py-syntax', 'def {w}(:\n    return {n}\n'),
  python('py-import', 'import {w}_{v}_missing\n'),
  python('py-assert', 'assert {n} == {n} + 1, "{w} and {v} differ"\n'),
  python('py-json', 'import json\njson.loads("{{w}: {n}")\n'),
  python('py-chained', 'try:\n    int("{w}")\nexcept ValueError as e:\n    raise LookupError("no {v}") from e\n'),
  python(
    'py-handled',
    'try:\n    int("{w}")\nexcept ValueError as e:\n    print("handled error:", e)\nprint("{n} {v} done")\n',
  ),
  python(
    'py-logged',
    'import logging\nlogging.basicConfig(level=20)\nlogging.error("could not read {v}, using the default")\nlogging.info("{w}: finished, {n} rows")\n',
  ),
  python(
    'py-traceback-shown',
    'import traceback\ntry:\n    {}["{v}"]\nexcept KeyError:\n    traceback.print_exc()\nprint("recovered, {n} left")\n',
  ),
  python(
    'py-table',
    'for i in range({n} % 9 + 3):\n    print(f"{i:3} {w:<10}", "ok" if i % 3 else "failed")\nprint("3 rows failed validation and were skipped")\n',
  ),
  python('py-report', 'print("Errors: 0")\nprint("Failed: 0")\nprint("{w} passed {n} checks")\n'),
  python(
    'py-warning',
    'import warnings\nwarnings.warn("{w} is deprecated, use {v}", DeprecationWarning, stacklevel=1)\nprint({n})\n',
  ),
  python('py-stderr-ok', 'import sys\nprint("warning: {v} not found, skipped", file=sys.stderr)\nprint("{n}")\n'),
  python('py-count-errors', 'lines = ["error {w}"] * {n}\nprint(f"{len(lines)} errors were fixed in {v}.txt")\n'),
  shell('py-inline-fail', "python3 -c 'print(1/0)'; python3 -c 'import {w}_{v}'"),
  shell('py-inline-ok', 'python3 -c \'print("{w}".upper(), {n} * 2)\''),
  shell('py-module-missing', 'python3 -m {w}_{v}'),
  shell('py-file-missing', 'python3 {w}_{v}.py'),
  shell('py-compile', 'python3 -m py_compile {w}.py', { files: { '{w}.py': 'if {n}\n    print()\n' } }),
  shell('py-compile-ok', 'python3 -m py_compile {w}.py && echo compiled', { files: { '{w}.py': source } }),
  shell('pip-missing', 'pip install --no-index {w}-{v}-none', { times: 5 }),
  shell('pip-show-ok', 'pip show pytest | head -{d}', { times: 7 }),
  shell('pip-show-missing', 'pip show {w}-{v}-none', { times: 5 }),
  // Tests
  pytest('pytest-fail', 'def test_{v}():\n    assert {n} == 0\n\ndef test_{w}():\n    assert True\n'),
  pytest('pytest-pass', 'def test_{v}():\n    assert {n} > 0\n\ndef test_error_is_raised():\n    assert "{w}"\n'),
  pytest('pytest-error', 'import {w}_{v}_missing\n\ndef test_one():\n    pass\n'),
  pytest('pytest-fixture', 'def test_{w}({v}_fixture):\n    assert {v}_fixture\n', 'python3 -m pytest {w}_test.py'),
  pytest(
    'pytest-verbose-pass',
    'import pytest\n\ndef test_failed_{v}():\n    with pytest.raises(ValueError):\n        int("{w}")\n',
    'python3 -m pytest -v {w}_test.py',
  ),
  pytest(
    'pytest-xfail',
    'import pytest\n\n@pytest.mark.xfail\ndef test_{v}():\n    assert {n} == 0\n\ndef test_ok():\n    pass\n',
  ),
  pytest('pytest-none', 'x = "{w}"\n', 'python3 -m pytest {w}_test.py'),
  pytest('pytest-tail', 'def test_{v}():\n    assert "{w}" == "{v}"\n', 'python3 -m pytest {w}_test.py 2>&1 | tail -4'),
  pytest(
    'pytest-short',
    'def test_a():\n    raise OSError("{v}")\n\ndef test_b():\n    assert [1, {n}] == [1]\n',
    'python3 -m pytest --tb=no -q {w}_test.py',
  ),
  shell('unittest-fail', 'python3 -m unittest {w}_case.py', {
    files: {
      '{w}_case.py':
        'import unittest\nclass T(unittest.TestCase):\n    def test_{v}(self):\n        self.assertEqual({n}, 0)\n',
    },
    times: 7,
  }),
  shell('unittest-pass', 'python3 -m unittest -v {w}_case.py', {
    files: {
      '{w}_case.py':
        'import unittest\nclass T(unittest.TestCase):\n    def test_error_{v}(self):\n        self.assertTrue({n})\n',
    },
    times: 7,
  }),
  nodeTest(
    'node-test-fail',
    "import test from 'node:test';\nimport assert from 'node:assert';\ntest('{w}', () => assert.equal({n}, 0));\ntest('{v}', () => {});\n",
  ),
  nodeTest(
    'node-test-pass',
    "import test from 'node:test';\ntest('{w} fails well', () => {});\ntest('error of {v}', () => {});\n",
  ),
  nodeTest(
    'node-test-tap',
    "import test from 'node:test';\nimport assert from 'node:assert';\ntest('{w}', () => assert.ok({n} < 0));\n",
    'node --test --test-reporter=tap {w}.test.mjs',
  ),
  nodeTest(
    'node-test-tap-pass',
    "import test from 'node:test';\ntest('not ok is {v}', () => {});\n",
    'node --test --test-reporter=tap {w}.test.mjs',
  ),
  shell('go-test-fail', 'go test ./...', {
    files: {
      'go.mod': 'module {w}\n\ngo 1.20\n',
      'a_test.go': 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Errorf("{v} is %d", {n}) }\n',
    },
    times: 3,
  }),
  shell('go-test-pass', 'go test -v ./...', {
    files: {
      'go.mod': 'module {w}\n\ngo 1.20\n',
      'a_test.go': 'package a\n\nimport "testing"\n\nfunc TestError(t *testing.T) { t.Log("failed before") }\n',
    },
    times: 3,
  }),
  shell('cargo-like-test', 'rustc --test -o {w}_t {w}.rs && ./{w}_t', {
    files: { '{w}.rs': '#[test]\nfn {v}() { assert_eq!({n}, 0); }\n#[test]\nfn other() {}\n' },
    times: 4,
  }),
  shell('rust-test-pass', 'rustc --test -o {w}_t {w}.rs && ./{w}_t', {
    files: { '{w}.rs': '#[test]\nfn error_{v}() {}\n' },
    times: 4,
  }),
  // JavaScript
  node('node-throw', 'console.log("{w}");\nthrow new Error("no {v} for {n}");\n'),
  node('node-type', 'const {w} = undefined;\nconsole.log({w}.{v});\n'),
  node('node-reject', 'await Promise.reject(new TypeError("{v} failed"));\n'),
  node('node-exit', 'console.error("{w}: {v} not configured");\nprocess.exit({d});\n'),
  node('node-ok', 'console.log(JSON.stringify({ {w}: {n}, error: null, failed: [] }));\n'),
  node(
    'node-handled',
    'try { JSON.parse("{w}"); } catch (error) { console.error("ignored:", error.message); }\nconsole.log("{v}", {n});\n',
  ),
  node('node-stack-shown', 'console.log(new Error("{v}").stack.split("\\n")[0]);\nconsole.log("{w} ok");\n'),
  node('node-syntax', 'const {w} = [{n};\n'),
  node('node-import', 'import { {v} } from "./{w}-none.mjs";\n'),
  node('node-warn', 'console.warn("warning: {v} is slow");\nconsole.log("built {w} in {n} ms");\n'),
  shell('node-missing', 'node {w}-{v}.js'),
  shell('node-check-ok', 'node --check {w}.js && echo "{w}.js: no errors"', {
    files: { '{w}.js': 'const a = {n};\n' },
  }),
  shell('npm-script', 'npm run {v}', {
    files: { 'package.json': '{"name":"{w}","scripts":{"build":"exit 0"}}' },
    times: 4,
  }),
  shell('npm-script-fails', 'npm run build', {
    files: { 'package.json': '{"name":"{w}","scripts":{"build":"echo {v} && exit {d}"}}' },
    times: 4,
  }),
  shell('npm-script-ok', 'npm run build', {
    files: { 'package.json': '{"name":"{w}","scripts":{"build":"echo built {v}, 0 errors"}}' },
    times: 4,
  }),
  shell('npm-json', 'npm run build', { files: { 'package.json': '{"name":"{w}",' }, times: 3 }),
  shell('npm-ls', 'npm ls {w}-{v}', { files: { 'package.json': '{"name":"{w}"}' }, times: 3 }),
  shell('tsc-fail', '{tsc} --noEmit --ignoreConfig {w}.ts', {
    files: { '{w}.ts': 'const a: number = "{v}";\nconst b: string = {n};\n' },
    arguments: { command: 'npx tsc --noEmit {w}.ts' },
    times: 4,
  }),
  shell('tsc-pass', '{tsc} --noEmit --ignoreConfig {w}.ts && echo done', {
    files: { '{w}.ts': 'export const a = {n};\n' },
    arguments: { command: 'npx tsc --noEmit {w}.ts && echo done' },
    times: 4,
  }),
  // C, Go, Rust, Java, Perl, make
  compiled('gcc-undeclared', '#include <stdio.h>\nint main(void) { printf("%d", {v}); return 0; }\n'),
  compiled(
    'gcc-warning',
    '#include <stdio.h>\nint main(void) { int {v} = {n}; printf("error count: 0\\n"); return 0; }\n',
  ),
  compiled('gcc-link', 'int {v}(void);\nint main(void) { return {v}(); }\n'),
  compiled('gcc-returns', '#include <stdio.h>\nint main(void) { puts("{v}: invalid {w}"); return {d}; }\n'),
  compiled('gcc-abort', '#include <stdlib.h>\nint main(void) { abort(); }\n'),
  compiled('gcc-segv', 'int main(void) { int *{v} = 0; return *{v}; }\n'),
  compiled(
    'gcc-ok',
    '#include <stdio.h>\nint main(void) { for (int i = 0; i < 3; i++) printf("{w} %d failed=0\\n", i); return 0; }\n',
  ),
  shell('make-target', 'make {v}', { files: { Makefile: 'all:\n\t@echo {w}\n' } }),
  shell('make-fails', 'make', { files: { Makefile: 'all: {w}\n{w}:\n\t@echo building {v}\n\t@false\n' } }),
  shell('make-ok', 'make', {
    files: { Makefile: 'all:\n\t@echo "checking for errors in {w}"\n\t-@false\n\t@echo {v} done\n' },
  }),
  shell('make-ok-quiet', 'make', { files: { Makefile: 'all:\n\tcp {w}.in {w}.out\n', '{w}.in': '{v}\n' } }),
  shell('go-undefined', 'go build ./...', {
    files: { 'go.mod': 'module {w}\n\ngo 1.20\n', 'main.go': 'package main\n\nfunc main() { println({v}) }\n' },
    times: 4,
  }),
  shell('go-vet-ok', 'go vet ./... && echo vetted', {
    files: { 'go.mod': 'module {w}\n\ngo 1.20\n', 'main.go': 'package main\n\nfunc main() { println({n}) }\n' },
    times: 3,
  }),
  shell('go-panic', 'go run .', {
    files: {
      'go.mod': 'module {w}\n\ngo 1.20\n',
      'main.go': 'package main\n\nfunc main() { var m map[string]int; m["{v}"] = {n} }\n',
    },
    times: 3,
  }),
  shell('rust-mismatch', 'rustc {w}.rs', { files: { '{w}.rs': 'fn main() { let {v}: i32 = "x"; }\n' }, times: 5 }),
  shell('rust-warning', 'rustc -o {w}_b {w}.rs && ./{w}_b', {
    files: { '{w}.rs': 'fn main() { let {v} = {n}; println!("0 errors"); }\n' },
    times: 5,
  }),
  shell('rust-panic', 'rustc -o {w}_b {w}.rs && ./{w}_b', {
    files: { '{w}.rs': 'fn main() { let a: Vec<i32> = vec![]; println!("{}", a[{n}]); }\n' },
    times: 4,
  }),
  shell('java-compile', 'javac {w}.java', { files: { '{w}.java': 'class {w} { int a = {v}; }\n' }, times: 3 }),
  shell('java-throws', 'java {w}.java', {
    files: {
      '{w}.java': 'class {w} { public static void main(String[] a) { throw new IllegalStateException("{v}"); } }\n',
    },
    times: 3,
  }),
  shell('java-ok', 'java {w}.java', {
    files: {
      '{w}.java': 'class {w} { public static void main(String[] a) { System.out.println("no exception for {v}"); } }\n',
    },
    times: 3,
  }),
  shell('perl-die', 'perl -e \'die "{v} failed\\n"\''),
  shell('perl-syntax', "perl -e 'my $x = ;'"),
  shell('perl-ok', 'perl -e \'print "{w} error rate 0.{n}\\n"\''),
  // Shell
  shell('sh-unknown', '{w}-{v} --all'),
  shell('sh-cat-missing', 'cat {w}/{v}.txt'),
  shell('sh-cd-missing', 'cd {w}/{v} && ls'),
  shell('sh-ls-missing', 'ls -la {w}-{n}'),
  shell('sh-ls-ok', 'ls -la', { files: { 'error.log': '{w}\n', 'failed-{v}.txt': '{n}\n' } }),
  shell('sh-cat-log', 'cat {w}.log', { files: { '{w}.log': log } }),
  shell('sh-tail-log', 'tail -n 5 {w}.log', { files: { '{w}.log': log } }),
  shell('sh-grep-log', 'grep -n -i error {w}.log', { files: { '{w}.log': log } }),
  shell('sh-grep-none', 'grep -n {v}{n} {w}.log', { files: { '{w}.log': log } }),
  shell('sh-grep-missing', 'grep -rn {v} {w}-none/'),
  shell('sh-grep-source', 'grep -rn "raise\\|Error" .', { files: { 'src/{w}.py': source } }),
  shell('sh-cat-source', 'cat src/{w}.py', { files: { 'src/{w}.py': source } }),
  shell('sh-sed-source', "sed -n '1,{d}p' src/{w}.py", { files: { 'src/{w}.py': source } }),
  shell('sh-sed-bad', "sed -n '/{w}' src/{w}.py", { files: { 'src/{w}.py': source } }),
  shell('sh-head-missing', 'head -{d} {w}.{v}'),
  shell('sh-wc', 'wc -l *.log', { files: { '{w}.log': log } }),
  shell('sh-find', 'find . -name "*err*"', { files: { 'a/{w}_error.py': '', 'b/stderr.txt': '{v}' } }),
  shell('sh-find-missing', 'find ./{w}{n} -type f'),
  shell('sh-mkdir', 'mkdir {w} && echo made {w}'),
  shell('sh-mkdir-twice', 'mkdir {w} && mkdir {w}'),
  shell('sh-rm-missing', 'rm {w}.{v}'),
  shell('sh-cp-missing', 'cp {w}.{v} {v}.txt'),
  shell('sh-mv-ok', 'mv {w}.log {v}.log && ls', { files: { '{w}.log': log } }),
  shell('sh-chmod-run', './{w}.sh', { files: { '{w}.sh': 'echo {v}\n' } }),
  shell('sh-syntax', 'if [ {n} -eq 1 ; then echo {w}'),
  shell('sh-unbound', 'set -u; echo $'.concat('{w}_{v}')),
  shell('sh-false', 'echo checking {w}; false'),
  shell('sh-test-exit', 'echo "{v}: FAILED"; exit {d}'),
  shell('sh-echo-error', 'echo "Error handling of {w} is described in {v}.md"'),
  shell('sh-echo-failed', 'echo "{n} passed, 0 failed"'),
  shell('sh-diff', 'diff a.txt b.txt', { files: { 'a.txt': '{w}\n', 'b.txt': '{v}\n' } }),
  shell('sh-diff-same', 'diff a.txt b.txt && echo same', { files: { 'a.txt': '{w}\n', 'b.txt': '{w}\n' } }),
  shell('sh-tar-missing', 'tar xf {w}.tar.gz'),
  shell('sh-tar-ok', 'tar cf {w}.tar {w}.log && tar tf {w}.tar', { files: { '{w}.log': log } }),
  shell('sh-unzip-missing', 'unzip {w}.zip'),
  shell('sh-kill', 'kill -9 99999{d}'),
  shell('sh-date-bad', 'date -d "{w} {v}"'),
  shell('sh-date', 'date -u -d @17000000{n}'),
  shell('sh-seq', 'for i in 1 2 3; do echo "{w} $i: ok"; done'),
  shell('sh-or-true', 'cat {w}.{v} || true'),
  shell('sh-silenced', 'ls {w}.{v} 2>/dev/null || echo "none yet"'),
  shell('sh-timeout', 'timeout 0.1 sleep 3'),
  shell('sh-xargs', 'echo {w}.{v} | xargs cat'),
  shell('sh-awk', "awk '{print $3}' {w}.log | sort | uniq -c", { files: { '{w}.log': log } }),
  shell('sh-awk-bad', "awk '{print $' {w}.log", { files: { '{w}.log': log } }),
  shell('sh-readonly', 'echo {v} > /proc/{w}'),
  shell('sh-which-missing', 'which {w}-{v} || exit 1'),
  shell('sh-env', 'env | grep -c PATH && echo "{w}_ERROR_LEVEL={n}"'),
  shell('sh-source-missing', 'source {w}/bin/activate'),
  shell('sh-python-version', 'python3 --version && git --version'),
  shell('sh-bad-option', 'ls --{w}-{v}'),
  shell('sh-help', 'grep --help | head -{n}', { times: 9 }),
  shell('sh-man-words', 'cat NOTES.md', {
    files: {
      'NOTES.md':
        '# {w}\n\nError: this heading is about errors.\n\nIf the build failed, run `make {v}`.\nfatal: is what git says.\n',
    },
  }),
  shell('sh-cat-test-report', 'cat report.txt', {
    files: { 'report.txt': '==== {n} failed, 3 passed in 0.4s ====\nFAILED {w}_test.py::test_{v}\n' },
  }),
  // git
  git('git-status', 'git status'),
  git('git-log', 'git log --oneline -5'),
  git('git-show', 'git show --stat HEAD'),
  git('git-branch-missing', 'git checkout {v}-branch'),
  git('git-branch-new', 'git checkout -b {v}-branch'),
  git('git-push-none', 'git push origin main'),
  git('git-pathspec', 'git add {v}.none'),
  git('git-commit-nothing', 'git commit -m "{v}"'),
  git('git-commit', 'echo {n} >> {w}.txt && git commit -am "error: {v} handled"'),
  git(
    'git-merge-conflict',
    'git checkout -q -b b && echo {n} > {w}.txt && git commit -qam b && git checkout -q main && echo x{n} > {w}.txt && git commit -qam c && git merge b',
  ),
  git(
    'git-merge-ok',
    'git checkout -q -b b && echo {n} > n.txt && git add . && git commit -qam b && git checkout -q main && git merge b',
  ),
  git('git-diff', 'echo "raise {v}Error" >> {w}.txt && git diff'),
  git('git-rebase-none', 'git rebase {v}/main'),
  git('git-reset-bad', 'git reset --hard {v}{n}'),
  git('git-tag-twice', 'git tag {v} && git tag {v}'),
  git('git-stash-none', 'git stash pop'),
  git('git-stash', 'echo {n} > {w}.txt && git stash && git stash list'),
  git('git-blame-missing', 'git blame {v}.py'),
  git('git-revert', 'git revert --no-edit HEAD'),
  git('git-apply-bad', 'printf "not a patch of {v}" | git apply'),
  git('git-unknown', 'git {v}ify'),
  git('git-grep', 'git grep -n error || echo "no match for {n}"'),
  git('git-cherry', 'git cherry-pick {n}abc'),
  git('git-remote', 'git remote add origin /none/{v} && git fetch origin'),
  git('git-remote-list', 'git remote add origin https://{v}.example.test/x.git && git remote -v'),
  shell('git-outside', 'cd / && git status', { times: 2 }),
  // Data programs
  shell('jq-parse', 'echo \'{"{w}": {n}\' | jq .'),
  shell('jq-type', "echo '[{n}]' | jq .{w}"),
  shell('jq-compile', "echo '{}' | jq '.{w} |'"),
  shell('jq-ok', 'echo \'{"error": null, "{w}": {"failed": {n}}}\' | jq .'),
  shell('jq-error-field', 'echo \'{"errors": [{"message": "{v} failed"}], "job": "{w}"}\' | jq .errors'),
  shell('csv', "printf 'name,state\\n{w},failed\\n{v},error\\n' | column -t -s,"),
  shell('curl-refused', 'curl -sS http://127.0.0.1:9/{w}'),
  shell('curl-host', 'curl http://{w}-{v}.invalid/', { times: 3 }),
  shell('curl-fails', 'curl -fsS {server}/status/404?{w}', {
    arguments: { command: 'curl -fsS http://{w}.example.test/{v}' },
  }),
  shell('curl-ok', 'curl -sS {server}/json/{w}', { arguments: { command: 'curl -sS http://{w}.example.test/{v}' } }),
  shell('curl-head', 'curl -sS -I {server}/json/{w}', {
    arguments: { command: 'curl -sS -I http://{w}.example.test/{v}' },
  }),
  shell('wget-refused', 'wget -q -O - --tries=1 http://127.0.0.1:9/{w} || exit 4'),
  shell('wget-404', 'wget -O - --tries=1 {server}/status/404?{w}', {
    arguments: { command: 'wget -O - http://{w}.example.test/{v}' },
  }),
  shell('docker-none', 'DOCKER_HOST=tcp://127.0.0.1:9 docker ps', { times: 4 }),
  shell('openssl-ok', 'echo {w} | openssl dgst -sha256'),
  shell('openssl-missing', 'openssl x509 -in {w}.pem -noout'),
  shell('ssh-host', 'ssh -o BatchMode=yes -o ConnectTimeout=1 {w}.invalid true', { times: 2 }),
  shell('apt-missing', 'apt-get install -y --no-download {w}-{v}-none', { times: 3 }),
  // SQL
  sqlite('sqlite-select', 'SELECT * FROM {w}'),
  sqlite('sqlite-count', 'SELECT state, count(*) AS errors FROM {w} GROUP BY state'),
  sqlite('sqlite-table', 'SELECT * FROM {v}{n}'),
  sqlite('sqlite-column', 'SELECT {v}{n} FROM {w}'),
  sqlite('sqlite-syntax', 'SELEC * FROM {w}'),
  sqlite('sqlite-null', 'INSERT INTO {w} (name) VALUES (NULL)'),
  sqlite('sqlite-unique', 'INSERT INTO {w} (id, name) VALUES (1, NULL)'),
  sqlite('sqlite-update', "UPDATE {w} SET state = 'error' WHERE id = {d}; SELECT changes() AS failed"),
  sqlite('sqlite-exists', 'CREATE TABLE {w} (a)'),
  sqlite('sqlite-plan', 'EXPLAIN QUERY PLAN SELECT * FROM {w}'),
  postgres('pg-column', 'SELECT {w} FROM pg_class LIMIT {d}'),
  postgres('pg-relation', 'SELECT * FROM {w}_{v}'),
  postgres('pg-syntax', 'SELEC {n}'),
  postgres('pg-select', "SELECT {n} AS {w}, 'ERROR: none' AS state"),
  postgres('pg-types', "SELECT '{w}'::int"),
  postgres('pg-zero', 'SELECT {n} / 0'),
  postgres(
    'pg-many',
    "SELECT g AS {w}, CASE WHEN g % 2 = 0 THEN 'failed' ELSE 'ok' END AS {v} FROM generate_series(1, {d}) g",
  ),
  postgres('pg-empty', 'SELECT relname FROM pg_class WHERE relname = $$ {w}$$'),
  postgres('pg-function', 'SELECT {w}_{v}({n})'),
  postgres('pg-create', 'CREATE TEMP TABLE {w} (id int, error text)'),
  postgres('pg-unique', 'CREATE TEMP TABLE {w} (id int primary key); INSERT INTO {w} VALUES ({n}), ({n})'),
  postgres('pg-notice', 'DROP TABLE IF EXISTS {w}_{v}'),
  postgres('pg-permission', 'SET ROLE {w}_{v}'),
  postgres('pg-insert', 'CREATE TEMP TABLE {w} (id int); INSERT INTO {w} SELECT generate_series(1, {n})', 'query'),
  shell('psql-refused', 'psql -h 127.0.0.1 -p 9 -c "SELECT {n}"'),
  shell('psql-rollback', 'psql -X -c "BEGIN" -c "SELECT {n} AS {w}" -c "ROLLBACK"'),
  // Pages
  fetched('page-html', 'html'),
  fetched('page-json', 'json'),
  fetched('page-text', 'text'),
  fetched('page-errors-doc', 'errors-doc'),
  fetched('page-404-html', '404-html'),
  fetched('page-404-json', '404-json'),
  fetched('page-404-text', '404-text'),
  fetched('page-500-html', '500-html'),
  fetched('page-500-text', '500-text'),
  fetched('page-403-json', '403-json'),
  fetched('page-401-text', '401-text'),
  fetched('page-429-json', '429-json'),
  fetched('page-problem', 'problem'),
  fetched('page-502', '502-html'),
  fetched('page-error-list', 'error-list'),
  fetched('page-empty-list', 'empty-list'),
  fetched('page-status-ok', 'status-ok', { tool: 'http_request' }),
  fetched('page-status-bad', 'status-bad', { tool: 'http_request' }),
  fetched('page-status-moved', 'status-made', { tool: 'http_request' }),
  // Edits
  edit('patch-ok', 'printf -- "--- a\\n+++ b\\n@@ -1 +1 @@\\n-{w}\\n+{v}\\n" | patch {w}.txt', {
    files: { '{w}.txt': '{w}\n' },
  }),
  edit('patch-rejected', 'printf -- "--- a\\n+++ b\\n@@ -1 +1 @@\\n-{v}{n}\\n+{v}\\n" | patch --batch {w}.txt', {
    files: { '{w}.txt': '{w}\n' },
  }),
  edit('patch-garbage', 'printf "{v} {n}\\n" | patch --batch {w}.txt', { files: { '{w}.txt': '{w}\n' } }),
  edit('patch-fuzz', 'printf -- "--- a\\n+++ b\\n@@ -9 +9 @@\\n-{w}\\n+{v}\\n" | patch --batch {w}.txt', {
    files: { '{w}.txt': 'x\n{w}\ny\n' },
  }),
  edit(
    'git-apply-ok',
    'git init -q . && printf -- "--- a/{w}.txt\\n+++ b/{w}.txt\\n@@ -1 +1 @@\\n-{w}\\n+{v}\\n" | git apply -v',
    { files: { '{w}.txt': '{w}\n' } },
  ),
  edit(
    'git-apply-context',
    'git init -q . && printf -- "--- a/{w}.txt\\n+++ b/{w}.txt\\n@@ -1 +1 @@\\n-{v}{n}\\n+{v}\\n" | git apply',
    { files: { '{w}.txt': '{w}\n' } },
  ),
  edit(
    'git-apply-missing',
    'git init -q . && printf -- "--- a/{v}.txt\\n+++ b/{v}.txt\\n@@ -1 +1 @@\\n-{v}\\n+{w}\\n" | git apply',
  ),
  // Reading and searching
  shell('read-missing', 'cat {w}/{v}.py', { tool: 'Read', arguments: { file_path: '{w}/{v}.py' } }),
  shell('read-source', 'cat -n {w}.py', {
    tool: 'Read',
    arguments: { file_path: '{w}.py' },
    files: { '{w}.py': source },
  }),
  shell('read-log', 'cat {w}.log', { tool: 'read_file', arguments: { path: '{w}.log' }, files: { '{w}.log': log } }),
  shell('search-hits', 'grep -rn Error .', {
    tool: 'grep_search',
    arguments: { pattern: 'Error' },
    files: { 'src/{w}.py': source, 'logs/{v}.log': log },
  }),
  shell('search-files', 'find . -name "*.log"', {
    tool: 'Glob',
    arguments: { pattern: '**/*.log' },
    files: { 'errors/{w}.log': log },
  }),
  shell('search-regex', "grep -rnE '({w}' .", {
    tool: 'grep_search',
    arguments: { pattern: '({w}' },
    files: { 'src/{w}.py': source },
  }),
  shell('list-missing', 'ls {w}-{v}', { tool: 'list_directory', arguments: { path: '{w}-{v}' } }),
  shell('list', 'ls -1', {
    tool: 'list_directory',
    arguments: { path: '.' },
    files: { 'failed.txt': '{w}', 'error-{v}.md': '{n}' },
  }),
];
