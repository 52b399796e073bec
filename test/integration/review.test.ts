import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agreement, Job, NextItem, QueueItem, Undone } from '../../src/shared/model/index.js';
import { type Engine, sluice, startEngine } from '../support/engine.js';

/** Review with a real engine: two reviewers over REST, everything taken back and done again, changes of many, label files. */

const items = 50;
const many = 2500;
let folder: string;
let dataDir: string;
let engine: Engine;
const tokens: { [name: string]: string } = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-review-'));
  dataDir = join(folder, 'data');
  engine = await startEngine([], { dataDir });
  for (let number = 0; number < items; number++) {
    const payload = { content: `Errand number ${number} of the harbour` };
    await engine.api('/ingest', { body: { trace_id: `errand/${number}`, event_type: 'reasoning_step', payload } });
  }
  await engine.settled();
  for (const name of ['ann', 'ben']) {
    tokens[name] = (await engine.api('/tokens', { body: { name, scopes: ['review'] } })).token;
  }
});

afterAll(async () => {
  await engine?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const as = (reviewer: string) => {
  const headers = { authorization: `Bearer ${tokens[reviewer]}` };
  const post = <T>(path: string, body: object = {}) => engine.api<T>(path, { method: 'POST', body, headers });
  return {
    get: <T>(path: string) => engine.api<T>(path, { headers }),
    next: () => post<NextItem>('/queues/harbour/next'),
    submit: (item: QueueItem, decision: object) =>
      post<QueueItem>(`/queues/harbour/items/${item.item_id}/submit`, { decision, spent_ms: 2000 }),
    undo: () => engine.api<Undone>('/reviews/undo', { method: 'POST', headers }),
    redo: () => engine.api<Undone>('/reviews/redo', { method: 'POST', headers }),
  };
};
const found = async (query: string): Promise<number> =>
  (await engine.api(`/traces?limit=200&query=${encodeURIComponent(query)}`)).items.length;
const over = (id: string) => engine.until<Job>(`/jobs/${id}`, (job: Job) => !/queued|running/.test(job.state) && job);

/** Of 50: both accept 30 and reject 10, ann alone accepts 6, ben alone 4. */
const labelOf = (reviewer: string, number: number) => {
  const accepts = number < 30 || (reviewer === 'ann' ? number < 36 : number >= 36 && number < 40);
  return accepts ? 'accepted' : 'rejected';
};

describe('two reviewers', () => {
  it('work through 50 items, the second without seeing the first, each act taken back and done again', async () => {
    const settings = { name: 'harbour', query: 'errand', order: 'oldest', second_review: 1, reviewers: ['ann', 'ben'] };
    await engine.api('/queues', { body: settings });
    const places = new Map<string, number>();
    for (const reviewer of ['ann', 'ben']) {
      const own = as(reviewer);
      for (let number = 0; number < items; number++) {
        const { item, trace } = await own.next();
        expect([item?.pass, trace?.review]).toEqual([reviewer === 'ann' ? 'first' : 'second', null]);
        const taken = item as QueueItem;
        if (reviewer === 'ann') places.set(taken.trace_id, number);
        const label = labelOf(reviewer, places.get(taken.trace_id) as number);
        await own.submit(taken, { label, rating: label === 'accepted' ? 4 : 2 });
        expect(await own.undo()).toMatchObject({ act: { kind: 'submit', undone: true }, skipped: 0 });
        const open = await own.get<{ items: QueueItem[] }>(`/queues/harbour/items?limit=1&reviewer=${reviewer}`);
        expect(open.items).toMatchObject([{ item_id: taken.item_id, state: 'assigned', decision: null }]);
        expect(await own.redo()).toMatchObject({ act: { undone: false }, skipped: 0, redo: null });
      }
      expect(await own.next()).toEqual({ item: null, trace: null, reason: 'nothing_left' });
    }
    const queue = await engine.api('/queues/harbour');
    expect(queue.progress).toMatchObject({
      matching: items,
      done: items,
      share: 1,
      disputed: 10,
      median_ms: 2000,
      second: { due: 0, done: items },
    });
    expect([await found('label:accepted'), await found('label:rejected'), await found('reviewer:ben')]).toEqual([
      30, 10, 50,
    ]);
  });

  it('agree as far as is worked out by hand', async () => {
    const agreement = await engine.api<Agreement>('/reviews/agreement?queue=harbour&field=label&seed=3');
    const [pair] = agreement.pairs;
    // Observed 40 of 50; ann accepts 36, ben 34: expected (36·34 + 14·16) / 2500.
    expect(pair).toMatchObject({ units: 50, observed: 0.8 });
    expect(pair?.kappa.value).toBeCloseTo((0.8 - 0.5792) / (1 - 0.5792), 12);
    expect(pair?.kappa.interval?.[0]).toBeLessThan(pair?.kappa.value as number);
    // 70 values accepted, 30 rejected, 10 units of one each.
    expect(agreement.alpha.nominal.value).toBeCloseTo(1 - (99 * 20) / (2 * 70 * 30), 12);
    expect(await engine.api('/reviews/agreement?queue=harbour&field=label&seed=3')).toEqual(agreement);
    const ratings = await engine.api<Agreement>('/reviews/agreement?queue=harbour&field=rating');
    // Two values two apart: weights cancel out, the weighted kappas are the plain one.
    expect(ratings.pairs[0]?.quadratic?.value).toBeCloseTo(pair?.kappa.value as number, 12);
  });

  it('take everything back across a restart, and do it again', async () => {
    await engine.stop();
    engine = await startEngine([], { dataDir });
    for (const reviewer of ['ben', 'ann']) {
      for (let number = 0; number < items; number++) expect((await as(reviewer).undo()).skipped).toBe(0);
      expect((await as(reviewer).undo()).act).toBeNull();
    }
    expect(await found('is:reviewed')).toBe(0);
    expect((await engine.api('/queues/harbour')).progress).toMatchObject({ done: 0, disputed: 0 });
    for (const reviewer of ['ann', 'ben']) {
      for (let number = 0; number < items; number++) expect((await as(reviewer).redo()).skipped).toBe(0);
    }
    expect([await found('label:accepted'), await found('label:rejected')]).toEqual([30, 10]);
    expect((await engine.api('/queues/harbour')).progress).toMatchObject({ done: items, disputed: 10 });
  });

  it('write nothing that the policy replaces', async () => {
    const { items: traces } = await engine.api('/traces?limit=1&query=errand');
    const id = traces[0].trace_id as string;
    const { items: steps } = { items: (await engine.api(`/traces/${id}`)).steps as { step_id: string }[] };
    const body = {
      what: { kind: 'step', step_id: steps[0]?.step_id, corrected: { content: 'ask ada.lovelace@example.org' } },
      comment: 'as grace.hopper@example.org says',
    };
    const made = await engine.api(`/traces/${id}/corrections`, { body });
    expect(made.what.corrected.content).toMatch(/^ask <EMAIL_[0-9a-f]{8}>$/);
    expect(made.comment).toMatch(/^as <EMAIL_[0-9a-f]{8}> says$/);
    expect(await found('has:correction')).toBe(1);
    expect((await engine.fetch(`/corrections/${made.correction_id}`, { method: 'DELETE' })).status).toBe(204);
    expect(await engine.api('/reviews/undo', { method: 'POST' })).toMatchObject({ changed: 1 });
    expect((await engine.api(`/traces/${id}/labels`)).corrections).toHaveLength(1);
  });
});

describe('a label file', () => {
  it('goes out and comes back by the command line, twice without a change, and says what is gone', async () => {
    const file = join(folder, 'labels.jsonl');
    const run = (...args: string[]) => sluice(['labels', ...args, '--data-dir', dataDir, '--json']);
    const out = await run('export', '--query', 'errand', '--out', file);
    expect([out.code, JSON.parse(out.stdout).lines]).toEqual([0, 41]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(JSON.parse(lines[0] as string)).toMatchObject({ format: 'sluice-labels', version: 1 });
    expect(JSON.parse((await run('import', file)).stdout)).toMatchObject({ lines: 41, unchanged: 41, failed: 0 });
    const review = JSON.parse(lines.find((line) => line.includes('"review"')) as string);
    await engine.api(`/traces/${review.trace_id}`, { method: 'DELETE' });
    writeFileSync(file, `${lines.join('\n')}\nno json\n`);
    const again = await run('import', file);
    const report = JSON.parse(again.stdout);
    expect([again.code, report.failed]).toEqual([
      1,
      report.items.filter((item: { outcome: string }) => item.outcome === 'failed').length,
    ]);
    expect(report.items.at(-1)).toMatchObject({ line: lines.length + 1, code: 'request_invalid' });
    expect(report.items).toContainEqual(expect.objectContaining({ outcome: 'failed', code: 'not_found' }));
    const other = await run('import', join(folder, 'none.jsonl'));
    expect(other.code).toBe(1);
  });

  it('of another format, or by a token that may not speak for others, is refused', async () => {
    const file = join(folder, 'other.jsonl');
    writeFileSync(file, '{"format":"sluice-labels","version":9}\n');
    expect((await sluice(['labels', 'import', file, '--data-dir', dataDir])).code).toBe(1);
    const { items: lines } = await engine.api('/labels?limit=200');
    const line = lines.find(({ reviewer }: { reviewer: string }) => reviewer === 'ann');
    const headers = { authorization: `Bearer ${tokens['ben']}` };
    const { results } = await engine.api('/labels', { body: { lines: [line] }, headers });
    expect(results).toMatchObject([{ outcome: 'failed', code: 'forbidden' }]);
  });

  it('and queues are told on the command line', async () => {
    const told = await sluice(['review', '--queue', 'harbour', '--data-dir', dataDir, '--json']);
    expect(JSON.parse(told.stdout)).toMatchObject({ name: 'harbour', progress: { disputed: 10 } });
    expect((await sluice(['review', '--queue', 'none', '--data-dir', dataDir])).code).toBe(1);
  });
});

describe('a change of many', () => {
  it('killed in the middle goes on, changes each once, and is taken back as one', async () => {
    const file = join(folder, 'many.jsonl');
    const talk = (number: number) => ({
      messages: [
        { role: 'user', content: `Parcel ${number} to the lighthouse` },
        { role: 'assistant', content: `Parcel ${number} is on its way.` },
      ],
    });
    writeFileSync(file, Array.from({ length: many }, (_, number) => `${JSON.stringify(talk(number))}\n`).join(''));
    const imported: Job = await engine.api('/import', { body: { path: file, as: 'openai-chat' } });
    expect((await over(imported.job_id)).state).toBe('done');
    await engine.settled();
    const body = { query: 'parcel label:none', change: { label: 'rejected', add_tags: ['batch'] } };
    const dry = await over((await engine.api('/reviews/bulk', { body: { ...body, dry_run: true } })).job_id);
    expect(dry.result).toMatchObject({
      dry_run: true,
      traces: many,
      changed: many,
      fields: { label: many, tags: many },
    });
    expect((dry.result as { sample: object[] }).sample[0]).toMatchObject({
      before: { label: null, tags: [] },
      after: { label: 'rejected', tags: ['batch'] },
    });
    expect(await found('parcel is:reviewed')).toBe(0);

    const { job_id } = await engine.api<Job>('/reviews/bulk', { body });
    await engine.until<Job>(`/jobs/${job_id}`, (job: Job) => (job.work?.done ?? 0) > 0 && job);
    await engine.kill9();
    engine = await startEngine([], { dataDir });
    const job = await over(job_id);
    expect([job.state, job.error]).toEqual(['done', null]);
    expect(job.result).toMatchObject({ changed: many, fields: { label: many, tags: many } });
    const all = await over(
      (await engine.api('/reviews/bulk', { body: { ...body, query: 'tag:batch', dry_run: true } })).job_id,
    );
    expect(all.result).toMatchObject({ traces: many, changed: 0 });
    const undone = await engine.api<Undone>('/reviews/undo', { method: 'POST' });
    expect(undone).toMatchObject({ act: { kind: 'review_many', changes: many }, changed: many, skipped: 0 });
    expect(await found('tag:batch')).toBe(0);
    expect(await found('parcel is:reviewed')).toBe(0);
  });
});
