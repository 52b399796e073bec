import type {
  FinishedRun,
  Framework,
  FrameworkReport,
  Reading,
  ReportedTest,
  ReportFile,
  TestCommand,
} from './framework.js';
import { outsideFault } from './reading/environment.js';
import { stableId } from './reading/ids.js';
import { plain, textOf } from './reading/text.js';

/** Of one report, of all reports of a run, and tests of a run. */
const [largestReport, largestReports, mostTests] = [32 << 20, 64 << 20, 100_000];

/**
 * What one run came to: by its machine report, else by the words of its output, else by its exit code alone. Words are evidence only
 * where no report could be asked for: anything can print that all tests passed. Whatever the reports hold, it ends and does not throw.
 */
export function readRun(
  framework: Framework,
  command: Pick<TestCommand, 'reports' | 'words'>,
  run: FinishedRun,
): FrameworkReport {
  const problems: string[] = [];
  const files = filesOf(run, problems);
  // Where the output is all there is, the file holds it whole.
  const whole = !framework.report && files.length > 0;
  const output = whole ? plain(files.map(({ text }) => text).join('\n')) : outputOf(run);
  const said = attempt(() => (framework.output ? framework.output(output) : null), problems);
  const reading = files.length > 0 ? attempt(() => framework.report?.(files) ?? null, problems) : null;
  if (reading) return finished(reading, { tier: 'report', output, run, said, problems, counts: true });
  // A command that is not known to start the framework has not been asked for anything: what it printed tells nothing.
  if (!said || (command.words === undefined && command.reports.length === 0))
    return finished({ tests: [] }, { tier: 'exit_code', output, run, said: null, problems, counts: false });
  const dropped = whole ? 0 : run.output.dropped_bytes;
  const told = dropped > 0 ? { ...said, incomplete: `${dropped} bytes of the output were not kept.` } : said;
  return finished(told, { tier: 'output', output, run, said, problems, counts: command.words === true });
}

interface Around {
  tier: FrameworkReport['tier'];
  output: string;
  run: FinishedRun;
  /** Whether tests that are named here show that tests ran. */
  counts: boolean;
  said: Reading | null;
  problems: string[];
}

function finished(reading: Reading, { tier, output, run, said, problems, counts }: Around): FrameworkReport {
  const tests = distinct(reading.tests.slice(0, mostTests), run.workdir);
  const evidence = counts && tests.some(({ outcome, loading }) => outcome !== 'skipped' && !loading);
  const collectionError = reading.collection_error ?? said?.collection_error;
  const incomplete =
    reading.incomplete ?? (reading.tests.length > mostTests ? `More than ${mostTests} tests.` : problems[0]);
  const environment = evidence ? undefined : outsideFault(output, run.exit_code);
  return {
    tier,
    tests,
    evidence,
    ...(collectionError === undefined
      ? {}
      : { collection_error: withoutFolder(collectionError.slice(0, 4000), run.workdir).slice(0, 1000) }),
    ...(incomplete === undefined ? {} : { incomplete }),
    ...(environment === undefined ? {} : { environment }),
  };
}

function filesOf(run: FinishedRun, problems: string[]): ReportFile[] {
  const files: ReportFile[] = [];
  let total = 0;
  for (const [path, bytes] of [...run.reports].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (bytes.length === 0) continue;
    total += bytes.length;
    if (bytes.length > largestReport || total > largestReports) {
      problems.push(`${path} is larger than what is read of reports.`);
      continue;
    }
    files.push({ path, text: textOf(bytes) });
  }
  return files;
}

function outputOf({ output }: FinishedRun): string {
  const head = plain(textOf(output.head));
  return output.tail.length === 0 ? head : `${head}\n${plain(textOf(output.tail))}`;
}

/** A fault in a reader costs this tier, and is said; the run goes on to the next. */
function attempt(read: () => Reading | null, problems: string[]): Reading | null {
  try {
    return read();
  } catch (error) {
    problems.push(`The report could not be read: ${String(error).slice(0, 200)}`);
    return null;
  }
}

/** Under one id, the n-th of several stays the n-th; ids lose what changes from run to run. */
function distinct(tests: readonly ReportedTest[], workdir: string): ReportedTest[] {
  const seen = new Map<string, number>();
  return tests.map((test) => {
    const id = stableId(withoutFolder(test.id.slice(0, 4000), workdir)) || '(without a name)';
    const before = seen.get(id) ?? 0;
    seen.set(id, before + 1);
    return { ...test, id: before === 0 ? id : `${id} #${before + 1}` };
  });
}

function withoutFolder(text: string, workdir: string): string {
  return text.replaceAll(`${workdir}/`, '');
}
