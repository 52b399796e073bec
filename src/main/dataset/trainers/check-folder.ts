import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import type { TrainerFinding, TrainerId, TrainerSummary } from '../../../shared/model/index.js';
import { isObject, type JsonObject, parseJson } from '../../ground/json.js';
import { linesOf } from '../../ground/lines.js';
import { unpacked } from '../../ground/unpacked.js';
import { type Context, trainerCheck, trainerReport } from './check.js';

/** Files that stand beside the data and hold no rows of it. */
const beside = new Set(['consent.jsonl', trainerReport]);

/**
 * What a trainer would do to the rows of every JSON Lines file below a folder, plain, gzip or zstd; other formats are given by
 * their own readers to `trainerCheck`. Constant memory.
 * @throws SluiceError `validation_failed` where there is no such file or a line is no JSON object, and what the disk says
 */
export async function checkFolder(
  folder: string,
  id: TrainerId,
  context: Context | null = null,
): Promise<{ summary: TrainerSummary; findings: TrainerFinding[] }> {
  const check = trainerCheck(id, context);
  const files = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && /\.jsonl(\.gz|\.zst)?$/.test(entry.name) && !beside.has(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new SluiceError('validation_failed', `There is no JSON Lines file in ${folder}.`);
  for (const file of files) {
    const name = relative(folder, file);
    for await (const row of rowsOf(file)) check.row(name, row);
    check.endFile(name);
  }
  return { summary: check.summary(), findings: check.named };
}

async function* rowsOf(file: string): AsyncGenerator<JsonObject> {
  let number = 0;
  for await (const line of linesOf(unpacked(file))) {
    number += 1;
    if (line.trim() === '') continue;
    const row = parseJson(line);
    if (!isObject(row)) throw new SluiceError('validation_failed', `${file}, line ${number}: no JSON object.`);
    yield row;
  }
}
