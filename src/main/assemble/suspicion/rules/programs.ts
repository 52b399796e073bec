import { ran, type SuspicionRule } from '../rule.js';

/** What shells, interpreters, compilers and package managers say when they fail. */
export const programRules: readonly SuspicionRule[] = [
  {
    id: 'exit-code-told',
    families: ['shell', 'shown', 'tests', 'sql', 'http', 'edit', 'other'],
    where: 'any',
    pattern:
      /^\W{0,4}(?:exit|return)[ _-]?(?:code|status|value)?\s?[:=>]{1,2}\s?\(?-?[1-9]\d{0,9}\b|^\W{0,4}(?:(?:the )?(?:command|process|program|script|execution)\b.{0,80}? )?(?:failed|exited|finished|completed|terminated|ended|returned)(?: with)? (?:an? )?(?:non-?zero )?(?:exit |return |error )?(?:code|status)(?: of)?[: ]{1,2}\(?-?[1-9]\d{0,9}\b|\((?:exit|return) (?:code|status)[: ]{1,2}-?[1-9]\d{0,9}\)|^(?:rc|ret|returncode)[:=] ?[1-9]\d{0,2}$/i,
    score: 0.97,
    says: 'it tells of an exit code that is not 0',
    fails: [
      ran('./moor.sh', 'no rope\n\nExit code: 3'),
      ran('./moor.sh', 'Exit code: 1\nWall time: 0.2 seconds\nOutput:\nno rope'),
      ran('./moor.sh', 'Process exited with code 2\nno rope'),
      ran('./moor.sh', 'Command failed with exit code 127: moor'),
      ran('./moor.sh; echo "rc=$?"', 'no rope\nrc=4'),
      ran('./moor.sh', '<returncode>1</returncode>\n<output>\nno rope\n</output>'),
    ],
    passes: [
      ran('./moor.sh', 'moored\n\nExit code: 0'),
      ran('./moor.sh', 'Process exited with code 0\nmoored'),
      ran('./moor.sh', 'exit code 3 means that there is no rope'),
      { tool: 'read_file', arguments: { path: 'run.log' }, result: 'Exit code: 3' },
    ],
  },
  {
    id: 'program-complains',
    families: ['shell', 'shown', 'tests'],
    where: 'program',
    pattern:
      /^(?!.*\(ignored\)$).*\b(?:no such|not found|not permitted|not recognized|not a |denied|is a directory|exists|invalid|unrecogni[sz]ed|unknown|illegal|missing|cannot|can['’]t|could not|couldn['’]t|unable|failed|failure|refused|errors?|unbound|unexpected|unterminated|unmatched|no space left|no module named|must |requires? )/i,
    score: 0.93,
    says: 'a program of the command complains',
    fails: [
      ran('cat berth.txt', 'cat: berth.txt: No such file or directory'),
      ran('mooring --all', 'bash: line 1: mooring: command not found'),
      ran('mooring --all', '/bin/sh: 1: mooring: not found'),
      ran('cd harbour && ls', 'bash: cd: harbour: No such file or directory'),
      ran('python3 tide.py', "python3: can't open file '/srv/tide.py': [Errno 2] No such file or directory"),
      ran('grep -rn rope src lib', 'src/a.ts:3: rope\ngrep: lib: No such file or directory'),
    ],
    passes: [
      ran('cat harbour.log', 'tide: the rope was not found'),
      ran('ls', 'not found.txt'),
      ran('grep -n denied auth.log', '12: sshd: Permission denied for pilot'),
      ran('cat berth.txt || true', 'cat: berth.txt: No such file or directory'),
    ],
  },
  {
    id: 'traceback-last',
    families: ['shell', 'tests', 'other'],
    where: 'whole',
    pattern:
      /(?:^|\n)[ |+]*Traceback \(most recent call last\):\n(?:(?:[ \t|+].*|)\n)+(?:[\w.]+\.)?[A-Za-z_]\w*(?:: .*)?(?:\n(?:[ \t].*|LINE \d.*|DETAIL: .*|HINT: .*|\[SQL: .*|))*$/,
    score: 0.95,
    says: 'it ends with a Python traceback',
    fails: [
      ran(
        'python3 tide.py',
        'Traceback (most recent call last):\n  File "tide.py", line 3, in <module>\n    moor()\nRuntimeError: no rope',
      ),
      ran(
        'python3 tide.py',
        'start\nTraceback (most recent call last):\n  File "tide.py", line 3, in <module>\npsycopg.errors.UndefinedTable: relation "tide" does not exist\nLINE 1: SELECT * FROM tide\n                      ^\n',
      ),
    ],
    passes: [
      ran('cat tide.log', 'Traceback (most recent call last):\n  File "tide.py", line 3, in <module>\nKeyError: 1'),
    ],
  },
  {
    id: 'traceback',
    families: ['shell', 'tests'],
    where: 'any',
    pattern: /^Traceback \(most recent call last\):$/,
    unless: /\b(?:recovered|handled|ignored|ignoring|continuing|skipp(?:ed|ing)|retry(?:ing)?)\b/i,
    score: 0.75,
    says: 'it shows a Python traceback',
    fails: [
      ran(
        'python3 tide.py',
        'Traceback (most recent call last):\n  File "tide.py", line 3, in <module>\nKeyError: 1\nstart of tide',
      ),
    ],
    passes: [
      ran(
        'python3 tide.py',
        'Traceback (most recent call last):\n  File "tide.py", line 3, in <module>\nKeyError: 1\nrecovered, 3 ropes',
      ),
    ],
  },
  {
    id: 'python-syntax',
    families: ['shell', 'tests'],
    where: 'last',
    pattern: /^(?:Sorry: )?(?:SyntaxError|IndentationError|TabError): /,
    score: 0.95,
    says: 'Python could not read the program',
    fails: [ran('python3 tide.py', '  File "tide.py", line 1\n    def (:\n        ^\nSyntaxError: invalid syntax')],
    passes: [ran('python3 tide.py', 'SyntaxError is caught\n3 ropes')],
  },
  {
    id: 'node-ended',
    families: ['shell', 'tests'],
    where: 'last',
    pattern: /^Node\.js v\d+\.\d+/,
    score: 0.97,
    says: 'Node.js ended with an error that nothing caught',
    fails: [
      ran(
        'node tide.js',
        'tide.js:1\nthrow new Error("no rope")\n^\n\nError: no rope\n    at tide.js:1:7\n\nNode.js v24.1.0',
      ),
    ],
    passes: [ran('node --version', 'v24.1.0'), ran('npx envinfo', 'Node.js v24.1.0 runs\nnpm 11\nbash\nzsh\ntide\nok')],
  },
  {
    id: 'crash',
    families: ['shell', 'tests'],
    where: 'any',
    pattern:
      /^(?:panic: |fatal error: |thread '.{0,120}' (?:\(\d+\) )?panicked at |Exception in thread "|Unhandled (?:exception|rejection)|Uncaught \w|terminate called |Segmentation fault|Aborted(?: \(core dumped\))?$|Killed$|Bus error|Illegal instruction|Floating point exception)|: (?:line )?\d+:? +\d+ (?:Segmentation fault|Aborted|Killed|Bus error)|\(core dumped\)/,
    score: 0.95,
    says: 'a program crashed',
    fails: [
      ran('./tide', 'Segmentation fault (core dumped)'),
      ran('go run .', 'panic: assignment to entry in nil map\n\ngoroutine 1 [running]:\nmain.main()'),
      ran('./tide', "thread 'main' panicked at tide.rs:3:5:\nno rope"),
      ran('java Tide', 'Exception in thread "main" java.lang.IllegalStateException: no rope'),
    ],
    passes: [
      ran('cat core.txt', 'Segmentation fault (core dumped)'),
      ran('./tide', 'a fatal error: none was found'),
      ran('cargo test', "thread 'moors' panicked at tide.rs:3\ntest result: ok. 3 passed; 0 failed"),
    ],
    unless: /^test result: ok\b|^OK\b/m,
  },
  {
    id: 'git',
    families: ['shell'],
    where: 'any',
    command: /\bgit\b/,
    pattern:
      /^(?:fatal|error): |^CONFLICT \(|^Automatic merge failed|^ ! \[(?:remote )?rejected\]|^git: '.{1,60}' is not a git command/,
    score: 0.95,
    says: 'git says that it failed',
    fails: [
      ran('git checkout tide', "error: pathspec 'tide' did not match any file(s) known to git"),
      ran('git push', 'fatal: No configured push destination.'),
      ran('git merge tide', 'Auto-merging a.txt\nCONFLICT (content): Merge conflict in a.txt'),
    ],
    passes: [
      ran('git log --oneline', 'a1b2c3d error: the rope is handled'),
      ran('cat git.md', 'fatal: is what git says'),
    ],
  },
  {
    id: 'git-nothing',
    families: ['shell'],
    where: 'last',
    command: /\bgit (?:-\S+ \S+ )?commit\b/,
    pattern: /^(?:nothing to commit|nothing added to commit|no changes added to commit)/,
    score: 0.9,
    says: 'there was nothing to commit',
    fails: [ran('git commit -m tide', 'On branch main\nnothing to commit, working tree clean')],
    passes: [ran('git status', 'On branch main\nnothing to commit, working tree clean')],
  },
  {
    id: 'compiler',
    families: ['shell', 'tests'],
    where: 'any',
    pattern:
      /^\S+?:\d+(?::\d+)?: (?:fatal )?error\b|^\S+\(\d+,\d+\): error\b|^error(?: ?(?:TS|CS|C)\d+|\[E\d{4}\]): |^(?:\/\S+\/)?(?:ld|collect2|clang|cc1\w*|rustc|g?cc|g\+\+|gcc)(?:\.\w+)?: (?:fatal )?error|undefined reference to [`']|^#+ \[?ERROR|^BUILD FAILED|^\[ERROR\] (?:Failed|COMPILATION)/,
    unless: /\b0 errors?\b(?![\s\S]*\b[1-9]\d* errors?\b)/,
    score: 0.94,
    says: 'a compiler found errors',
    fails: [
      ran('gcc tide.c', "tide.c:3:5: error: 'rope' undeclared"),
      ran('npx tsc', "src/tide.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'."),
      ran('cargo build', 'error[E0425]: cannot find value `rope` in this scope\n --> tide.rs:3:5'),
      ran(
        'gcc tide.c',
        "tide.c:(.text+0x5): undefined reference to `rope'\ncollect2: error: ld returned 1 exit status",
      ),
    ],
    passes: [
      ran('gcc -Wall tide.c', "tide.c:3:5: warning: unused variable 'rope'"),
      ran('grep -n error tide.c', 'tide.c:3: error handling'),
      ran('npx eslint .', 'checked 12 files, 0 errors'),
    ],
  },
  {
    id: 'go-compiler',
    families: ['shell', 'tests'],
    where: 'any',
    command: /\bgo (?:build|run|test|vet|install)\b/,
    pattern:
      /^(?:vet: )?\.{0,2}\/?[\w./-]+\.go:\d+:\d+: |^go: .*(?:not found|no required module|cannot find|error|errors parsing)/,
    score: 0.93,
    says: 'the Go compiler found errors',
    fails: [ran('go build ./...', '# tide\n./main.go:3:22: undefined: rope')],
    passes: [
      ran('go test -v ./...', '=== RUN TestA\n    a_test.go:5: rope\n--- PASS: TestA (0.00s)\nok  \ttide\t0.002s'),
    ],
  },
  {
    id: 'build-tool',
    families: ['shell', 'tests'],
    where: 'any',
    pattern:
      /^(?:g?make)(?:\[\d+\])?: \*\*\* |^npm (?:ERR!|error)(?: |$)|^(?:yarn )?error Command failed| ERR_PNPM_| ELIFECYCLE |^\[ERROR\] BUILD FAILURE|^\[INFO\] BUILD FAILURE|^FAILURE: Build failed|^> Task .* FAILED$|^[1-9]\d* errors?$|^error: could not compile|^ERROR: (?:Could not|No matching|Failed|Cannot|Invalid)|^E: (?:Unable|Package|Could|Failed|Sub-process)/,
    score: 0.94,
    says: 'a build or package tool failed',
    fails: [
      ran('make', 'make: *** [Makefile:2: tide] Error 1'),
      ran('npm run tide', 'npm error Missing script: "tide"'),
      ran('pip install tide', 'ERROR: No matching distribution found for tide'),
      ran('apt-get install tide', 'E: Unable to locate package tide'),
      ran('javac Tide.java', 'Tide.java:1: error: cannot find symbol\n1 error'),
    ],
    passes: [ran('make -k', 'make: [Makefile:2: tide] Error 1 (ignored)\ndone'), ran('npm test', '0 errors')],
  },
  {
    id: 'usage',
    families: ['shell', 'tests'],
    where: 'any',
    pattern: /^usage: [\s\S]{0,2000}?^(?:[\w.-]+: )?error: /im,
    score: 0.94,
    says: 'a program was called the wrong way',
    fails: [
      ran('tide --all', 'usage: tide [-h] --port PORT\ntide: error: the following arguments are required: --port'),
    ],
    passes: [ran('tide --help', 'usage: tide [-h] --port PORT\n\noptions:\n  --error  show errors')],
  },
  {
    id: 'data-program',
    families: ['shell'],
    where: 'any',
    pattern:
      /^(?:(?:jq|yq): error|(?:(?:jq|yq): )?parse error)\b|^syntax error at \S+ line \d+|^Execution of \S+ aborted|^curl: \(\d+\) |^wget: |\bERROR [45]\d\d: |^Error response from daemon: |^Cannot connect to the Docker daemon|^Error from server(?: \(\w+\))?: |^ssh: |^psql: error: |^Permission denied \(|^rsync error: |^awk: (?:cmd|line|syntax)|^An error occurred \(\w+\) when calling|^(?:dial|lookup) .* no such host/,
    score: 0.94,
    says: 'a program of the command says that it failed',
    fails: [
      ran('curl http://tide', 'curl: (6) Could not resolve host: tide'),
      ran('docker ps -a', 'Error response from daemon: no such container'),
      ran('kubectl get tide', 'Error from server (NotFound): pods "tide" not found'),
      ran('aws s3 ls tide', 'An error occurred (AccessDenied) when calling the ListObjectsV2 operation: denied'),
    ],
    passes: [ran('curl -s http://tide', '{"error": null}')],
  },
  {
    id: 'ends-with-error',
    families: ['shell', 'tests'],
    where: 'last',
    pattern:
      /^\W{0,4}[\w ./-]{1,60}: (?:FAILED|FAIL|ERROR)$|^(?:\[?(?:ERROR|FATAL|CRITICAL)\]?|error|fatal|Error|Fatal error|fatal error|\w*(?:Error|Exception))(?: \[?\w{1,24}\]?)?: \S/,
    unless: /\b(?:recovered|handled|ignored|ignoring|continuing|skipp(?:ed|ing)|retry(?:ing)?)\b/i,
    score: 0.82,
    says: 'it ends with an error',
    fails: [
      ran('./moor', 'hauling\nerror: rope is required'),
      ran('./moor', 'FATAL: no berth'),
      ran('node moor.js', 'TypeError: rope is not a function'),
    ],
    passes: [
      ran('./moor', 'ERROR: no rope\nretrying\nhauling\nhauled\nanchored\nmoored'),
      ran('./moor', 'Errors: 0'),
      ran('echo "error: rope"', 'error: rope'),
    ],
  },
];
