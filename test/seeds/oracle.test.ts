import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, sluice } from '../support/engine.js';

/** The document's listings, as they stand there but for where they stand for names of other programs. */

const root = join(import.meta.dirname, '..', '..');
const cli = join(root, 'out', 'main', 'cli.js');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-oracle-seed-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = await promisify(execFile)('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 9))']).then(
  () => true,
  () => false,
);
const imports = (code: string) =>
  code
    .replaceAll('source.dataset.generator', 'sluice.gold_traces')
    .replaceAll('source.dataset.oracle.agent', 'sluice.gold_traces');
const env = () => ({
  PYTHONPATH: join(root, 'clients', 'python'),
  PYTHONDONTWRITEBYTECODE: '1',
  SLUICE_COMMAND: `'${process.execPath}' '${cli}'`,
  SLUICE_DATA_DIR: join(folder, 'data'),
});

async function ran(program: string, args: string[]): Promise<{ stdout: string; stderr: string }> {
  const child = spawn(program, args, { cwd: folder, env: cleanEnv(env()) });
  const [stdout, stderr, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect(exit, stderr).toBe(0);
  return { stdout, stderr };
}
const linesIn = (...path: string[]) =>
  readFileSync(join(folder, ...path), 'utf8')
    .trimEnd()
    .split('\n');

describe('the commands', () => {
  it('--sample is 100 traces over 5 domains in outputs/gold_traces', async () => {
    const { code, stdout } = await sluice(['oracle', 'run', '--sample', '--json'], { cwd: folder });
    expect(code).toBe(0);
    const report = JSON.parse(stdout);
    expect([report.validated, Object.keys(report.domains).length]).toEqual([100, 5]);
    const files = readdirSync(join(folder, 'outputs', 'gold_traces')).filter((name) => name.endsWith('.jsonl'));
    expect(files.flatMap((name) => linesIn('outputs', 'gold_traces', name))).toHaveLength(100);
    rmSync(join(folder, 'outputs'), { recursive: true });
  });

  it('--output-dir is --out', async () => {
    const at = join(folder, 'datasets');
    expect((await sluice(['oracle', 'run', '--total', '10', '--domain', 'HR', '--output-dir', at])).code).toBe(0);
    expect(readdirSync(at)).toContain('manifest.json');
  });
});

const generating = `
from source.dataset.generator import GoldTraceGenerator

# Initialize generator
generator = GoldTraceGenerator(
    output_dir="outputs/gold_traces",
    api_key="your_anthropic_key"
)

# Generate dataset
generator.generate_dataset(
    total_traces=100,
    checkpoint_every=50,
    sample_mode=True
)
`;
const ofDomain = `
from source.dataset.oracle.agent import OracleAgent

oracle = OracleAgent(api_key="your_key")

# Generate 1000 traces for Finance domain
traces = oracle.generate_traces_for_domain(
    domain="Finance",
    num_traces=1000,
    batch_size=10
)

# Save traces
oracle.save_traces(traces, "finance_traces.jsonl")
`;

describe.skipIf(!python)('the Python listings', () => {
  it('programmatic usage', async () => {
    const { stderr } = await ran('python3', ['-c', imports(generating)]);
    // The key is not taken in silence.
    expect(stderr).toContain('api_key is not used: the sampler writes these traces');
    expect(JSON.parse(readFileSync(join(folder, 'outputs/gold_traces/report.json'), 'utf8'))).toMatchObject({
      validated: 100,
    });
  });

  it('a specific domain, and the list of all', async () => {
    const all = `\nfrom sluice import DomainRegistry\nprint(len(DomainRegistry.get_all_domains()), "Finance" in DomainRegistry.get_all_domains())`;
    const { stdout } = await ran('python3', ['-W', 'ignore', '-c', imports(ofDomain) + all]);
    expect(stdout).toBe('52 True\n');
    const traces = linesIn('finance_traces.jsonl').map((line) => JSON.parse(line));
    expect(traces).toHaveLength(1000);
    expect(traces[0]).toMatchObject({
      trace_id: 'finance_00000001',
      request: { domain: 'Finance' },
      generator: 'sampler',
    });
    const checked = await sluice(['oracle', 'validate', join(folder, 'finance_traces.jsonl'), '--json']);
    expect(JSON.parse(checked.stdout)).toMatchObject({ valid: 1000, invalid: 0 });
  });
});

it('the library does the same', async () => {
  const program = `
    import { DomainRegistry, GoldTraceGenerator, OracleAgent } from ${JSON.stringify(join(root, 'out/main/library.js'))};
    const generator = new GoldTraceGenerator({ output_dir: 'of-library' });
    const { validated } = await generator.generate_dataset({ total_traces: 20, checkpoint_every: 5, sample_mode: true });
    const again = await generator.generate_dataset({ total_traces: 20 }).catch(({ code }) => code);
    const oracle = new OracleAgent();
    const traces = await oracle.generate_traces_for_domain({ domain: 'Finance', num_traces: 30, batch_size: 10 });
    await oracle.save_traces(traces, 'of-library.jsonl');
    const unknown = await oracle.generate_traces_for_domain({ domain: 'Nothing', num_traces: 1 }).catch(({ code }) => code);
    const wrong = await oracle.generate_traces_for_domain({ domain: 'HR', num_traces: 1, batch_size: 0 }).catch(({ code }) => code);
    console.log(JSON.stringify([validated, again, traces.length, unknown, wrong, DomainRegistry.get_all_domains().length]));`;
  const { stdout } = await ran(process.execPath, ['--input-type=module', '-e', program]);
  expect(JSON.parse(stdout)).toEqual([20, 'oracle_run_differs', 30, 'oracle_domain_unknown', 'usage', 52]);
  expect(linesIn('of-library.jsonl')).toHaveLength(30);
});
