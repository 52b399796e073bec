import { parseJson } from '../ground/json.js';
import { contentHash } from './runs/seen.js';
import { type Catalogue, type Failure, failuresOf } from './validators/index.js';

export interface Checked {
  valid: number;
  invalid: number;
  /** The invalid ones; `valid` is there since others read the items alone. */
  items: { file: string; line: number; trace_id: string | null; valid: false; errors: Failure[] }[];
}

/** Invalid traces of which it is said what does not hold; the rest are counted. */
const mostItems = 10_000;

/** Checks the traces of files. What stands twice, in whichever of them, is invalid the second time. */
export async function validateTraces(
  catalogue: Catalogue,
  files: readonly { name: string; lines: AsyncIterable<string> }[],
): Promise<Checked> {
  const checked: Checked = { valid: 0, invalid: 0, items: [] };
  const seen = new Set<string>();
  for (const { name: file, lines } of files)
    for await (const { value, line } of valuesOf(lines)) {
      const errors = failuresOf(value, catalogue);
      if (errors.length === 0) {
        const hash = contentHash(value as Parameters<typeof contentHash>[0]);
        if (seen.has(hash))
          errors.push({ validator: 'duplicate', message: 'a trace before it asks and does the same' });
        seen.add(hash);
      }
      if (errors.length === 0) checked.valid += 1;
      else {
        checked.invalid += 1;
        const id = (value as { trace_id?: unknown } | null)?.trace_id;
        if (checked.items.length < mostItems)
          checked.items.push({ file, line, trace_id: typeof id === 'string' ? id : null, valid: false, errors });
      }
    }
  return checked;
}

/** What should be traces, one a line; a file that is one JSON document over many lines is read as that. */
async function* valuesOf(lines: AsyncIterable<string>): AsyncIterable<{ value: unknown; line: number }> {
  const document: string[] = [];
  let number = 0;
  for await (const line of lines) {
    number += 1;
    if (line.trim() === '' && document.length === 0) continue;
    const value = document.length === 0 ? parsed(line) : undefined;
    if (value !== undefined) yield { value, line: number };
    else if (number === 1 || document.length > 0) document.push(line);
    else yield { value: line, line: number };
  }
  if (document.length === 0) return;
  const whole = parsed(document.join('\n'));
  if (Array.isArray(whole)) for (const [index, value] of whole.entries()) yield { value, line: index + 1 };
  else if (whole !== undefined) yield { value: whole, line: 1 };
  else
    for (const [index, line] of document.entries())
      if (line.trim() !== '') yield { value: parsed(line) ?? line, line: index + 1 };
}

/** An object or a list; anything else is no trace, nor holds any. */
function parsed(text: string): object | undefined {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null ? value : undefined;
}
