import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportDataset, previewDataset } from '../../../src/main/dataset/index.js';
import { createRedactor, defaultPolicy, redactorForExport } from '../../../src/main/redact/index.js';
import type { ExportOptions, Json } from '../../../src/shared/model/index.js';
import { agentSession, type Session, sessionSource } from '../../support/traces.js';
import { exportOptions, freshFolder, readJsonl, unhurried } from './support.js';

const key = new Uint8Array(32).fill(7);
const mail = ['jane.roe', 'mail.example.org'].join('@');
const phone = ['+44', '20', '7946', '0958'].join(' ');
const site = 'https://intranet.example.net/wiki';
const stored = createRedactor({ policy: defaultPolicy, key }).text(mail).text;

/** A session as the store has it: `said` in a message, in arguments as JSON text and value, in results and in the title. */
function session(number: number, said: string): Session {
  const { trace, messages } = agentSession(number, 1, { title: `about ${said}` });
  for (const { request, response } of messages.values()) {
    for (const message of [...request, ...response]) {
      for (const part of message.parts) {
        if (part.type === 'text') part.text = `${part.text} ${said}.`;
        if (part.type === 'tool_call') part.arguments = { to: said, text: JSON.stringify({ to: said }) };
        if (part.type === 'tool_result') part.result = { page: `<a href="x">&lt;${said}&gt;</a>`, said };
      }
    }
  }
  for (const call of trace.tool_calls) {
    call.arguments = { to: said, text: JSON.stringify({ to: said }) };
    call.result = { note: Buffer.from(`I wrote to ${said} today`).toString('base64'), said };
  }
  return { trace, messages };
}

async function exported(
  sessions: Session[],
  fields: Partial<ExportOptions>,
  dropped: readonly string[] = [],
  policy = defaultPolicy,
) {
  const out = join(await freshFolder(), 'set');
  const source = {
    ...sessionSource(sessions),
    redactor: (wanted: Parameters<ReturnType<typeof sessionSource>['redactor']>[0]) =>
      redactorForExport({ policy, key, secrets: [], values: [] }, wanted),
    droppedEntities: () => dropped,
  };
  const options = exportOptions(fields);
  const result = await exportDataset(options, source, out, unhurried());
  const rows = await readJsonl(join(out, 'data.jsonl'));
  const manifest = JSON.parse(await readFile(join(out, 'manifest.json'), 'utf8'));
  const card = await readFile(join(out, 'README.md'), 'utf8');
  return { rows, manifest, card, result, text: await readFile(join(out, 'data.jsonl'), 'utf8') };
}

interface Row {
  arguments: { to: string; text: string };
  result: { note: string };
}

const names = (text: string) => [...new Set(text.match(/EMAIL_[0-9a-f]{8}/g))];

describe('pseudonyms of an export', () => {
  it.each(['tool-calls', 'openai-chat', 'traces'] as const)(
    'are one per value and other ones each time: %s',
    async (layout) => {
      const sessions = [session(1, stored), session(2, stored)];
      const first = await exported(sessions, { layout });
      const second = await exported(sessions, { layout });
      expect(names(first.text)).toHaveLength(1);
      expect(names(second.text)).toHaveLength(1);
      expect(names(first.text)).not.toEqual(names(second.text));
      expect(`<${names(first.text)[0]}>`).not.toBe(stored);
      expect(first.text).not.toContain(stored.slice(1, -1));
      expect(first.manifest.privacy).toMatchObject({ pseudonyms: 'fresh', dropped_rows: 0 });
      expect(first.card).toContain('in no other dataset');
      expect(first.rows.length).toBe(second.rows.length);
    },
  );

  it('are the same in base64, in JSON text and behind entities', async () => {
    const { rows, text } = await exported([session(1, stored)], { layout: 'tool-calls' });
    const [name] = names(text);
    const row = rows[0] as unknown as Row;
    const { result } = row;
    expect(Buffer.from(result.note, 'base64').toString()).toBe(`I wrote to <${name}> today`);
    expect(JSON.parse(row.arguments.text)).toEqual({ to: `<${name}>` });
    const chat = await exported([session(1, stored)], { layout: 'openai-chat' });
    expect(chat.text).not.toContain(stored.slice(1, -1));
  });

  it('can be those of the project, and then the files are the same each time', async () => {
    const fields = { layout: 'traces', pseudonyms: 'project' } as const;
    const first = await exported([session(1, stored)], fields);
    expect(names(first.text)).toEqual([stored.slice(1, -1)]);
    expect((await exported([session(1, stored)], fields)).text).toBe(first.text);
  });

  it('name a value that was stored in the clear as one that was not', async () => {
    const { text } = await exported([session(1, stored), session(2, mail)], { layout: 'tool-calls' });
    expect(text).not.toContain(mail);
    expect(names(text)).toHaveLength(1);
  });
});

describe('a stricter policy of an export', () => {
  it('finds what the project keeps, and turns pseudonyms into what it asks for', async () => {
    const sessions = [session(1, site), session(2, stored)];
    const { text, manifest } = await exported(sessions, {
      layout: 'traces',
      policy: { actions: { URL: 'mask', EMAIL: 'mask' } },
    });
    expect(text).not.toContain('intranet');
    expect(names(text)).toEqual([]);
    expect(text).toContain('<URL_MASKED>');
    expect(text).toContain('<EMAIL_MASKED>');
    expect(Object.keys(manifest.privacy.replaced)).toEqual(['EMAIL', 'URL']);
    expect(manifest.privacy.replaced.URL.mask).toBeGreaterThan(2);
  });

  it('can make surrogates of pseudonyms', async () => {
    const { rows, text } = await exported([session(1, stored)], {
      layout: 'tool-calls',
      policy: { actions: { EMAIL: 'surrogate' } },
    });
    const { to, text: json } = (rows[0] as unknown as Row).arguments;
    expect(to).toMatch(/^[a-z.]+[0-9a-f]{8}@[a-z]+\.example$/);
    expect(names(text)).toEqual([]);
    expect(JSON.parse(json)).toEqual({ to });
  });

  it('takes a preset where that is stricter', async () => {
    const { text } = await exported([session(1, '1984-03-12 in Lisbon')], {
      layout: 'traces',
      policy: { preset: 'hipaa' },
    });
    expect(text).toContain('started_at":"2026');
    const looser = await exported([session(1, stored)], {
      layout: 'tool-calls',
      policy: { preset: 'ccpa', actions: { EMAIL: 'drop' } },
    }).catch((error: unknown) => error);
    expect(looser).toMatchObject({ code: 'export_empty' });
  });

  it('is refused where it is laxer, with the entity', async () => {
    const strict = { ...defaultPolicy, actions: { PHONE: 'mask' as const } };
    for (const action of ['keep', 'pseudonym', 'surrogate'] as const) {
      await expect(
        exported([session(1, phone)], { policy: { actions: { PHONE: action } } }, [], strict),
      ).rejects.toMatchObject({
        code: 'export_policy_looser',
        details: { entity: 'PHONE', project: 'mask', wanted: action },
      });
    }
    await exported([session(1, phone)], { policy: { actions: { EMAIL: 'surrogate' } } });
  });
});

describe('rows that must stay out', () => {
  it('are those with a value that is dropped, pseudonym or new', async () => {
    const sessions = [session(1, stored), session(2, 'nothing'), session(3, mail)];
    const { rows, manifest, result, card } = await exported(sessions, {
      layout: 'tool-calls',
      policy: { actions: { EMAIL: 'drop' } },
    });
    expect(rows).toHaveLength(1);
    expect(manifest.privacy.dropped_rows).toBe(2);
    expect(result.skipped.map(({ reason }) => reason)).toEqual(
      Array(2).fill('it holds a value that the policy keeps out of exports'),
    );
    expect(card).toContain('Rows left out');
  });

  it('are those with a mask of a value that was found under such a policy', async () => {
    const sessions = [session(1, '<EMAIL_MASKED>'), session(2, '<PHONE_MASKED>')];
    const { rows } = await exported(sessions, { layout: 'tool-calls' }, ['EMAIL']);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).toContain('PHONE_MASKED');
  });
});

describe('the shape of rows', () => {
  it('stays: ids, times, numbers and field names are not touched by the strictest policy', async () => {
    const actions = {
      DATE_TIME: 'mask',
      AGE: 'mask',
      URL: 'mask',
      LOCATION: 'mask',
      PERSON: 'mask',
      ID_NUMBER: 'mask',
    } as const;
    const plain = [agentSession(1, 2)];
    const { rows } = await exported(plain, { layout: 'traces', policy: { actions } });
    const shape = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(shape)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shape(each)]))
          : typeof value === 'string'
            ? 'text'
            : value;
    const before = JSON.parse(JSON.stringify(plain[0]?.trace)) as { [name: string]: Json };
    expect(shape(rows[0] as Json)).toEqual(shape(before));
    for (const field of ['trace_id', 'started_at', 'kind']) expect(rows[0]?.[field]).toBe(before[field]);
  });

  it('is what a preview shows, with the same redaction', async () => {
    const { rows } = await previewDataset(exportOptions({ layout: 'tool-calls' }), sessionSource([session(1, stored)]));
    const text = JSON.stringify(rows);
    expect(names(text)).toHaveLength(1);
    expect(text).not.toContain(stored.slice(1, -1));
  });
});
