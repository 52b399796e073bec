import { baseName, keepingOutput, programAt } from './command/program.js';
import type { Framework, Reading, ReportedTest, TestCommand } from './framework.js';
import { shortMessage } from './reading/text.js';

/** Programs that write TAP, and the flags that make them. */
const flagsOf: Readonly<Record<string, readonly string[]>> = {
  bats: ['--formatter', 'tap'],
  prove: ['--verbose', '--merge'],
  tap: ['--reporter=tap'],
  tape: [],
};
const names = new Set(Object.keys(flagsOf));

export const tap: Framework = {
  id: 'tap',
  title: 'TAP',
  description: 'bats, prove and whatever else writes the Test Anything Protocol',
  detect({ files }) {
    if (files.some((path) => path.endsWith('.bats'))) return 0.85;
    return files.some((path) => /^t\/[^/]+\.t$/.test(path)) ? 0.8 : 0;
  },
  starts: (argv) => programAt(argv, names) >= 0,
  usual: ({ files }) =>
    files.some((path) => path.endsWith('.bats')) ? ['bats', '--recursive', '.'] : ['prove', '-r', 't'],
  command(argv, { folder }): TestCommand {
    const file = `${folder}/output.tap`;
    const at = programAt(argv, names);
    const flags = at < 0 ? [] : (flagsOf[baseName(argv[at] as string)] ?? []);
    // Whatever the command is: TAP is its output, which is the report.
    return {
      argv: keepingOutput([...argv.slice(0, at + 1), ...flags, ...argv.slice(at + 1)], file),
      env: {},
      reports: [file],
    };
  },
  report(files): Reading | null {
    const readings = files.map(({ text }) => readTap(text)).filter((reading) => reading !== null);
    return readings[0] ?? null;
  },
};

/** TAP 12 to 14. A stream without a plan, or whose plan names more tests than it has, broke off. */
export function readTap(text: string): Reading | null {
  const tests: ReportedTest[] = [];
  const path: string[] = [];
  let planned: number | undefined;
  let counted = 0;
  let bailed: string | undefined;
  let file = '';
  /** Of prove's file: tests that it has, and that its plan says. */
  let [has, plans] = [0, Number.POSITIVE_INFINITY];
  for (const line of text.split(/\r?\n/)) {
    const indent = /^ */.exec(line)?.[0].length ?? 0;
    const level = Math.floor(indent / 4);
    const said = line.slice(indent, indent + 2000);
    const heading = /^# Subtest:? (.{1,300})/.exec(said);
    if (heading) {
      // Node and node-tap write it within the subtest, TAP 14 in front of it.
      path.length = level;
      path[level] = heading[1] as string;
      continue;
    }
    // prove names the file in front of its tests.
    const next = /^(\S{1,300}\.t) \.{2,}/.exec(said)?.[1];
    if (next !== undefined) {
      file = next;
      [has, plans] = [0, Number.POSITIVE_INFINITY];
    }
    const bail = /^Bail out!\s*(.{0,500})/.exec(said);
    if (bail) bailed = bail[1] === '' ? 'Bail out!' : `Bail out! ${bail[1]}`;
    const plan = /^1\.\.(\d{1,9})\s*(#.*)?$/.exec(said);
    if (plan && level === 0) {
      planned = (planned ?? 0) + Number(plan[1]);
      plans = Number(plan[1]);
    }
    const point = /^(not )?ok\b ?(\d{1,9})?(?: -)? ?(.{0,1000})$/.exec(said);
    if (!point) continue;
    // Behind the last test of a file prove says `ok` of all of it.
    if (file !== '' && said.trimEnd() === 'ok' && has >= plans) continue;
    if (level === 0) {
      counted++;
      has++;
    }
    const [, not, number, rest = ''] = point;
    const directive = /(?:^|[^\\])# *(SKIP|TODO)\S*\s*(.{0,300})$/i.exec(rest);
    const name = (directive ? rest.slice(0, directive.index + (directive[0].startsWith('#') ? 0 : 1)) : rest)
      .replace(/ # time=.*$/, '')
      .trim();
    const kind = directive?.[1]?.toUpperCase();
    const message = directive ? shortMessage(directive[2] ?? '') : undefined;
    tests.push({
      id: [file, ...path.slice(0, level), name === '' ? `test ${number ?? counted}` : name].filter(Boolean).join(' > '),
      ...(/^(?:setup_file failed|bats-gather-tests)/.test(name) ? { loading: true } : {}),
      outcome: kind === 'SKIP' || (kind === 'TODO' && not) ? 'skipped' : not ? 'failed' : 'passed',
      ...(message === undefined ? {} : { message }),
    });
    if (level < path.length) path.length = level;
  }
  if (tests.length === 0 && planned === undefined && bailed === undefined) return null;
  const short =
    planned !== undefined && counted < planned ? `It planned ${planned} tests and has ${counted}.` : undefined;
  const loading = tests.find((test) => test.loading);
  const broken = bailed ?? loading?.id ?? (short && counted === 0 ? short : undefined);
  return {
    tests,
    ...(broken === undefined ? {} : { collection_error: broken }),
    ...(short === undefined && planned !== undefined ? {} : { incomplete: short ?? 'It has no plan.' }),
  };
}
