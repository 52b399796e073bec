import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, startEngine } from '../support/engine.js';
import { startModelServer } from '../support/model-server.js';

/** A small disk of its own: only root may mount one (in a container: with the capability SYS_ADMIN); skipped elsewhere. */
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

/** Leaves `free` bytes, or not a block. */
function fill(path: string, free = 0): void {
  const { bavail, bsize } = statfsSync(folder);
  writeFileSync(path, Buffer.alloc(Math.max(0, bavail * bsize - bsize - free), 120));
  if (free > 0) return;
  for (let at = 0; ; at++) {
    try {
      writeFileSync(`${path}-${at}`, Buffer.alloc(bsize, 120));
    } catch (error) {
      expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC');
      return;
    }
  }
}

async function chat(engine: Engine, text: string): Promise<void> {
  const answer = await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content: text }] }),
  });
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
}

describe.runIf(mounted)('a full disk', () => {
  let model: Awaited<ReturnType<typeof startModelServer>>;
  beforeAll(async () => {
    model = await startModelServer();
  });
  afterAll(() => model.close());

  it('is said in /health and /metrics, traffic goes on, and what was acknowledged stays', async () => {
    await using engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir: join(folder, 'data') });
    const ask = (text: string) => chat(engine, text);
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

    // What the system says names paths; the log says what went wrong by its code.
    expect(engine.log()).toContain('ENOSPC');
    expect(engine.log()).not.toContain(folder);

    execFileSync('sh', ['-c', `rm -f ${filler}*`]);
    await ask('after');
    await engine.until(
      '/health',
      ({ reasons }) => !reasons.some(({ code }: { code: string }) => code.endsWith('_failing')),
      60_000,
    );
    const { losses } = await engine.api('/health');
    await engine.until('/health', ({ exchanges }) => exchanges.pending === 0);
    const page = await engine.api('/exchanges?limit=50');
    // Each was stored, or is counted as lost.
    expect(page.items.length + losses.journal_errors).toBeGreaterThanOrEqual(7);
    expect(page.items.length).toBeGreaterThanOrEqual(2);
  });

  it('says after kill -9 what the run before lost, apart from what is so now', async () => {
    const dataDir = join(folder, 'killed');
    const args = ['--upstream', `stub=${model.url}`];
    const engine = await startEngine(args, { dataDir });
    expect(await engine.api('/health')).toMatchObject({ earlier_losses: null });
    const filler = join(folder, 'filler');
    fill(filler);
    const large = 'x'.repeat(200_000);
    for (let at = 0; at < 4; at++) {
      await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, { method: 'POST', body: large }).then((answer) =>
        answer.arrayBuffer(),
      );
    }
    const { losses } = await engine.until('/health', (health) => health.losses.journal_errors > 0 && health);
    await engine.kill9();
    execFileSync('sh', ['-c', `rm -f ${filler}*`]);

    for (const end of ['kill9', 'stop'] as const) {
      const again = await startEngine(args, { dataDir });
      const health = await again.api('/health');
      expect(health.losses.journal_errors).toBe(0);
      expect(health.reasons).toEqual([]);
      expect(health.earlier_losses.journal_errors).toBe(losses.journal_errors);
      expect(Date.parse(health.earlier_losses.since)).toBeLessThanOrEqual(Date.parse(health.earlier_losses.last_at));
      expect(await (await again.fetch('/metrics')).text()).toContain(
        `sluice_losses_total{kind="journal_errors"} ${losses.journal_errors}`,
      );
      await again[end]();
    }
  });

  it('ends soon on SIGTERM where the store cannot be written; what waits is stored by the next start', async () => {
    const dataDir = join(folder, 'stopped');
    const args = ['--upstream', `stub=${model.url}`];
    const engine = await startEngine(args, { dataDir });
    const send = (text: string) => chat(engine, text);
    await send('before');
    await engine.settled();
    // Room for the journal's copy, not for the store's beside it.
    const filler = join(folder, 'filler');
    fill(filler, 1_500_000);
    let sent = 1;
    for (; (await engine.api('/health')).losses.journal_errors === 0 && sent < 40; sent++) {
      await send(randomBytes(150_000).toString('hex'));
      const { reasons } = await engine.api('/health');
      if (reasons.some(({ code }: { code: string }) => code === 'store_failing')) break;
    }
    await engine.until(
      '/health',
      ({ reasons }) => reasons.some(({ code }: { code: string }) => code === 'store_failing'),
      30_000,
    );
    const { exchanges, losses } = await engine.api('/health');
    expect(exchanges.pending).toBeGreaterThan(0);

    expect(await engine.stop()).toBe(0);
    expect(engine.log()).toContain('left_in_journal');
    // No step of the end waited its time out; that of the store may fail, as the store does.
    expect(engine.log()).not.toMatch(/"reason":"late".*"msg":"stop_step"/);
    expect(existsSync(join(dataDir, 'lock.json'))).toBe(false);

    execFileSync('sh', ['-c', `rm -f ${filler}*`]);
    await using again = await startEngine(args, { dataDir });
    await again.until('/health', ({ exchanges: now }) => now.pending === 0);
    const page = await again.api('/exchanges?limit=100');
    expect(page.items.length).toBeGreaterThanOrEqual(exchanges.seen - losses.journal_errors);
  });
});
