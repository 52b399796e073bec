import { keepingOutput, programAt } from './command/program.js';
import type { Framework, Reading, ReportedTest, TestCommand } from './framework.js';
import { shortMessage } from './reading/text.js';

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
    const tests: ReportedTest[] = [];
    const messages = messagesOf(text);
    let binary = '';
    let counted = 0;
    for (const line of text.split('\n')) {
      const begins =
        /^ {3,}(?:Running (?:unittests )?(\S{1,300})(?: \(\S{0,300}?([\w.-]{1,100})-[0-9a-f]{16}\))?|Doc-tests (\S{1,300}))/.exec(
          line,
        );
      if (begins) binary = begins[3] ? `doc ${begins[3]}` : [begins[2], begins[1]].filter(Boolean).join(' ');
      const found = /^test (.{1,400}?)(?: - should panic)? \.\.\. (?:.{0,400}?)(ok|FAILED|ignored)\b/.exec(line);
      if (found) {
        // The line that a documented test stands in moves with every line above it.
        const id = `${binary === '' ? '' : `${binary} `}${found[1]?.replace(/ \(line \d+\)$/, '')}`;
        const outcome = outcomes[found[2] as string] ?? 'error';
        const message = outcome === 'failed' ? messages.get(found[1] as string) : undefined;
        tests.push({ id, outcome, ...(message === undefined ? {} : { message }) });
      }
      if (/^test result: /.test(line)) counted++;
    }
    const crash = /^error(?:\[E\d{4}\])?: [^\n]{1,300}/m.exec(text);
    const compile = crash && /could not compile|error\[E\d/.test(text) ? crash[0] : undefined;
    if (tests.length === 0 && compile === undefined && counted === 0) return null;
    return { tests, ...(compile === undefined ? {} : { collection_error: compile }) };
  },
};

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
