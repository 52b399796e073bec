import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isInsideOpaque } from '../../../../src/main/redact/scan/opaque.js';

/** Bytes by chance, the same in every run. */
function bytes(seed: string, length: number): Buffer {
  const blocks: Buffer[] = [];
  for (let block = 0; block * 32 < length; block++)
    blocks.push(createHash('sha256').update(`${seed}/${block}`).digest());
  return Buffer.concat(blocks).subarray(0, length);
}

const spanOf = (text: string, part: string): [string, number, number] => {
  const start = text.indexOf(part);
  return [text, start, start + part.length];
};

describe('what looks like a key inside an unbroken run of base64', () => {
  const key = `ghp_${bytes('key', 27).toString('base64').replaceAll(/[+/]/g, 'x')}`;

  it.each([48, 96, 400, 6000])('is a part of a signature of %i bytes', (length) => {
    const signature = bytes(`signature ${length}`, length).toString('base64url');
    const middle = Math.floor(signature.length / 2);
    const text = `{"signature":"${signature.slice(0, middle)}${key}${signature.slice(middle)}"}`;
    expect(isInsideOpaque(...spanOf(text, key))).toBe(true);
  });

  it('is a part of an image, also where that is mostly zeros', () => {
    const found = 'EAAC2z2Rlc2MAAAAAAAAAPG1hZGUgdXA';
    const image = `/9j/4AAQSkZJRgABAQEAAA${'A'.repeat(300)}+${found}${'A'.repeat(300)}`;
    expect(isInsideOpaque(...spanOf(`data:image/jpeg;base64,${image}`, found))).toBe(true);
  });

  it('is a part of an image whose beginning lies far before it', () => {
    const found = `EAAC${bytes('far', 90).toString('base64').replaceAll(/[+/]/g, 'x')}`;
    const zeros = 'A'.repeat(1000);
    for (const image of [
      `/9j/4AAQSkZJRgABAQEAAA${zeros}+${found}/${zeros}`,
      `iVBORw0KGgo${'abcdefgh'.repeat(200)}+${found}/x`,
      `${zeros}+${found}/${zeros}`,
    ])
      expect(isInsideOpaque(...spanOf(`"data":"${image}"`, found))).toBe(true);
  });

  it.each([
    ['alone', key],
    ['behind an equals sign', `TOKEN=${key}`],
    ['between words', `use ${key} for it`],
    ['behind a word', `my-deploy-token-${key}`],
    ['in a path', `/home/ada/Projects/release/Tokens2031/${key.slice(4)}/secrets.txt`],
    ['in an address', `https://host.example.test/v1/artifacts/releases/${key}/download/package`],
    ['behind a long name', `prod-eu-west-1-customer-analytics-service-${key}`],
  ])('is a key %s', (_, text) => {
    const part = text.includes(key) ? key : key.slice(4);
    expect(isInsideOpaque(...spanOf(text, part))).toBe(false);
  });

  it('is a part of what chance made, nearly always', () => {
    let parts = 0;
    for (let run = 0; run < 200; run++) {
      const text = bytes(`chance ${run}`, 300).toString(run % 2 === 0 ? 'base64' : 'base64url');
      if (isInsideOpaque(text, 180, 200)) parts++;
    }
    expect(parts).toBeGreaterThan(190);
  });
});
