import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../ground/json.js';
import { processAlive } from '../../ground/process-alive.js';
import { own } from '../own.js';

/** What a build is to make; whoever finds its number claimed after a crash knows by it what it meant. */
export interface ClaimedOrder {
  /** Where the data goes. */
  out: string;
  /** Hash of the definition. */
  definition: string;
}

const claimSchema = z.object({
  id: z.string(),
  pid: z.int(),
  begun: z.number(),
  out: z.string(),
  definition: z.string(),
});
type ClaimFile = z.infer<typeof claimSchema>;

export interface Claim {
  version: number;
  /** What a build that never ended had claimed the number for; null: nobody had it. */
  before: ClaimedOrder | null;
  release(): Promise<void>;
}

/**
 * Takes the first free number behind the last version, in the one step of giving a file its name: of builds at the same time, whichever
 * processes they run in, each gets its own. A number whose build was killed is free again.
 * @param order what is to be built as which number
 * @param resumed a number that this build had before it was cut off: it is taken again, whoever is said to have it
 */
export async function claimNumber(
  folder: string,
  versions: () => Promise<number[]>,
  order: (version: number) => ClaimedOrder,
  resumed: number | null,
): Promise<Claim> {
  const last = (await versions()).at(-1) ?? 0;
  await removeLeft(folder, last);
  for (let version = last + 1; ; version += 1) {
    const path = join(folder, `${version}.claim`);
    const file = { id: randomUUID(), pid: process.pid, begun: Date.now(), ...order(version) };
    const taken = await take(path, file, version === resumed);
    if (taken === null) continue;
    const release = async () => {
      if ((await claimIn(path))?.id === file.id) await rm(path, { force: true });
    };
    // Another build was through with it between the two looks.
    if ((await versions()).includes(version)) await release();
    else return { version, before: taken.before, release };
  }
}

/** Null: somebody else is building it. */
async function take(path: string, file: ClaimFile, mine: boolean): Promise<{ before: ClaimedOrder | null } | null> {
  const draft = `${path}.${file.pid}.${file.id}`;
  let before: ClaimFile | null = null;
  await writeFile(draft, JSON.stringify(file), own);
  try {
    for (;;) {
      try {
        await link(draft, path);
        return { before };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = await claimIn(path);
      if (found !== null && !mine && alive(found)) return null;
      // Of two that find it left over one alone can move it.
      const aside = `${draft}.left`;
      if (!(await rename(path, aside).then(...settled))) continue;
      before = await claimIn(aside);
      const other = before !== null && before.id !== found?.id;
      // Meanwhile it was taken over.
      if (other) await link(aside, path).catch(() => undefined);
      await rm(aside, { force: true });
      if (other) return null;
    }
  } finally {
    await rm(draft, { force: true });
  }
}

const settled = [() => true, () => false] as const;

async function claimIn(path: string): Promise<ClaimFile | null> {
  const text = await readFile(path, 'utf8').catch(() => '');
  return claimSchema.safeParse(parseJson(text)).data ?? null;
}

function alive({ pid, begun }: Pick<ClaimFile, 'pid' | 'begun'>): boolean {
  // In containers the next process has the number of the one before.
  if (pid === process.pid) return begun >= Date.now() - process.uptime() * 1000;
  return processAlive(pid);
}

/** Claims whose build said what it made and was killed right after, and drafts of those that were killed while they claimed. */
async function removeLeft(folder: string, last: number): Promise<void> {
  for (const entry of await readdir(folder).catch(() => [])) {
    const [, version, pid] = /^([1-9]\d{0,8})\.claim(?:\.(\d{1,10})\..+)?$/.exec(entry) ?? [];
    if (version === undefined) continue;
    const path = join(folder, entry);
    const left = pid === undefined ? Number(version) <= last : !(await writes(path, Number(pid)));
    if (left) await rm(path, { force: true });
  }
}

/** A draft may be empty yet: who writes it stands in its name. */
async function writes(path: string, pid: number): Promise<boolean> {
  const written = await stat(path).catch(() => null);
  return written !== null && alive({ pid, begun: written.ctimeMs });
}
