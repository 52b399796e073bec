import { describe, expect, it } from 'vitest';
import { redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('user names in paths', () => {
  it.each([
    ['cd /home/ines.weber/src/app', 'cd /home/<USER_NAME>/src/app'],
    ['/Users/jdoe/Library', '/Users/<USER_NAME>/Library'],
    ['C:\\Users\\Jane Doe\\file.txt', 'C:\\Users\\<USER_NAME>\\file.txt'],
    ['"C:\\\\Users\\\\jdoe\\\\x"', '"C:\\\\Users\\\\<USER_NAME>\\\\x"'],
    ['file:///home/jdoe/x.md', 'file:///home/<USER_NAME>/x.md'],
    ['~/.claude/projects/-home-jdoe-src', '~/.claude/projects/-home-<USER_NAME>-src'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    '/home/user/app /home/runner/work /Users/Shared/x /home/ubuntu',
    'GET https://api.example.com/users/42/posts and src/home/index.tsx',
    'home/components and /usr/home',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));

  it('has one pseudonym for one name, wherever the path goes', () => {
    const [first, second] = ['/home/jdoe/a', '/Users/jdoe/b'].map(
      (path) => /<[^>]+>/.exec(redact.text(path).text)?.[0],
    );
    expect(first).toBe(second);
  });
});
