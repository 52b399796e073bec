// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b(?:\[[0-9;:?]{0,40}[ -/]{0,4}[@-~]|\][^\u0007\u001b]{0,400}(?:\u0007|\u001b\\)|[@-Z\\^_])/g;

/**
 * The text of bytes that a program wrote, nothing of them lost: UTF-8, UTF-16 where its mark stands before them, and each byte that
 * is no UTF-8 as the character of its number. One such byte costs no report.
 */
export function textOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return linesOf(bytes);
  }
}

/** Line by line, so that one wrong byte changes nothing in the other lines. */
function linesOf(bytes: Uint8Array): string {
  const strict = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    const line = bytes.subarray(from, end < 0 ? bytes.length : end + 1);
    try {
      parts.push(strict.decode(line));
    } catch {
      parts.push(Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1'));
    }
    from += line.length;
  }
  return parts.join('');
}

/** Without colours and cursor movements. */
export function plain(text: string): string {
  return text.replace(escapes, '').replaceAll('\r\n', '\n');
}

/** The first lines of what a test says of itself. */
export function shortMessage(text: string): string | undefined {
  const short = plain(text.slice(0, 4000)).trim().slice(0, 1000);
  return short === '' ? undefined : short;
}

/** Seconds as reports write them: `0.01`, `1,204.5`. */
export function secondsOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const seconds = Number(text.replaceAll(',', ''));
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
