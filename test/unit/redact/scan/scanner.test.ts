import { describe, expect, it } from 'vitest';
import { characters, redactor } from '../support.js';

const redact = redactor();
const shown = (text: string) => redact.text(text).text.replace(/<([A-Z_]+)_[0-9a-f]{8}>/g, '<$1>');
const green = '\u001b[32m';
const off = '\u001b[0m';
const key = `sk-${'ant'}-api03-${characters('base64url', 93)}AA`;

describe('terminal colours', () => {
  it('hide nothing that stands right behind them', () => {
    expect(shown(`${green}${key}${off}`)).toBe(`${green}<API_KEY>${off}`);
    expect(shown(`\u001b[1;38;5;12m4111111111111111${off}`)).toBe(`\u001b[1;38;5;12m<CREDIT_CARD>${off}`);
    expect(shown(JSON.stringify({ output: `${green}${key}${off}` }))).not.toContain(key);
    expect(shown(`log: "\\u001b[32m${key}\\u001b[0m"`)).not.toContain(key);
  });

  it('stay where they are, and twice changes nothing', () => {
    const once = redact.text(`${green}ok${off} ${green}${key}${off}`).text;
    expect(once.startsWith(`${green}ok${off} `)).toBe(true);
    expect(redact.text(once).text).toBe(once);
  });
});

describe('keys glued to what stands before them', () => {
  it('are found where their beginning is no beginning of a word', () => {
    for (const before of ['x', '1', 'tool_', 'f']) expect(shown(`${before}${key}`)).toBe(`${before}<API_KEY>`);
    expect(shown('task-list-item-number-0123456789')).toBe('task-list-item-number-0123456789');
  });
});
