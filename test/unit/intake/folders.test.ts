import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { documentFolder, isDatabase } from '../../../src/main/intake/folders.js';
import { opencode } from '../../../src/main/intake/importers/opencode.js';
import { openhands } from '../../../src/main/intake/importers/openhands.js';
import { callsOf, fixture, read, recordsOf, skippedOf } from './importers/support.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-folders-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(path: string, value: unknown): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
}

async function linesIn(path: string): Promise<Buffer> {
  const found = await documentFolder(path);
  if (found === null) throw new Error('no document');
  const lines: Uint8Array[] = [];
  for await (const line of found) lines.push(line);
  return Buffer.concat(lines);
}

it('reads the storage folder of opencode as its export', async () => {
  const { info, messages } = JSON.parse(fixture('opencode/export.json').toString());
  put(`session/${info.projectID}/${info.id}.json`, info);
  for (const { info: about, parts } of messages) {
    put(`message/${info.id}/${about.id}.json`, about);
    for (const [place, part] of parts.entries())
      put(`part/${about.id}/prt_${String(place).padStart(3, '0')}.json`, part);
  }
  expect(await read(opencode, await linesIn(folder))).toEqual(await read(opencode, fixture('opencode/export.json')));
});

it('reads the event files of OpenHands in their order, with the state beside them', async () => {
  const [state, ...events] = fixture('openhands/sdk.jsonl')
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  put('base_state.json', state);
  for (const [place, event] of events.entries())
    put(`events/event-${String(place).padStart(5, '0')}-${event.id}.json`, event);
  expect(recordsOf(await read(openhands, await linesIn(folder)))).toEqual(
    recordsOf(await read(openhands, fixture('openhands/sdk.jsonl'))),
  );
});

it('reads numbered event files as numbers, and names one that is broken', async () => {
  const event = (id: number, source: string, content: string) => ({ id, source, action: 'message', args: { content } });
  for (let id = 0; id < 12; id += 1) put(`events/${id}.json`, event(id, id % 2 === 0 ? 'user' : 'agent', `word ${id}`));
  put('events/11.json', '{"id": 11, "sou');
  const items = await read(openhands, await linesIn(folder));
  const said = callsOf(items).flatMap(({ call }) => call?.response?.messages.map(({ parts }) => parts[0]) ?? []);
  expect(said).toEqual([1, 3, 5, 7, 9].map((id) => ({ type: 'text', text: `word ${id}` })));
  expect(skippedOf(items)).toMatchObject([{ where: 'line 12' }]);
});

it('takes no other folder for a document', async () => {
  put('session.jsonl', '{}');
  put('events/notes.json', {});
  expect(await documentFolder(folder)).toBeNull();
  put('a.db', 'SQLite format 3\0 and more');
  expect(await isDatabase(join(folder, 'a.db'))).toBe(true);
  expect(await isDatabase(join(folder, 'session.jsonl'))).toBe(false);
});
