import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnv } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

/** The package as others import it: by its name, from what the build wrote. */

const root = join(import.meta.dirname, '..', '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-library-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function node(args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: root, env: cleanEnv({ SLUICE_DATA_DIR: join(folder, 'data') }) });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number, stdout, stderr };
}

describe('the library', () => {
  it('captures through a proxy, normalizes and validates', async () => {
    await using model = await startModelServer();
    model.otherwise(({ json }) =>
      json['messages'].at(-1).role === 'tool'
        ? { text: 'High.' }
        : { toolCalls: [{ id: 'call_tide_00000001', name: 'tide', arguments: { port: 'Emden' } }] },
    );
    const { code, stdout, stderr } = await node([join(root, 'test/fixtures/library/capture.mjs'), folder, model.url]);
    expect(code, stderr).toBe(0);
    const seen = JSON.parse(stdout.trim().split('\n').at(-1) as string);
    expect(seen).toEqual({
      twice: 'usage',
      stopped: 'usage',
      beside: 'object',
      summary: {
        exchanges: 2,
        calls: 2,
        tool_calls: 1,
        trace_ids: [expect.any(String)],
        trace_output: { rows: 1, complete: true },
      },
      environment: expect.objectContaining({
        HTTPS_PROXY: expect.stringMatching(/^http:\/\/localhost:\d+$/),
        NODE_EXTRA_CA_CERTS: expect.stringMatching(/sluice-ca\.pem$/),
      }),
      rows: [
        expect.objectContaining({
          name: 'tide',
          arguments: { port: 'Emden' },
          result: 'high',
          metadata: expect.objectContaining({ session: 'from a library', status: 'ok', model: 'gpt-4o' }),
        }),
      ],
      file: { file: join(folder, 'traces.jsonl'), valid: true, errors: [], warnings: [], records: 1 },
      record: {
        file: null,
        valid: false,
        errors: [expect.objectContaining({ where: '', code: expect.any(String) })],
        warnings: [],
        records: 1,
      },
      normalized: [
        {
          name: 'mail',
          arguments: { to: expect.stringMatching(/^<EMAIL_/) },
          result: 'sent',
          timestamp: '2026-02-03T04:06:07.000Z',
          duration_ms: null,
          suspicion: null,
          metadata: expect.objectContaining({ source: 'import:map-custom', status: 'ok' }),
        },
      ],
      skipped: [{ where: 'line 2', reason: 'no tool at op' }],
      unknown: 'import_format_unknown',
    });
  });

  it('is typed', async () => {
    // Inside the repository: the package's own name leads to it from there.
    const folder = mkdtempSync(join(root, 'out', 'typed-'));
    try {
      writeFileSync(
        join(folder, 'use.ts'),
        `import { TraceProxy, TraceValidator, type StandardToolCall, type ValidationResult } from 'sluice';
         const proxy: TraceProxy = new TraceProxy('localhost', 8080, 'traces.jsonl');
         const results: Promise<ValidationResult[]> = new TraceValidator().validate_batch(['a.jsonl', {}]);
         const name = (row: StandardToolCall): string => row.name;
         // @ts-expect-error: a port is a number
         new TraceProxy({ port: '8080' });
         export { name, proxy, results };`,
      );
      const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const flags = [
        '--ignoreConfig',
        '--noEmit',
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2024',
        '--types',
        'node',
        '--skipLibCheck',
      ];
      const { code, stdout } = await node([tsc, ...flags, join(folder, 'use.ts')]);
      expect([code, stdout]).toEqual([0, '']);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
