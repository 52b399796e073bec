import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

/** A small disk of its own: only root may mount one. */
const folder = mkdtempSync(join(tmpdir(), 'sluice-disk-'));
let mounted = false;
try {
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48m', 'tmpfs', folder], { stdio: 'ignore' });
    mounted = true;
  }
} catch {
  mounted = false;
}
afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

/** Leaves not a block free. */
function fill(path: string): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - bsize), 120));
  for (let at = 0; ; at++) {
    try {
      writeFileSync(`${path}-${at}`, Buffer.alloc(bsize, 120));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      return;
    }
  }
}

describe.runIf(mounted)('a full disk', () => {
  let model: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());

  it('is said in /health and /metrics, traffic goes on, and what was acknowledged stays', async () => {
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir: join(folder, 'data') });
    const ask = async (text: string) => {
      const answer = await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: text }] }),
      });
      expect(answer.status).toBe(200);
      await answer.arrayBuffer();
    };
    await ask('before');
    await engine.settled();
    expect(await engine.api('/health')).toMatchObject({ status: 'healthy', reasons: [] });

    const filler = join(folder, 'filler');
    fill(filler);
    const large = 'x'.repeat(200_000);
    for (let at = 0; at < 5; at++) await ask(`${large}${at}`);
    const degraded = await engine.until('/health', (health) => health.status === 'degraded' && health);
    expect(JSON.stringify(degraded)).toMatch(/journal_failing|store_failing/);
    expect(await (await engine.fetch('/metrics')).text()).toMatch(/^sluice_degraded 1$/m);

    execFileSync('sh', ['-c', `rm -f ${filler}*`]);
    await ask('after');
    await engine.until(
      '/health',
      ({ reasons }) => !reasons.some(({ code }: { code: string }) => code.endsWith('_failing')),
      60_000,
    );
    const { losses } = await engine.api('/health');
    await engine.until('/health', ({ exchanges }) => exchanges.pending === 0, 60_000);
    const page = await engine.api('/exchanges?limit=50');
    // Each was stored, or is counted as lost.
    expect(page.items.length + losses.journal_errors).toBeGreaterThanOrEqual(7);
    expect(page.items.length).toBeGreaterThanOrEqual(2);
  }, 120_000);
});
