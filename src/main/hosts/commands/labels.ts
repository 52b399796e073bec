import { randomBytes } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import { type Json, labelFormat, labelHeadSchema, type Page } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { linesOf } from '../../ground/lines.js';
import { eachOfAsync } from '../../ground/pages.js';
import { engineOf, type RunningEngine } from '../engine-client.js';
import { printed } from '../standard-output.js';
import { folderFlag } from './engine-flags.js';

interface Flags {
  dataDir?: string;
  json?: boolean;
  token?: string;
}

interface LineResult {
  outcome: 'stored' | 'updated' | 'unchanged' | 'failed';
  code: string | null;
  message: string | null;
}

/** What a request takes at most: lines, and bytes of them. */
const [batchLines, batchBytes] = [100, 900_000];

/** What reviewers said, as a file that goes elsewhere and comes back: docs/review.md says what its lines are. */
export function labelsCommand(): Command {
  const labels = new Command('labels').description('reviews, corrections, step labels and comparisons as a JSONL file');
  const command = (name: string, what: string) =>
    folderFlag(new Command(name).description(what)).option(
      '--token <token>',
      'API token, where the engine was started with one of its own',
    );
  labels.addCommand(
    command('export', 'writes what was said of traces')
      .option('--query <query>', 'which traces, in the query language', '')
      .requiredOption('--out <file>', 'the file; - for standard output')
      .action(async (flags: Flags & { query: string; out: string }) => {
        const lines = await exported(await engineOf(flags), flags.query, flags.out);
        const done = { lines, out: flags.out };
        const words = flags.json ? JSON.stringify(done) : `${lines} lines in ${flags.out}`;
        if (flags.out !== '-') process.stdout.write(`${words}\n`);
      }),
  );
  labels.addCommand(
    command('import', 'takes lines of such a file; what is gone or not valid is said line by line')
      .argument('<file>', 'the file; - for standard input')
      .action(async (file: string, flags: Flags) => {
        if (file !== '-' && !existsSync(file)) throw new SluiceError('import_unreadable', `${file} is not there.`);
        const items = await imported(await engineOf(flags), file);
        const count = (outcome: LineResult['outcome']) => items.filter((item) => item.outcome === outcome).length;
        const sums = {
          lines: items.length,
          stored: count('stored'),
          updated: count('updated'),
          unchanged: count('unchanged'),
          failed: count('failed'),
        };
        process.stdout.write(flags.json ? `${JSON.stringify({ ...sums, items })}\n` : textOf(sums, items));
        if (sums.failed > 0) process.exitCode = 1;
      }),
  );
  return labels;
}

async function exported(engine: RunningEngine, query: string, out: string): Promise<number> {
  const found = eachOfAsync((cursor) => {
    const at = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return engine.call('GET', `/labels?limit=200&query=${encodeURIComponent(query)}${at}`) as Promise<Page<Json>>;
  });
  const head = { ...labelFormat, type: 'head', exported_at: new Date().toISOString(), query };
  const file = out === '-' ? null : await openDraft(out);
  const write = async (line: object) => {
    const text = `${JSON.stringify(line)}\n`;
    if (file !== null) await file.handle.write(text);
    else await printed(text);
  };
  let lines = 0;
  try {
    await write(head);
    for await (const line of found) {
      await write(line as object);
      lines += 1;
    }
    await file?.keep();
  } catch (error) {
    await file?.drop();
    throw error;
  }
  return lines;
}

/** The file gets its name when it is whole: one that was there stays as it is until then. */
async function openDraft(out: string) {
  const draft = `${out}.${randomBytes(4).toString('hex')}.partial`;
  let handle: FileHandle;
  try {
    handle = await open(draft, 'wx', 0o600);
  } catch (error) {
    throw new SluiceError('usage', `--out: ${(error as Error).message}`);
  }
  return {
    handle,
    async keep(): Promise<void> {
      await handle.sync();
      await handle.close();
      await rename(draft, out);
    },
    async drop(): Promise<void> {
      await handle.close().catch(() => undefined);
      await rm(draft, { force: true });
    },
  };
}

async function imported(engine: RunningEngine, file: string): Promise<({ line: number } & LineResult)[]> {
  const input = file === '-' ? process.stdin : createReadStream(file);
  const items: ({ line: number } & LineResult)[] = [];
  const import_id = uuidv7();
  let [batch, bytes, number]: [{ line: number; value: Json }[], number, number] = [[], 0, 0];
  const send = async () => {
    if (batch.length === 0) return;
    const sent = { lines: batch.map(({ value }) => value), import_id };
    const { results } = (await engine.call('POST', '/labels', sent)) as { results: LineResult[] };
    items.push(...batch.map(({ line }, index) => ({ line, ...(results[index] as LineResult) })));
    [batch, bytes] = [[], 0];
  };
  for await (const text of linesOf(input)) {
    number += 1;
    if (text.trim() === '') continue;
    const value = parseJson(text) as Json | undefined;
    if (value === undefined) {
      items.push({ line: number, outcome: 'failed', code: 'request_invalid', message: 'The line is no JSON.' });
      continue;
    }
    if (isHead(value)) {
      if (!labelHeadSchema.safeParse(value).success) {
        throw new SluiceError(
          'import_format_unknown',
          `Line ${number} says a format that is not sluice-labels, version 1.`,
        );
      }
      continue;
    }
    const size = Buffer.byteLength(text);
    if (size > batchBytes) {
      items.push({ line: number, outcome: 'failed', code: 'body_too_large', message: `The line has ${size} bytes.` });
      continue;
    }
    if (batch.length === batchLines || bytes + size > batchBytes) await send();
    batch.push({ line: number, value });
    bytes += size;
  }
  await send();
  return items.sort((a, b) => a.line - b.line);
}

function isHead(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, 'format');
}

function textOf(sums: { [name: string]: number }, items: ({ line: number } & LineResult)[]): string {
  const failed = items.filter(({ outcome }) => outcome === 'failed');
  const lines = failed.map(({ line, code, message }) => `line ${line}: ${message} [${code}]`);
  lines.push(
    `${sums['lines']} lines: ${sums['stored']} stored, ${sums['updated']} updated, ${sums['unchanged']} unchanged, ${sums['failed']} failed`,
  );
  return `${lines.join('\n')}\n`;
}
