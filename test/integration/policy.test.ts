import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles, shownBy } from '../support/planted.js';

/** Policy and known values, changed while a real engine captures. */

const mail = `jane.roe${'@'}example.com`;
const planted = {
  codename: 'Operation Kestrel Nightfall',
  umlauts: 'Größenwahn & Söhne GmbH',
  script: '山田機密計画書',
  short: 'Q7x-9Kp',
  password: 'cor"rect\\horse+bat/tery',
  denied: 'the winter acquisition',
};

let dataDir: string;
let engine: Engine;
let model: ModelServer;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-policy-'));
  model = await startModelServer();
  engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  rmSync(dataDir, { recursive: true, force: true });
});

function post(body: string, query = '', headers: Record<string, string> = {}): Promise<string> {
  return fetch(`${engine.ready.proxy}/stub/v1/chat/completions${query}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }).then((response) => response.text());
}
const chat = (content: string, more = {}) =>
  JSON.stringify({ model: 'gpt-5.1', messages: [{ role: 'user', content }], ...more });

/** Request bodies by the number that stands in them. */
async function stored(): Promise<Map<number, string>> {
  await engine.settled();
  const bodies = new Map<number, string>();
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: { items: { exchange_id: string }[]; next_cursor: string | null } = await engine.api(
      `/exchanges?limit=200${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { exchange_id } of page.items) {
      const text = await engine.fetch(`/exchanges/${exchange_id}/body/request`).then((answer) => answer.text());
      const number = /turn (\d+) /.exec(text)?.[1];
      if (number !== undefined) bodies.set(Number(number), text);
    }
    cursor = page.next_cursor;
  }
  return bodies;
}

describe('the policy', () => {
  it('holds for the next exchange, while traffic runs, and after a restart', async () => {
    let turn = 0;
    let running = true;
    const traffic = async () => {
      while (running) {
        await post(chat(`turn ${turn++} for ${mail} .`));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    };
    const clients = [traffic(), traffic(), traffic()];
    await expect.poll(() => turn).toBeGreaterThan(12);
    const answer = await engine.api('/policy', { method: 'PUT', body: { actions: { EMAIL: 'mask' } } });
    // From here on, whatever begins must obey.
    const firstMasked = turn;
    expect(answer).toMatchObject({ changed: ['actions.EMAIL'], policy: { actions: { EMAIL: 'mask' } } });
    await expect.poll(() => turn).toBeGreaterThan(firstMasked + 12);
    running = false;
    await Promise.all(clients);

    const bodies = await stored();
    expect(bodies.size).toBe(turn);
    for (const [number, text] of bodies) {
      expect(text).not.toContain(mail);
      if (number >= firstMasked) expect(text, `turn ${number}`).toContain('for <EMAIL_MASKED> .');
    }
    expect(bodies.get(0)).toMatch(/for <EMAIL_(?:\w{8}|MASKED)> \./);

    expect(await engine.stop()).toBe(0);
    engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    await post(chat(`turn ${turn} for ${mail} .`));
    expect((await stored()).get(turn)).toContain('for <EMAIL_MASKED> .');
    expect((await engine.api('/policy')).file).toEqual({ version: 2, actions: { EMAIL: 'mask' } });
  });

  it('refuses a bad file by its field, and lives with one that was edited badly', async () => {
    const refused = await engine.fetch('/policy', { method: 'PUT', body: { actions: { EMAIL: 'burn' } } });
    expect(refused.status).toBe(400);
    expect(((await refused.json()) as { error: unknown }).error).toMatchObject({
      code: 'policy_invalid',
      details: { field: 'actions.EMAIL' },
    });
    const path = join(dataDir, 'policy.json');
    writeFileSync(path, '{"preset": "none of them"}');
    await engine.until('/policy', ({ problems }: { problems: string[] }) =>
      problems.some((each) => /preset/.test(each)),
    );
    await post(chat(`turn 9001 for ${mail} .`));
    expect((await stored()).get(9001)).toContain('for <EMAIL_MASKED> .');
    writeFileSync(path, JSON.stringify({ version: 1, actions: { EMAIL: 'mask' }, deny: [planted.denied] }));
    await engine.until('/known-values', ({ items }: { items: unknown[] }) => items.length === 1);
    await engine.until('/policy', ({ problems }: { problems: string[] }) => problems.length === 0);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 2, actions: { EMAIL: 'mask' } });
  });

  it('is shown, checked and given a preset by the command', async () => {
    const env = { SLUICE_DATA_DIR: dataDir };
    const shown = await sluice(['policy', '--json'], { env });
    expect(JSON.parse(shown.stdout)).toMatchObject({ file: { actions: { EMAIL: 'mask' } }, policy: { preset: null } });
    const good = await sluice(['policy', 'check', '-', '--json'], { env, input: '{"preset":"gdpr"}' });
    expect(JSON.parse(good.stdout)).toMatchObject({ valid: true, stricter: true });
    const bad = await sluice(['policy', 'check', '-', '--json'], { env, input: '{"preset":"pci"}' });
    expect([bad.code, JSON.parse(bad.stderr).error.code]).toEqual([1, 'policy_invalid']);
    expect((await sluice(['policy', 'use', 'pci'], { env })).code).toBe(2);
    const used = await sluice(['policy', 'use', 'hipaa'], { env });
    expect(used.stdout).toMatch(/Changed preset, .*actual knowledge/s);
    expect((await engine.api('/policy')).policy).toMatchObject({ preset: 'hipaa', actions: { PHONE: 'mask' } });
    await sluice(['policy', 'use', 'none'], { env });
    expect((await engine.api('/policy')).file).toEqual({ version: 2, actions: { EMAIL: 'mask' } });
    expect((await engine.api('/policy/presets')).items.map(({ id }: { id: string }) => id)).toEqual([
      'gdpr',
      'ccpa',
      'hipaa',
    ]);
  });
});

describe('known values', () => {
  it('are nowhere on disk, in no answer and in no log, wherever they were captured', async () => {
    const { denied: _there, ...values } = planted;
    for (const value of Object.values(values)) {
      const answer = await engine.api('/known-values', { method: 'POST', body: { value, entity: 'CUSTOM' } });
      expect(answer.value).toMatchObject({ entity: 'CUSTOM', length: value.length });
    }
    for (const value of Object.values(planted)) {
      const inner = JSON.stringify({ note: `about ${value} .` });
      model.say({ text: `I know of ${value} and will tell.`, pieceBytes: 7 });
      await post(chat(`say ${value} .`, { stream: true, user: `tell ${inner}` }), `?q=${encodeURIComponent(value)}`);
      const call = { id: 'call_1', type: 'function', function: { name: 'write', arguments: inner } };
      await post(
        JSON.stringify({
          model: 'gpt-5.1',
          messages: [
            { role: 'assistant', content: null, tool_calls: [call] },
            { role: 'tool', tool_call_id: 'call_1', content: `+ ${value}\n- <p title="${value}">${value}</p>` },
            { role: 'user', content: `base64: ${Buffer.from(inner).toString('base64')} .` },
            { role: 'user', content: `alone: ${Buffer.from(value).toString('base64')} .` },
          ],
        }),
        '',
        { 'x-note': encodeURIComponent(value), cookie: `note=${encodeURIComponent(value)}` },
      );
      await fetch(`${engine.ready.proxy}/stub/v1/files`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ note: value }).toString(),
      }).then((response) => response.text());
    }
    await engine.settled();
    const answers: unknown[] = [await engine.api('/known-values'), await engine.api('/policy')];
    const { items } = await engine.api('/exchanges?limit=200');
    expect(items.length).toBeGreaterThan(3 * Object.keys(planted).length);
    for (const { exchange_id } of items) answers.push(await engine.api(`/exchanges/${exchange_id}`));
    const { items: traces } = await engine.api('/traces?limit=200');
    for (const { trace_id } of traces) answers.push(await engine.api(`/traces/${trace_id}`));
    expect(shownBy(JSON.stringify(answers), planted)).toEqual([]);
    expect(await engine.stop()).toBe(0);
    expect(searchFiles(dataDir, planted)).toEqual([]);
    const store = searchDatabase(join(dataDir, 'sluice.db'), planted);
    expect(store.found).toEqual([]);
    expect(store.unpacked).toBeGreaterThan(10);
    expect(shownBy(engine.log(), planted)).toEqual([]);
    if (process.platform !== 'win32') expect(statSync(join(dataDir, 'known-values.sealed')).mode & 0o777).toBe(0o600);

    // The command knows them too.
    const env = { SLUICE_DATA_DIR: dataDir };
    const redacted = await sluice(['redact', '-'], { env, input: `say ${planted.codename} .` });
    expect(redacted.stdout).toMatch(/^say <CUSTOM_\w{8}> \.$/);
  });

  it('can be forgotten, and need the scope admin', async () => {
    engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
    const reader = await engine.api('/tokens', {
      method: 'POST',
      body: { name: 'reader', scopes: ['read', 'review'] },
    });
    const headers = { authorization: `Bearer ${reader.token}` };
    for (const path of ['/policy', '/policy/presets', '/known-values']) {
      expect((await engine.fetch(path, { headers, anonymous: true })).status, path).toBe(403);
    }
    const { items } = await engine.api('/known-values');
    for (const { value_id } of items) {
      expect((await engine.fetch(`/known-values/${value_id}`, { method: 'DELETE' })).status).toBe(204);
    }
    expect((await engine.api('/known-values')).items).toEqual([]);
    expect((await engine.fetch(`/known-values/${items[0].value_id}`, { method: 'DELETE' })).status).toBe(404);
    const short = await engine.fetch('/known-values', { method: 'POST', body: { value: 'ab' } });
    expect(short.status).toBe(422);
    expect(existsSync(join(dataDir, 'policy.json.tmp'))).toBe(false);
    expect(await engine.stop()).toBe(0);
    // Without its key file the folder's values cannot be opened: it must not start as if there were none.
    writeFileSync(join(dataDir, 'known-values.sealed'), 'SLV1 something else');
    const failed = await sluice(['serve', '--json', '--proxy-port', '0', '--api-port', '0', '--data-dir', dataDir]);
    expect([failed.code, JSON.parse(failed.stderr).error.code]).toEqual([1, 'vault_unreadable']);
  });
});
