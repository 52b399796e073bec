import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { installWildcard, isHeavy } from '../../../../src/main/store/find/wildcard.js';

const db = new Database(':memory:');
installWildcard(db);
const wild = db.prepare('SELECT wildcard(?, ?)').pluck();
const like = db.prepare("SELECT ? LIKE ? ESCAPE '\\'").pluck();

it('finds what LIKE finds', () => {
  const values = ['', 'a', 'ab', 'aab', 'abab', 'AbaBab', 'a%b', 'a_b', 'https://api.example/v1/aab'];
  const patterns = ['', '%', '%%', 'a%', '%b', 'a%b', '%ab%', '%ab%ab%', 'ab%ab', '%aab', 'a\\%b', 'a\\_b', '%a%b%a%'];
  for (const value of values) {
    for (const pattern of patterns) {
      expect([value, pattern, wild.get(value, pattern)]).toEqual([value, pattern, like.get(value, pattern)]);
    }
  }
  expect(wild.get(null, '%')).toBeNull();
});

it('takes what LIKE would take long for', () => {
  const pattern = `%${'a'.repeat(1500)}%b%`;
  expect(isHeavy(pattern)).toBe(true);
  expect(isHeavy('%github.com%')).toBe(false);
  expect(wild.get('a'.repeat(1_000_000), pattern)).toBe(0);
  expect(wild.get(`${'a'.repeat(2000)}b`, pattern)).toBe(1);
});
