import type { ExecResult } from '../../ground/sandbox.js';
import { plain, textOf } from './frameworks/reading/text.js';
import { linesWithoutKeys, withoutKeys } from './keys-in-lines.js';

/** Of one run's output in the job's log: bytes from its beginning, and lines of its end where there was more. */
const [mostBytes, lastLines, lastBytes] = [64 * 1024, 40, 16 * 1024];
/** Bytes of a line that are told. A longer one is cut between words: half a secret is none that a gate would know. */
const longestLine = 2000;
/** Bytes that a line counts as at least: an empty one takes its place in the log too. */
const leastOfLine = 64;

/** Tells output line by line as it comes. What goes beyond is told by its last lines, once it is over: a flood fills no log. */
export function tellOutput(tell: (line: string) => void) {
  let told = 0;
  let rest: Uint8Array = new Uint8Array();
  let over = false;
  const shown = withoutKeys(tell);
  const give = (line: Uint8Array) => shown(lineText(line));

  return {
    add(bytes: Uint8Array): void {
      if (over) return;
      told += bytes.length;
      let from = 0;
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      for (;;) {
        const end = all.indexOf(10, from);
        if (end < 0) break;
        give(all.subarray(from, Math.min(end, from + longestLine + 1)));
        told += Math.max(0, leastOfLine - (end + 1 - from));
        from = end + 1;
        if (told > mostBytes + bytes.length) break;
      }
      rest = all.slice(from, from + longestLine + 1);
      if (told <= mostBytes) return;
      over = true;
      tell('[more output than is shown while it runs]');
    },
    end({ head, tail, dropped_bytes }: ExecResult['output']): void {
      if (!over) {
        if (rest.length > 0) give(rest);
        return;
      }
      const all = dropped_bytes > 0 ? tail : Buffer.concat([head, tail]);
      const lines = linesOf(all.subarray(-lastBytes)).map(lineText);
      // A line whose beginning is not there is not told: it may begin with half a secret.
      const whole = dropped_bytes > 0 || all.length > lastBytes ? lines.slice(1) : lines;
      for (const line of linesWithoutKeys(whole).slice(-lastLines)) tell(line);
    },
  };
}

function lineText(line: Uint8Array): string {
  if (line.length <= longestLine) return plain(textOf(line)).replace(/\r$/, '');
  const end = line.lastIndexOf(32, longestLine);
  return end < 0 ? '[a long line without a space]' : `${plain(textOf(line.subarray(0, end)))} […]`;
}

function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let from = 0; from <= bytes.length; ) {
    const end = bytes.indexOf(10, from);
    lines.push(bytes.subarray(from, end < 0 ? bytes.length : end));
    from = end < 0 ? bytes.length + 1 : end + 1;
  }
  return lines;
}
