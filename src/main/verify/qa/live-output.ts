import type { ExecResult } from '../../ground/sandbox.js';
import { plain, textOf } from './frameworks/reading/text.js';

/** Of one run's output in the job's log: bytes from its beginning, and lines of its end where there was more. */
const [mostBytes, lastLines] = [64 * 1024, 40];
/** Bytes of a line that has no end. */
const longestLine = 2000;

/** Tells output line by line as it comes. What goes beyond is told by its last lines, once it is over: a flood fills no log. */
export function tellOutput(tell: (line: string) => void) {
  let told = 0;
  let rest: Uint8Array = new Uint8Array();
  let over = false;
  const give = (line: Uint8Array) => tell(plain(textOf(line)).replace(/\r$/, ''));

  return {
    add(bytes: Uint8Array): void {
      if (over) return;
      told += bytes.length;
      let from = 0;
      const all = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      for (;;) {
        const end = all.indexOf(10, from);
        if (end < 0) break;
        give(all.subarray(from, Math.min(end, from + longestLine)));
        from = end + 1;
      }
      rest = all.slice(from, from + longestLine);
      if (told <= mostBytes) return;
      over = true;
      tell('[more output than is shown while it runs]');
    },
    end({ head, tail }: ExecResult['output']): void {
      if (!over) {
        if (rest.length > 0) give(rest);
        return;
      }
      const last = tail.length > 0 ? tail : head;
      for (const line of textOf(last.subarray(-16_384)).split('\n').slice(-lastLines))
        tell(plain(line).slice(0, longestLine));
    },
  };
}
