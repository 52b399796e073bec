import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Engine, sluice, startEngine } from '../support/engine.js';
import { type ModelServer, startModelServer } from '../support/model-server.js';
import { searchDatabase, searchFiles } from '../support/planted.js';

/** Surrogates and dropped values from capture to two exports, through a real engine. */

const mail = ['jane.roe', 'mail.example.org'].join('@');
const card = ['4111', '1111', '1111', '1111'].join('');
const key = `sk-${'aB3dE5gH7jK9mN1p'.repeat(3)}`;
const iban = ['DE89', '3704', '0044', '0532', '0130', '00'].join(' ');
const planted = { mail, card, key, iban, spaced: card.replace(/(.{4})(?=.)/g, '$1 ') };
const surrogate = { mail: /^[a-z.]+[0-9a-f]{8}@[a-z]+\.example$/, iban: /^DE\d{2}(?: \d{4}){4} \d{2}$/ };

let dataDir: string;
let out: string;
let engine: Engine;
let model: ModelServer;

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-surrogates-'));
  out = mkdtempSync(join(tmpdir(), 'sluice-exports-'));
  model = await startModelServer();
  engine = await startEngine(['--upstream', `stub=${model.url}`], { dataDir });
  const actions = {
    EMAIL: 'surrogate',
    CREDIT_CARD: 'surrogate',
    API_KEY: 'surrogate',
    IBAN: 'surrogate',
    PHONE: 'drop',
  };
  await engine.api('/policy', { method: 'PUT', body: { actions } });
  await capture([
    { role: 'user', content: `write to ${mail} with the key ${key}` },
    {
      role: 'assistant',
      content: null,
      tool_calls: [
        {
          id: 'call_mail_1',
          type: 'function',
          function: { name: 'send', arguments: JSON.stringify({ to: mail, card: Number(card), body: `IBAN ${iban}` }) },
        },
      ],
    },
    { role: 'tool', tool_call_id: 'call_mail_1', content: JSON.stringify({ sent: [mail], number: Number(card) }) },
    { role: 'user', content: `thanks, and ${mail} again` },
  ]);
  await capture([{ role: 'user', content: `call ${['+44', '20', '7946', '0958'].join(' ')} for me` }]);
  await capture([{ role: 'user', content: `what about ${mail} and its key?` }]);
  await engine.settled();
});
afterAll(async () => {
  await engine?.dispose();
  await model?.close();
  for (const folder of [dataDir, out]) rmSync(folder, { recursive: true, force: true });
});

async function capture(messages: unknown[]): Promise<void> {
  const response = await fetch(`${engine.ready.proxy}/stub/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-5.1', messages }),
  });
  await response.text();
}

async function bodies(): Promise<string[]> {
  const { items } = await engine.api('/exchanges?limit=50');
  return Promise.all(
    items.map(
      async ({ exchange_id }: { exchange_id: string }) =>
        (await engine.api(`/exchanges/${exchange_id}/body/request`)).text as string,
    ),
  );
}

interface Sent {
  to: string;
  card: number;
  body: string;
}

/** What the stored request of the long conversation says. */
async function stored(): Promise<{ sent: Sent; result: { sent: string[]; number: number }; text: string }> {
  const text = (await bodies()).find((each) => each.includes('call_mail_1')) as string;
  const { messages } = JSON.parse(text);
  return {
    text,
    sent: JSON.parse(messages[1].tool_calls[0].function.arguments),
    result: JSON.parse(messages[2].content),
  };
}

function exportTo(name: string, flags: string[] = []) {
  const folder = join(out, name);
  const words = [
    'export',
    '--layout',
    'openai-chat',
    '--format',
    'jsonl',
    '--out',
    folder,
    '--data-dir',
    dataDir,
    '--json',
  ];
  return sluice([...words, ...flags]).then(({ code, stdout, stderr }) => ({
    code,
    stderr,
    result: code === 0 ? JSON.parse(stdout) : null,
    text: code === 0 ? readFileSync(join(folder, 'data.jsonl'), 'utf8') : '',
    manifest: code === 0 ? JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) : null,
    card: code === 0 ? readFileSync(join(folder, 'README.md'), 'utf8') : '',
  }));
}

describe('surrogates', () => {
  it('stand where the values stood, of the same types, and nothing planted is on disk', async () => {
    const { sent, result, text } = await stored();
    expect(sent.to).toMatch(surrogate.mail);
    expect(result).toEqual({ sent: [sent.to], number: sent.card });
    expect(String(sent.card)).toMatch(/^4\d{15}$/);
    expect(sent.body.replace('IBAN ', '')).toMatch(surrogate.iban);
    expect(text).toContain(`write to ${sent.to} with the key sk-`);
    expect(text).toContain(`thanks, and ${sent.to} again`);
    for (const value of Object.values(planted)) {
      for (const each of await bodies()) expect(each).not.toContain(value);
    }
    const { exchange_id } = (await engine.api('/exchanges?limit=50')).items.at(-1);
    const { findings } = await engine.api(`/exchanges/${exchange_id}`);
    expect(new Set(findings.map(({ action }: { action: string }) => action))).toEqual(new Set(['surrogate']));
    expect(searchFiles(dataDir, planted)).toEqual([]);
    expect(searchDatabase(join(dataDir, 'sluice.db'), planted).found).toEqual([]);
  });

  it('are others in each export, the same within it, and rows with a dropped value are missing', async () => {
    const { sent } = await stored();
    const [first, second] = await Promise.all([exportTo('a'), exportTo('b')]);
    expect([first.code, first.stderr]).toEqual([0, '']);
    for (const { text, result, manifest, card: readme } of [first, second]) {
      const rows = text.trim().split('\n');
      expect(rows).toHaveLength(2);
      expect(text).not.toContain('PHONE');
      expect(text).not.toContain(sent.to);
      const mails = new Set(text.match(/[a-z.]+[0-9a-f]{8}@[a-z]+\.example/g));
      expect(mails.size).toBe(1);
      expect(text).not.toMatch(/<[A-Z_]+_[0-9a-f]{8}>/);
      expect(result.skipped).toMatchObject([{ reason: 'it holds a value that the policy keeps out of exports' }]);
      expect(manifest.privacy).toMatchObject({ pseudonyms: 'fresh', dropped_rows: 1 });
      expect(manifest.privacy.replaced.EMAIL.surrogate).toBeGreaterThan(3);
      expect(readme).toContain('in no other dataset');
      for (const value of Object.values(planted)) expect(text).not.toContain(value);
    }
    expect(first.text).not.toBe(second.text);
    const mailOf = ({ text }: { text: string }) => text.match(/[a-z.]+[0-9a-f]{8}@[a-z]+\.example/)?.[0];
    expect(mailOf(first)).not.toBe(mailOf(second));
  });

  it('can stay those of the project', async () => {
    const { sent } = await stored();
    const kept = await exportTo('kept', ['--keep-pseudonyms']);
    expect([kept.code, kept.stderr]).toEqual([0, '']);
    expect(kept.text).toContain(sent.to);
    expect(kept.manifest.privacy).toMatchObject({ pseudonyms: 'project' });
  });

  it('become masks where the export is stricter; a laxer one is refused', async () => {
    const { sent } = await stored();
    const strict = await exportTo('strict', ['--policy', '{"actions":{"EMAIL":"mask"}}']);
    expect([strict.code, strict.stderr]).toEqual([0, '']);
    expect(strict.text).toContain('write to <EMAIL_MASKED> with the key sk-');
    expect(strict.text).not.toContain(sent.to);
    const lax = await exportTo('lax', ['--policy', '{"actions":{"PHONE":"pseudonym"}}']);
    expect(lax.code).toBe(1);
    expect(lax.stderr).toContain('PHONE');
    const refused = await engine.fetch('/exports', {
      body: { layout: 'openai-chat', format: 'jsonl', policy: { actions: { EMAIL: 'keep' } } },
    });
    expect(refused.status).toBe(422);
    expect(((await refused.json()) as { error: unknown }).error).toMatchObject({
      code: 'export_policy_looser',
      details: { entity: 'EMAIL' },
    });
  });

  it('are not found again: looking at what is stored once more changes nothing', async () => {
    const { text } = await stored();
    const { stdout, code } = await sluice(['redact', '-', '--data-dir', dataDir], { input: text });
    expect(code).toBe(0);
    expect(stdout.trim()).toBe(text.trim());
  });
});
