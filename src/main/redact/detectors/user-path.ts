import type { AnchoredDetector } from './types.js';

/** Accounts that every machine of a kind has: they name nobody. */
const everybody = new Set(
  'user users username your name me you root admin administrator default public shared all guest ubuntu debian ec2-user vagrant node runner runneradmin app appuser www-data git jenkins circleci travis builder build docker linuxbrew vscode codespace coder sandbox test tester foo bar alice bob xxx home new edit create update delete remove search list current active login logout signup register index count export import bulk invite self profile settings opt usr var etc lib bin desktop documents downloads'.split(
    ' ',
  ),
);
const name = /[A-Za-z0-9_\u00c0-\u024f][A-Za-z0-9._\u00c0-\u024f -]{0,31}/y;

/**
 * The account's name in the path of a home folder: /home/NAME, /Users/NAME, C:\Users\NAME, 0.85; the rest of the path
 * stays. Names that machines come with are left alone.
 */
export const userPathDetector: AnchoredDetector = {
  id: 'user-path',
  entity: 'USER_NAME',
  anchors: ['/home/', '/users/', '\\users\\', '-home-', '-users-'],
  at(text, start, end) {
    const separator = text.charAt(end - 1);
    const before = text.charCodeAt(start - 1);
    // `/app/home/x` and `https://host/users/x` are other folders.
    if (separator !== '\\' && start > 0 && (isWord(before) || before === 46 || before === 125 || before === 0)) {
      if (
        !/(?:^|[^A-Za-z])(?:[A-Za-z]:|file:\/\/|\/mnt\/[a-z]|\/Volumes\/[\w ]{1,32}|\\[nrt])$/.test(
          text.slice(Math.max(0, start - 48), start),
        )
      )
        return null;
    }
    if (separator === '\\' && text.charAt(end) === '\\') end++;
    name.lastIndex = end;
    const match = name.exec(text)?.[0];
    if (match === undefined) return null;
    // A space ends it unless the path goes on behind it; a dash is how flattened paths separate.
    let value = separator === '-' ? (match.split('-', 1)[0] as string) : match;
    const after = text.charAt(end + value.length);
    // `GET /users/new HTTP/1.1`: what a request line goes on with is no path.
    const request = / HTTP$/.test(value) && after === '/';
    if (value.includes(' ') && (after !== separator || request)) value = value.split(' ', 1)[0] as string;
    while (value.endsWith('.') || value.endsWith(' ')) value = value.slice(0, -1);
    if (value.length < 2 || everybody.has(value.toLowerCase())) return null;
    return { start: end, end: end + value.length, confidence: 0.85 };
  },
};

function isWord(code: number): boolean {
  return (code > 47 && code < 58) || ((code | 32) > 96 && (code | 32) < 123) || code === 95;
}
