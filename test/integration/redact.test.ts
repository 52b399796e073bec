import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sluice } from '../support/engine.js';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'sluice-redact-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

interface Line {
  id: string | number;
  text: string;
  findings: { entity: string; start: number; end: number; replacement: string; action: string }[];
}

async function lines(texts: string[]): Promise<Line[]> {
  const input = texts.map((text, id) => JSON.stringify({ id, text })).join('\n');
  const ran = await sluice(['redact', '--lines', '--json', '--data-dir', dataDir, '-'], { input });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  return ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

const mail = `anna.berg${'@'}tidewater.example`;
const key = `sk-proj-${'aB3x'.repeat(12)}`;

describe('sluice redact --lines', () => {
  it('ends quietly where nobody reads on', async () => {
    const input = Array.from({ length: 20_000 }, (_, id) => JSON.stringify({ id, text: `line ${id}` })).join('\n');
    const ran = await sluice(['redact', '--lines', '--json', '--data-dir', dataDir, '-'], { input, head: true });
    expect([ran.code, ran.stderr]).toEqual([0, '']);
  });

  it('says where everything stood, and what the policy keeps beside what it replaces', async () => {
    const text = `🙂 Ask ${mail}, see https://docs.tidewater-works.io/guide about {"key":"${key}"} in Berlin.`;
    const [line] = await lines([text]);
    const found = line?.findings.map((each) => [each.entity, each.action, text.slice(each.start, each.end)]);
    expect(found).toEqual([
      ['EMAIL', 'pseudonym', mail],
      ['URL', 'keep', 'https://docs.tidewater-works.io/guide'],
      ['API_KEY', 'pseudonym', key],
      ['LOCATION', 'keep', 'Berlin'],
    ]);
    for (const each of line?.findings ?? []) {
      const stays = each.replacement === text.slice(each.start, each.end);
      expect([each.entity, stays]).toEqual([each.entity, each.action === 'keep']);
      expect(line?.text).toContain(each.replacement);
    }
    // Nothing but the findings differs.
    let rebuilt = '';
    let at = 0;
    for (const { start, end, replacement } of line?.findings ?? []) {
      rebuilt += text.slice(at, start) + replacement;
      at = end;
    }
    expect(rebuilt + text.slice(at)).toBe(line?.text);
  });

  it('obeys the policy of the folder, and what is replaced is not told as kept', async () => {
    writeFileSync(
      join(dataDir, 'policy.json'),
      JSON.stringify({ version: 2, actions: { URL: 'mask', EMAIL: 'keep' } }),
    );
    const [line] = await lines([`${mail} https://docs.tidewater.example/${key}`]);
    expect(line?.text.startsWith(mail)).toBe(true);
    expect(line?.text).not.toContain(key);
    expect(line?.findings.filter(({ action }) => action === 'keep').map(({ entity }) => entity)).toEqual(['EMAIL']);
  });

  it('goes on after a line that is none, and ends with 1', async () => {
    const input = `nonsense\n${JSON.stringify({ id: 'b', text: mail })}\n`;
    const ran = await sluice(['redact', '--lines', '--json', '--data-dir', dataDir, '-'], { input });
    expect(ran.code).toBe(1);
    const [bad, good] = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(bad).toMatchObject({ line: 1, error: { code: 'request_invalid' } });
    expect(good).toMatchObject({ id: 'b', findings: [{ entity: 'EMAIL' }] });
  });
});
