import { describe, expect, it } from 'vitest';
import { loadPolicy } from '../../../../src/main/redact/index.js';
import { characters, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string, by = redact) => by.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');

describe('web addresses', () => {
  const all = redactor({ policy: loadPolicy({ actions: { URL: 'pseudonym' } }) });

  it('stay unless the policy says otherwise', () => {
    const text = 'see https://www.Smellology.be/ and www.wvlyxc.com/x?y=1.';
    expect(redact.text(text)).toEqual({ text, findings: [] });
    expect(shown(text, all)).toBe('see <URL> and <URL>.');
    expect(shown('(http://stellar.es/a_(b))', all)).toBe('(<URL>)');
    expect(shown('http://localhost:3000/x and https://example.com', all)).toBe(
      'http://localhost:3000/x and https://example.com',
    );
  });

  it('yield to what is more exact in them', () => {
    const key = `sk-${characters('base62', 48)}`;
    expect(shown(`https://host.dev/a?k=${key}`, all)).toContain('<API_KEY>');
  });
});
