import type { ExecResult } from '../../ground/sandbox.js';
import { plain, textOf } from './frameworks/reading/text.js';

/** Characters that a person is shown, half of either end. */
const shown = 4000;
/** Bytes of either end that the gate looks at. */
const looked = 64 * 1024;

/**
 * The ends of an output, redacted. It is cut behind the gate, and before it only between lines, far from what is shown: half a
 * secret is none that the gate would know.
 */
export function excerptOf(
  { head, tail, dropped_bytes }: ExecResult['output'],
  clean: (text: string) => string,
): string {
  const kept = head.length + tail.length;
  if (dropped_bytes === 0 && kept <= 2 * looked) {
    const all = clean(plain(textOf(Buffer.concat([head, tail]))));
    return all.length <= shown ? all : joined(all, 'cut', all);
  }
  const whole = dropped_bytes === 0 ? Buffer.concat([head, tail]) : null;
  const first = wholeLines((whole ?? head).subarray(0, looked), 'first');
  const last = wholeLines((whole ?? tail).subarray(-looked), 'last');
  const gap = dropped_bytes === 0 ? 'cut' : `${dropped_bytes} bytes were not kept`;
  return joined(clean(plain(textOf(first))), gap, clean(plain(textOf(last))));
}

function joined(first: string, gap: string, last: string): string {
  return `${first.slice(0, shown / 2)}\n[… ${gap} …]\n${last.slice(-shown / 2)}`;
}

/** Without the line that an end of these bytes cuts. */
function wholeLines(bytes: Uint8Array, end: 'first' | 'last'): Uint8Array {
  return end === 'first' ? bytes.subarray(0, bytes.lastIndexOf(10) + 1) : bytes.subarray(lineAfter(bytes));
}

function lineAfter(bytes: Uint8Array): number {
  const at = bytes.indexOf(10);
  return at < 0 ? bytes.length : at + 1;
}
