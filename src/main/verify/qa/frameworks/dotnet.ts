import { programAt, withoutFlags } from './command/program.js';
import type { Framework, Reading, ReportedTest, ReportFile, RepositoryLook, TestCommand } from './framework.js';
import { shortMessage } from './reading/text.js';
import { readXml } from './reading/xml.js';

const names = new Set(['dotnet']);

export const dotnet: Framework = {
  id: 'dotnet',
  title: '.NET',
  description: 'dotnet test by VSTest or by Microsoft.Testing.Platform: both write TRX',
  detect: ({ files }) => (files.some((path) => /\.(sln|slnx|csproj|fsproj|vbproj)$/.test(path)) ? 0.85 : 0),
  starts: (argv) => testAt(argv) >= 0,
  usual: () => ['dotnet', 'test', '--no-restore'],
  command(argv, { folder, look }): TestCommand {
    const cleaned = withoutFlags(argv, ['--logger', '-l', '--results-directory', '--report-trx-filename']).filter(
      (word) => word !== '--report-trx',
    );
    if (testAt(cleaned) < 0) return { argv: [...argv], env: {}, reports: [] };
    const flags = onTestingPlatform(look)
      ? ['--report-trx', '--results-directory', folder]
      : ['--logger', 'trx', '--results-directory', folder];
    const end = cleaned.indexOf('--');
    const made = end < 0 ? [...cleaned, ...flags] : [...cleaned.slice(0, end), ...flags, ...cleaned.slice(end)];
    return { argv: made, env: { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' }, reports: [`${folder}/*.trx`] };
  },
  report(files): Reading | null {
    const readings = files.map(readTrx).filter((reading) => reading !== null);
    if (readings.length === 0) return null;
    const crash = readings.find((reading) => reading.collection_error !== undefined)?.collection_error;
    const incomplete = readings.find((reading) => reading.incomplete !== undefined)?.incomplete;
    return {
      tests: readings.flatMap(({ tests }) => tests),
      ...(crash === undefined ? {} : { collection_error: crash }),
      ...(incomplete === undefined ? {} : { incomplete }),
    };
  },
  output(text) {
    const crash = /^[^\n]{1,300}\(\d+,\d+\): error [A-Z]{2,6}\d{3,5}: [^\n]{1,300}/m.exec(text);
    return crash ? { tests: [], collection_error: crash[0] } : null;
  },
};

/** From .NET 10 on global.json says so; before it a property of the project did. */
function onTestingPlatform({ read }: RepositoryLook): boolean {
  return /"runner"\s*:\s*"Microsoft\.Testing\.Platform"/.test(read('global.json') ?? '');
}

const outcomes: Readonly<Record<string, ReportedTest['outcome']>> = {
  Passed: 'passed',
  PassedButRunAborted: 'passed',
  Warning: 'passed',
  Failed: 'failed',
  NotExecuted: 'skipped',
  NotRunnable: 'skipped',
  Inconclusive: 'skipped',
  Pending: 'skipped',
  Disconnected: 'error',
};

/** Results stand in front of the definitions that say which class they are of. */
function readTrx({ path, text }: ReportFile): Reading | null {
  if (!text.includes('<TestRun')) return null;
  const classes = new Map<string, string>();
  const results: (ReportedTest & { test: string })[] = [];
  const parents = new Set<number>();
  const open: number[] = [];
  let defining = '';
  let inside = '';
  let runInfo = false;
  let crash: string | undefined;
  const whole = readXml(text, {
    open(name, attributes) {
      if (name === 'UnitTestResult') {
        // Data rows and ordered tests hold the results of their parts; the whole of them is no test of its own.
        const holder = open.at(-1);
        if (holder !== undefined) parents.add(holder);
        open.push(results.length);
        const seconds = secondsIn(attributes.duration);
        results.push({
          id: attributes.testName ?? '',
          test: attributes.testId ?? '',
          outcome: outcomes[attributes.outcome ?? ''] ?? 'error',
          ...(seconds === undefined ? {} : { seconds }),
        });
      } else if (name === 'UnitTest') defining = attributes.id ?? '';
      else if (name === 'TestMethod' && defining !== '')
        classes.set(defining, (attributes.className ?? '').split(',')[0] as string);
      else if (name === 'RunInfo') runInfo = attributes.outcome === 'Error';
      else inside = name;
    },
    text(said) {
      const result = results[open.at(-1) ?? -1];
      if (result && inside === 'Message') result.message = shortMessage(said);
      if (runInfo && inside === 'Text') crash ??= shortMessage(said);
    },
    close(name) {
      if (name === 'UnitTestResult') open.pop();
      if (name === 'UnitTest') defining = '';
      if (name === 'RunInfo') runInfo = false;
      if (name === inside) inside = '';
    },
  });
  const tests = results
    .filter((_, at) => !parents.has(at))
    .map(({ test, ...result }) => {
      const owner = classes.get(test) ?? '';
      return { ...result, id: owner === '' || result.id.startsWith(owner) ? result.id : `${owner}.${result.id}` };
    });
  return {
    tests,
    ...(crash === undefined || tests.length > 0 ? {} : { collection_error: crash }),
    ...(whole ? {} : { incomplete: `${path} ends in the middle.` }),
  };
}

/** `00:00:01.2500000` */
function secondsIn(duration: string | undefined): number | undefined {
  const parts = /^(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(duration ?? '');
  return parts ? Number(parts[1]) * 3600 + Number(parts[2]) * 60 + Number(parts[3]) : undefined;
}

function testAt(argv: readonly string[]): number {
  const at = programAt(argv, names);
  return at >= 0 && argv[at + 1] === 'test' ? at + 1 : -1;
}
