/**
 * Where an error was thrown, as the first line of its stack; without its message, which may quote what was captured, and without
 * the path that leads to the program.
 */
export function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const { stack = '', message } = error;
  // The message may hold lines that look like the stack's.
  const at = stack.indexOf(message);
  if (at < 0) return '';
  const line = stack
    .slice(at + message.length)
    .split('\n')
    .find((text) => /^\s+at /.test(text));
  return (line ?? '').trim().replace(/(file:\/\/)?[^\s(]*[\\/](?=(out|src|node_modules)[\\/])/, '');
}
