import { basename } from 'node:path';
import { SluiceError } from '../../../shared/errors.js';
import type { ExportOptions, TrainerFinding, TrainerId, TrainerSummary } from '../../../shared/model/index.js';
import type { JsonObject } from '../../ground/json.js';
import { tokenCounter } from '../render/tokens.js';
import { trainers } from './index.js';
import type { RowCheck, RowFinding, Trainer } from './trainer.js';

/** How long rows may be. */
export interface Context {
  /** Tokens of the model’s context, as the trainer is set. */
  limit: number;
  /** What counts them. */
  tokenizer: string;
  count(text: string): number;
}

/** Null where nothing is said of it. Throws `tokenizer_invalid`, and `usage` without a trainer. */
export async function contextOf({
  trainer,
  context,
}: Pick<ExportOptions, 'trainer' | 'context'>): Promise<Context | null> {
  if (context === undefined) return null;
  if (trainer === undefined)
    throw new SluiceError('usage', 'A context limit says what a trainer would cut or leave out: name the trainer too.');
  const { count } = await tokenCounter(context.tokenizer);
  // Where the file lies says something of whose machine it is.
  return { limit: context.tokens, tokenizer: basename(context.tokenizer), count };
}

/** Where the first findings are named, beside the data. */
export const trainerReport = 'trainer-report.jsonl';
/** How many findings a report names; the counts are complete. */
const namedFindings = 1000;

/**
 * Goes over the rows of a dataset as one trainer would read them. `row` gives what it finds in a row, `endFile` what only the whole
 * file shows; `summary` counts all of it.
 */
export function trainerCheck(id: TrainerId, context: Context | null = null) {
  const trainer: Trainer = trainers[id];
  const summary: TrainerSummary = { trainer: id, rows: 0, rows_with_findings: 0, findings: 0, effects: {}, codes: {} };
  const named: TrainerFinding[] = [];
  const open = new Map<string, { check: RowCheck; row: number }>();
  const lengths = { too_long: 0, longest: 0, tokens: 0 };

  function tooLong(row: JsonObject): RowFinding[] {
    if (context === null) return [];
    const tokens = context.count(JSON.stringify(row));
    lengths.tokens += tokens;
    lengths.longest = Math.max(lengths.longest, tokens);
    if (tokens <= context.limit) return [];
    lengths.too_long += 1;
    const message = `About ${tokens} tokens, ${context.limit} fit.`;
    return [{ field: '', code: 'too_long', effect: trainer.tooLong, message }];
  }

  function take(found: readonly RowFinding[], file: string, row: number | null): TrainerFinding[] {
    const placed = found.map((each) => ({ file, row, ...each }));
    for (const finding of placed) {
      summary.findings += 1;
      summary.effects[finding.effect] = (summary.effects[finding.effect] ?? 0) + 1;
      summary.codes[finding.code] = (summary.codes[finding.code] ?? 0) + 1;
      if (named.length < namedFindings) named.push(finding);
    }
    return placed;
  }

  return {
    named,
    /** The named findings as lines of JSON; `names` says how the files are called that were written under others. */
    report(names: ReadonlyMap<string, string>): string {
      return named.map((each) => `${JSON.stringify({ ...each, file: names.get(each.file) ?? each.file })}\n`).join('');
    },
    /** Rows of a file come in their order. */
    row(file: string, row: JsonObject): TrainerFinding[] {
      const reading = open.get(file) ?? { check: trainer.open(), row: 0 };
      open.set(file, reading);
      const found = [...reading.check.row(row), ...tooLong(row)];
      summary.rows += 1;
      if (found.length > 0) summary.rows_with_findings += 1;
      reading.row += 1;
      return take(found, file, reading.row);
    },
    endFile(file: string): TrainerFinding[] {
      const reading = open.get(file);
      open.delete(file);
      return take(reading?.check.end?.() ?? [], file, null);
    },
    summary(): TrainerSummary {
      const told = { ...summary, effects: sorted(summary.effects), codes: sorted(summary.codes) };
      if (context === null) return told;
      const { limit, tokenizer } = context;
      return { ...told, context: { limit, tokenizer, effect: trainer.tooLong, ...lengths } };
    },
  };
}
export type TrainerCheck = ReturnType<typeof trainerCheck>;

function sorted(counts: { [name: string]: number }): { [name: string]: number } {
  return Object.fromEntries(Object.entries(counts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)));
}
