import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { sealedText, typedText } from '../../../../src/main/engine/live/typed-text.js';
import { openTokens } from '../../../../src/main/home/tokens.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import type { TypedFinding } from '../../../../src/shared/model/index.js';
import { parseQuery } from '../../../../src/shared/query/index.js';
import { jobControl, kindOf } from '../../../support/job-kinds.js';
import { agentRun, store, type TestStore } from '../../store/support.js';

const key = `sk-proj-${'Zq8x'.repeat(12)}`;
const mail = `typed.person${'@'}example.com`;
const redactor = createRedactor({ policy: defaultPolicy, key: randomBytes(32) });

function gate(target?: TestStore) {
  const kept: TypedFinding[] = [];
  const typed = typedText({
    redact: (text) => redactor.text(text),
    async keep(findings) {
      kept.push(...findings);
      await target?.writer.writes.addTypedFindings(findings);
    },
  });
  return { typed, kept };
}

describe('what users type', () => {
  it('a note and tags are stored without their values, and what was found is listed with the trace', async () => {
    const target = store();
    agentRun(target, { turns: 1 });
    const trace = target.reader.traces({ query: '', limit: 1, cursor: null }).items[0]?.trace_id ?? '';
    const { typed } = gate(target);
    const writes = typed.writes(target.writer.writes);
    const said = { note: `Asked ${mail}; the key ${key} is in it`, tags: [mail, 'ok'], rating: 3 };
    const { current } = await writes.setReview(trace, said, 'owner');
    expect(current.note).toMatch(/^Asked <EMAIL_[0-9a-f]{8}>; the key <API_KEY_[0-9a-f]{8}> is in it$/);
    expect(current.tags).toEqual([expect.stringMatching(/^<EMAIL_/), 'ok']);
    expect(current.rating).toBe(3);
    expect((await writes.setReview(trace, { label: 'accepted' }, 'owner')).current.note).toBe(current.note);
    const found = target.reader.findings({ trace_id: trace }, null, 50).items;
    expect(found.map(({ placement, entity }) => `${placement} ${entity}`).toSorted()).toEqual([
      'note API_KEY',
      'note EMAIL',
      'tag EMAIL',
    ]);
    expect(found.find(({ placement }) => placement === 'note')?.context?.before).toContain('Asked');
    for (const table of ['review_events', 'traces', 'typed_findings', 'terms']) {
      expect(JSON.stringify(target.table(table))).not.toContain(key);
      expect(JSON.stringify(target.table(table))).not.toContain(mail);
    }
  });

  it('a command that would be kept with its job holds no secret, nor do repositories of the settings', () => {
    const { typed } = gate();
    const basic = `https://someone:${'Zq8x'.repeat(4)}${'@'}git.example/shop.git`;
    for (const said of [
      { test_command: `env API_KEY=${key} pytest` },
      { test_command: ['env', `API_KEY=${key}`, 'pytest'] },
      { prepare: [['true'], ['pip', 'install', '--extra-index-url', basic]] },
      { prepare: [['login', '--password', 'Zq8xZq8xZq8x']] },
    ]) {
      expect(() => typed.said(said, 'request'), JSON.stringify(said)).toThrow('request holds a secret');
      const repositories = [{ repo: 'shop', path: '/shop', ...said }];
      expect(() => typed.settings({ qa: { repositories } as never })).toThrow('setting holds a secret');
    }
    const qa = { repositories: [{ repo: basic, path: '/shop' }] };
    expect(() => typed.settings({ qa: qa as never })).toThrow('setting holds a secret');
    const fine = { test_command: ['pytest', '-k', mail], prepare: [['pip', 'install', '-r', 'requirements.txt']] };
    typed.said({ ...fine, repo: '/home/someone/shop', limits: { cpus: 2 } }, 'request');
    typed.settings({ qa: { repositories: [{ repo: 'git@git.example:shop.git', path: '/shop', ...fine }] } as never });
  });

  it('a saved filter stays a query that finds what is stored', async () => {
    const target = store();
    const { typed, kept } = gate(target);
    const saved = await typed.writes(target.writer.writes).saveFilter({
      scope: 'traces',
      name: `of ${mail}`,
      query: `${mail} tag:"${mail}" calls>2`,
    });
    expect(saved.name).toMatch(/^of <EMAIL_[0-9a-f]{8}>$/);
    const pseudonym = redactor.text(mail).text;
    expect(saved.query).toBe(`"${pseudonym}" tag:"${pseudonym}" calls>2`);
    expect(() => parseQuery(saved.query, 'traces')).not.toThrow();
    expect(kept.map(({ placement }) => placement)).toEqual(['filter', 'filter', 'filter']);
  });

  it('the name of a token is in its file without its values', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-typed-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const { typed, kept } = gate();
    const path = join(folder, 'tokens.json');
    const file = openTokens(path, ['x'.repeat(43)]);
    const tokens = typed.tokens(file);
    const made = tokens.create({ name: `for ${mail}`, scopes: ['read'] });
    expect(made.name).toMatch(/^for <EMAIL_/);
    expect(file.verify(made.token)?.scopes).toEqual(['read']);
    expect(readFileSync(path, 'utf8')).not.toContain(mail);
    await Promise.resolve();
    expect(kept).toMatchObject([{ placement: 'name', entity: 'EMAIL' }]);
  });

  it('nothing is counted and nothing changed where nothing is found', async () => {
    const { typed, kept } = gate();
    expect(await typed.clean('nightly run 7', 'name')).toBe('nightly run 7');
    expect(typed.jobs.params({ query: 'calls>2 <b>', path: mail })).toEqual({ query: 'calls>2 <b>', path: mail });
    expect(kept).toEqual([]);
  });
});

describe('what jobs keep', () => {
  it('of queries, titles, reasons and errors has no values', async () => {
    const { typed } = gate();
    expect(typed.jobs.title(`Validate ${key}`)).toMatch(/^Validate <API_KEY_/);
    const params = typed.jobs.params({ options: { query: `session:${mail}`, layout: 'traces' } });
    expect(JSON.stringify(params)).toMatch(/session:\\"<EMAIL_[0-9a-f]{8}>\\"/);
    const messages: string[] = [];
    const kind = typed.jobs.gated(
      kindOf('reading', async (_params, { progress, log }) => {
        progress(0.5, `reading ${key}`);
        log(`read ${key}`);
        return { skipped: [{ where: `line ${key}`, reason: `not JSON: ${key}` }], out: '/a' };
      }),
    );
    const control = jobControl({
      progress: (_, message) => messages.push(message),
      log: (line) => messages.push(line),
    });
    const result = await kind.run({}, control, undefined);
    expect(JSON.stringify([result, messages])).not.toContain(key);
    expect(messages[0]).toMatch(/^reading <API_KEY_/);
    expect(messages[1]).toMatch(/^read <API_KEY_/);
    expect(typed.jobs.error({ code: 'x', message: key })?.message).toMatch(/^<API_KEY/);
  });

  it('an export whose folder or split is named like a secret is refused', async () => {
    const { typed } = gate();
    const start = typed.exports(() => {
      throw new Error('started');
    });
    const options = { layout: 'traces', format: 'jsonl', query: '', seed: 0 } as const;
    const order = { actor: { kind: 'studio', token_id: null }, allow_leaks: null } as const;
    await expect(start(options, `/tmp/${key}`, order)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(start(options, '/tmp/dataset', order)).rejects.toThrow('started');
  });
});

it('a sealed text opens under its key only, and looks different every time', () => {
  const box = sealedText(randomBytes(32));
  const sealed = box.seal('/home/somebody/führung.jsonl');
  expect(box.open(sealed)).toBe('/home/somebody/führung.jsonl');
  expect(box.seal('/home/somebody/führung.jsonl')).not.toBe(sealed);
  expect(() => sealedText(randomBytes(32)).open(sealed)).toThrow();
  expect(() => box.open(`${sealed.slice(0, -4)}AAAA`)).toThrow();
});

it('a text that was sealed by an earlier version opens', () => {
  const sealed = 'AwMDAwMDAwMDAwMD/Y0/ZCcoTVrO4sVvegL7b81WzvBLM6s=';
  expect(sealedText(new Uint8Array(32).fill(7)).open(sealed)).toBe('/home/x');
});
