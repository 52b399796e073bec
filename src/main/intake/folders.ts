import { createReadStream, type Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Folders that are one document: agents write a file a message or an event. Each is read as lines, in the order of what happened.
 */

const sqlite = 'SQLite format 3\0';

/** What a folder holds as lines of JSON; null where it is only a folder of files. */
export async function documentFolder(path: string): Promise<AsyncIterable<Uint8Array> | null> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const folders = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name));
  if (folders.has('session') && folders.has('message')) return linesOf(opencodeStorage(path));
  if (!folders.has('events')) return null;
  const events = await eventFiles(join(path, 'events'));
  return events.length === 0 ? null : linesOf(openhandsEvents(path, entries, events));
}

/** Whether a file is a database, by its first bytes. */
export async function isDatabase(path: string): Promise<boolean> {
  for await (const chunk of createReadStream(path, { end: sqlite.length - 1 }))
    return (chunk as Buffer).toString('latin1') === sqlite;
  return false;
}

export async function* linesOf(values: AsyncIterable<unknown> | Iterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const value of values) yield Buffer.from(`${typeof value === 'string' ? value : JSON.stringify(value)}\n`);
}

/** `session/<project>/<session>.json`, `message/<session>/<message>.json`, `part/<message>/<part>.json`. */
async function* opencodeStorage(path: string): AsyncGenerator<unknown> {
  for (const project of await jsonNames(join(path, 'session'), true)) {
    for (const name of await jsonNames(join(path, 'session', project))) {
      const info = await jsonIn(join(path, 'session', project, name));
      const session = name.replace(/\.json$/, '');
      const messages: unknown[] = [];
      for (const message of await jsonNames(join(path, 'message', session))) {
        const about = await jsonIn(join(path, 'message', session, message));
        const folder = join(path, 'part', message.replace(/\.json$/, ''));
        const parts = await Promise.all((await jsonNames(folder)).map((part) => jsonIn(join(folder, part))));
        messages.push({ info: about, parts: parts.filter((part) => part !== null) });
      }
      if (info !== null) yield { info, messages };
    }
  }
}

/** `base_state.json` and `events/event-00000-<id>.json`, before that `events/0.json`. */
async function* openhandsEvents(path: string, entries: readonly Dirent[], events: string[]): AsyncGenerator<unknown> {
  if (entries.some(({ name }) => name === 'base_state.json')) {
    const state = await jsonIn(join(path, 'base_state.json'));
    if (state !== null) yield state;
  }
  for (const name of events) {
    const event = await jsonIn(join(path, 'events', name));
    // What is broken is named by whoever reads the lines.
    yield event ?? '{';
  }
}

async function eventFiles(folder: string): Promise<string[]> {
  const numbered = (await jsonNames(folder)).flatMap((name) => {
    const number = /^(?:event-)?(\d+)(?:-.*)?\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [{ name, number: Number(number) }];
  });
  return numbered.sort((a, b) => a.number - b.number).map(({ name }) => name);
}

/** Their names grow with time. */
async function jsonNames(folder: string, folders = false): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => (folders ? entry.isDirectory() : entry.isFile() && entry.name.endsWith('.json')))
    .map(({ name }) => name)
    .sort();
}

async function jsonIn(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as unknown;
  } catch {
    return null;
  }
}
