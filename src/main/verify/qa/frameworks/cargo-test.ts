import { keepingOutput, programAt } from './command/program.js';
import type { Framework, Reading, ReportedTest, TestCommand } from './framework.js';
import { shortMessage } from './reading/text.js';
import { toldApart } from './reading/told-apart.js';

const names = new Set(['cargo']);
const outcomes: Readonly<Record<string, ReportedTest['outcome']>> = {
  ok: 'passed',
  FAILED: 'failed',
  ignored: 'skipped',
};

export const cargoTest: Framework = {
  id: 'cargo-test',
  title: 'cargo test',
  description: 'Its JSON is for nightly compilers only: the words of its output are what it has',
  detect({ files }) {
    return files.includes('Cargo.toml') ? 0.9 : files.some((path) => path.endsWith('/Cargo.toml')) ? 0.5 : 0;
  },
  starts: (argv) => testAt(argv) >= 0,
  usual: () => ['cargo', 'test', '--offline', '--no-fail-fast'],
  command(argv, { folder }): TestCommand {
    const at = testAt(argv);
    if (at < 0) return { argv: [...argv], env: {}, reports: [] };
    const file = `${folder}/cargo-test.txt`;
    const flags = ['--no-fail-fast', '--color=never'].filter((flag) => !argv.includes(flag));
    // Terse output names no test.
    const rest = argv
      .slice(at + 1)
      .filter((word) => word !== '-q' && word !== '--quiet' && !word.startsWith('--color'));
    const own = [...argv.slice(0, at + 1), ...flags, ...rest];
    return { argv: keepingOutput(own, file, true), env: { CARGO_TERM_COLOR: 'never' }, reports: [file], words: true };
  },
  output(text): Reading | null {
    const failed = failuresIn(text);
    const messages = messagesOf(text);
    let results = 0;
    const ids = idsIn();
    const lacking = sectionsIn(text);
    let section = -1;
    const told = toldApart(text, {
      named(line) {
        const strict = named.exec(line);
        // A name behind what another test writes counts where fewer are named than are said to run.
        const found = strict ?? (lacking[section] ? behind.exec(line) : null);
        return found === null ? null : { id: ids.of(found[1] as string), rest: found[2] as string };
      },
      over(line) {
        const isResult = /^test result: /.test(line);
        if (isResult) results += 1;
        const begins = running.test(line);
        if (begins) section += 1;
        return ids.turn(line) || isResult || begins || line === 'failures:';
      },
      ending: /(ok|FAILED|ignored(?:, .{0,300})?)(?: <\d{1,9}\.\d{1,9}s>)?$/,
    });
    const tests = told.map(({ id, word }): ReportedTest => {
      const name = failed.get(id);
      const outcome = name !== undefined ? 'failed' : (outcomes[word?.split(',')[0] ?? ''] ?? 'error');
      const message = name === undefined ? undefined : messages.get(name);
      return { id, outcome, ...(message === undefined ? {} : { message }) };
    });
    const crash = /^error(?:\[E\d{4}\])?: [^\n]{1,300}/m.exec(text);
    const compile = crash && /could not compile|error\[E\d/.test(text) ? crash[0] : undefined;
    if (tests.length === 0 && compile === undefined && results === 0) return null;
    return { tests, ...(compile === undefined ? {} : { collection_error: compile }) };
  },
};

const named = /^test (\S.{0,400}?) \.\.\. ?(.*)$/;
const behind = /test ([\w:]{1,400}) \.\.\. ?(.*)$/;
const running = /^running (\d{1,7}) tests?$/;

/** Of each binary's tests, in their order, whether fewer stand at the beginning of a line than it says. */
function sectionsIn(text: string): boolean[] {
  const sections: { said: number; seen: number }[] = [];
  for (const line of text.split('\n')) {
    const said = running.exec(line)?.[1];
    if (said !== undefined) sections.push({ said: Number(said), seen: 0 });
    else if (named.test(line)) (sections.at(-1) ?? { seen: 0 }).seen += 1;
  }
  return sections.map(({ said, seen }) => seen < said);
}

/** Ids of tests: of the binary that runs, as its line says. */
function idsIn() {
  let binary = '';
  return {
    /** Whether a line says that another one begins. */
    turn(line: string): boolean {
      const begins =
        /^ {3,}(?:Running (?:unittests )?(\S{1,300})(?: \(\S{0,300}?([\w.-]{1,100})-[0-9a-f]{16}\))?|Doc-tests (\S{1,300}))/.exec(
          line,
        );
      if (begins) binary = begins[3] ? `doc ${begins[3]}` : [begins[2], begins[1]].filter(Boolean).join(' ');
      return begins !== null;
    },
    of(name: string): string {
      // The line that a documented test stands in moves with every line above it.
      const plain = name.replace(/ - should panic$/, '').replace(/ \(line \d+\)$/, '');
      return binary === '' ? plain : `${binary} ${plain}`;
    },
  };
}

/** Names of the lists of failures, by their ids: who stands there has failed, whatever else was read. */
function failuresIn(text: string): Map<string, string> {
  const failed = new Map<string, string>();
  const ids = idsIn();
  let within = false;
  for (const line of text.split('\n')) {
    ids.turn(line);
    const name: string | undefined = within ? /^ {4}(\S.{0,400})$/.exec(line)?.[1] : undefined;
    if (name !== undefined) failed.set(ids.of(name), name);
    within = line === 'failures:' || name !== undefined;
  }
  return failed;
}

function messagesOf(text: string): Map<string, string> {
  const messages = new Map<string, string>();
  for (const part of text.split(/^---- /m).slice(1, 2000)) {
    const end = part.indexOf(' stdout ----');
    const message = shortMessage(part.slice(end + 12, end + 2000).split(/\n\n(?:failures:|---- )/)[0] ?? '');
    if (end > 0 && message !== undefined) messages.set(part.slice(0, end), message);
  }
  return messages;
}

function testAt(argv: readonly string[]): number {
  const cargo = programAt(argv, names);
  const at = cargo < 0 ? -1 : argv.findIndex((word, at) => at > cargo && (word === 'test' || word === 't'));
  return at > 0 && argv.slice(cargo + 1, at).every((word) => /^[-+]/.test(word)) ? at : -1;
}
