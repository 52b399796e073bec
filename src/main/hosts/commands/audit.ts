import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { SluiceError } from '../../../shared/errors.js';
import type { AuditEntry, AuditVerdict } from '../../../shared/model/index.js';
import { openAuditLog } from '../../audit/index.js';
import { eachOfAsync } from '../../ground/pages.js';
import type { DataFolder } from '../../home/folder.js';
import { deriveKeys, loadMasterKey } from '../../home/keys.js';
import { folderOf } from '../which-folder.js';
import { folderFlag } from './engine-flags.js';

interface AuditFlags {
  dataDir?: string;
  json?: boolean;
}

/** Reads the log's file, so it works beside a running engine and without one. */
export function auditCommand(): Command {
  return new Command('audit')
    .description('the append-only log of what was done to the data')
    .addCommand(
      folderFlag(new Command('verify').description('check that no entry was changed, taken out or cut off')).action(
        async (flags: AuditFlags) => {
          const folder = await existingFolder(flags);
          const verdict = await openAuditLog(folder.audit, keyOf(folder)).verify();
          process.stdout.write(flags.json ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
          if (!verdict.valid) process.exitCode = 1;
        },
      ),
    )
    .addCommand(
      folderFlag(new Command('list').description('entries, newest first'))
        .option('--limit <number>', 'so many at most', '50')
        .action(async (flags: AuditFlags & { limit: string }) => {
          const limit = Number(flags.limit);
          if (!Number.isInteger(limit) || limit < 1) throw new SluiceError('usage', '--limit needs a number from 1.');
          const items = await newest(await existingFolder(flags), limit);
          process.stdout.write(
            flags.json ? `${JSON.stringify({ items })}\n` : items.map((entry) => `${entryText(entry)}\n`).join(''),
          );
        }),
    );
}

/** To look at a folder must not make one. */
async function existingFolder(flags: AuditFlags): Promise<DataFolder> {
  const folder = await folderOf(flags);
  if (!existsSync(folder.root)) throw new SluiceError('usage', `There is no data folder ${folder.root}.`);
  return folder;
}

/** Null where only the desktop's keychain has it, or nobody has made one yet. */
function keyOf(folder: DataFolder): Uint8Array | null {
  if (!existsSync(folder.key)) return null;
  try {
    return deriveKeys(loadMasterKey(folder)).audit;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'key_invalid') return null;
    throw error;
  }
}

async function newest(folder: DataFolder, limit: number): Promise<AuditEntry[]> {
  const log = openAuditLog(folder.audit, null);
  const items: AuditEntry[] = [];
  if (limit === 0) return items;
  for await (const entry of eachOfAsync((cursor) => log.list(cursor, Math.min(200, limit)))) {
    if (items.push(entry) >= limit) break;
  }
  return items;
}

function entryText({ seq, at, actor, action, target, details }: AuditEntry): string {
  const who = actor.token_id ?? actor.kind;
  const what = Object.keys(details).length === 0 ? '' : `  ${JSON.stringify(details)}`;
  return `${String(seq).padStart(6)}  ${at}  ${who.padEnd(6)}  ${action.padEnd(16)}  ${target ?? ''}${what}`;
}

function verdictText({ valid, entries, head, end_checked, torn_bytes, problem }: AuditVerdict): string {
  const lines: string[] = [];
  if (valid) lines.push(`The audit log is whole: ${entries} ${entries === 1 ? 'entry' : 'entries'}.`);
  else {
    const where = problem?.line === null ? '' : `line ${problem?.line}: `;
    lines.push(`The audit log is not whole: ${where}${problem?.message}`, `${entries} entries before it hold.`);
  }
  if (head !== null) lines.push(`Last of them: entry ${head.seq}, hash ${head.hash}`);
  if (!end_checked) lines.push('Whether its end was cut off was not checked: the data folder’s key is not at hand.');
  if (torn_bytes > 0) lines.push(`A line of ${torn_bytes} bytes was never finished; the next entry moves it aside.`);
  return `${lines.join('\n')}\n`;
}
