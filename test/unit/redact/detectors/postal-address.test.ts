import { describe, expect, it } from 'vitest';
import { found } from './support.js';

describe('postal addresses', () => {
  it.each([
    [
      'Send it to 6750 Elm Street Apt. 12, Springfield, IL 62704 please.',
      ['6750 Elm Street Apt. 12, Springfield, IL 62704'],
    ],
    ['We meet at 221B Baker St. at noon.', ['221B Baker St']],
    ['Er wohnt in der Lindenstraße 14, bitte klingeln.', ['Lindenstraße 14']],
    ['She lives at Hersnapvej 18', ['Hersnapvej 18']],
    ['Our office: Rua do Arenque 1634', ['Rua do Arenque 1634']],
    ['Write to P.O. Box 149.', ['P.O. Box 149']],
    ['Please return to PSC 0413, Box 8144\nAPO AA 42323 in case of an issue.', ['PSC 0413, Box 8144\nAPO AA 42323']],
    ['My zip code is 35350', ['35350']],
    ['Postcode: SW1A 2AA', ['SW1A 2AA']],
  ])('%s', (text, addresses) => expect(found(text, 'ADDRESS')).toEqual(addresses));

  it('takes a letterhead line by line', () => {
    const text = 'Jane Roe\n\n20789 Allika 46\n Suite 501\n Riisa\n\n Estonia 62488\n';
    expect(found(text, 'ADDRESS')).toEqual(['20789 Allika 46\n Suite 501', '62488']);
    expect(found(text, 'LOCATION')).toEqual(['Riisa', 'Estonia']);
  });

  it.each([
    ['steps', '1. Open the Drive\n2. Click Place\n3. Drive Court'],
    ['pages', 'See the corner of the screen and the button; line 12 of Section 4, 3 Ways to do it'],
    ['places in a text', 'It is at Line 12 of Page 4, is on Level 3, stop at Stage 2, meet me at 5 PM Eastern'],
    ['versions', 'The data lives in Postgres 16, the plan is on Phase 2 and the host is on Windows 11'],
    ['code', 'const lane = road[12]; street.push(14); // drive 5'],
    ['addresses of memory', 'address: 0x7fff5fbff8c0, address is 4096'],
    ['numbers', 'In 2024 Street had 12 Rows and 5 Terraces.'],
    ['ZIP files', 'zip 4 files, then unzip 12345678 of them'],
  ])('none in %s', (_name, text) => expect(found(text, 'ADDRESS')).toEqual([]));
});
