import { parseJson } from '../../../../ground/json.js';
import type { ReportFile } from '../framework.js';

type Line = { [key: string]: unknown };

/** Each line that is a JSON object; what else stands between them (a program's own output) is passed over. @returns whether any was */
export function readLines(files: readonly ReportFile[], each: (line: Line) => void): boolean {
  let any = false;
  for (const { text } of files) {
    for (let from = 0; from < text.length; ) {
      const end = text.indexOf('\n', from);
      const line = text.slice(from, end < 0 ? text.length : end).trim();
      from = end < 0 ? text.length : end + 1;
      if (!line.startsWith('{') || line.length > 1_000_000) continue;
      const value = parseJson(line, { maxDepth: 32 });
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue;
      any = true;
      each(value);
    }
  }
  return any;
}
