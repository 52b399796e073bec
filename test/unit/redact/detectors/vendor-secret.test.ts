import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('what vendors’ names say', () => {
  const hex = characters('hex', 40);
  const lower = characters('hex', 32);
  it.each([
    [`MERAKI_DASHBOARD=${hex}`, 'MERAKI_DASHBOARD=<SECRET>'],
    [`{"algolia_admin":"${lower}"}`, '{"algolia_admin":"<SECRET>"}'],
    [`algolia_admin: "${lower}"`, 'algolia_admin: "<SECRET>"'],
    [`./deploy --algolia-admin ${lower} -f`, './deploy --algolia-admin <SECRET> -f'],
  ])('%s', (text, expected) => expect(shown(text)).toBe(expected));

  it.each([
    `SENTRY_RELEASE_HASH=${characters('hex', 64)}`,
    `cloudflare commit ${hex.slice(0, 39)}`,
    `algolia: ${lower.slice(0, 31)}`,
    'heroku create my-app',
  ])('leaves alone: %s', (text) => expect(shown(text)).toBe(text));
});
