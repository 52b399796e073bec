import { describe, expect, it } from 'vitest';
import { detectors } from '../../../../src/main/redact/detectors/index.js';
import type { Detector } from '../../../../src/main/redact/detectors/types.js';
import { defaultPolicy, loadPolicy } from '../../../../src/main/redact/index.js';
import { SluiceError } from '../../../../src/shared/errors.js';
import { exchange, key, redactor, secrets } from '../support.js';

const mail = secrets.email as string;

describe('policy', () => {
  it('fills in defaults and names the field that is wrong', () => {
    expect(loadPolicy({})).toEqual(defaultPolicy);
    expect(loadPolicy(JSON.parse(JSON.stringify(defaultPolicy)))).toEqual(defaultPolicy);
    for (const [json, field] of [
      [{ actions: { EMAIL: 'burn' } }, 'actions.EMAIL'],
      [{ version: 3 }, 'version'],
      [{ keys: ['A B'] }, 'keys.0'],
      [[], 'the file'],
    ] as const) {
      try {
        loadPolicy(json);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(SluiceError);
        expect(error).toMatchObject({ code: 'policy_invalid', details: { field } });
      }
    }
  });

  it('masks, keeps or replaces by entity, and is idempotent in each', () => {
    const masking = redactor({ policy: loadPolicy({ actions: { EMAIL: 'mask', SSN: 'keep' } }) });
    const { text, findings } = masking.text(`${mail} ${secrets.ssn}`);
    expect(text).toBe(`<EMAIL_MASKED> ${secrets.ssn}`);
    expect(findings).toMatchObject([{ action: 'mask', replacement: '<EMAIL_MASKED>' }]);
    expect(masking.text(text).text).toBe(text);
  });

  it('honours the allow list and the deny list', () => {
    const policy = loadPolicy({ allow: [mail], deny: ['Project Bluebird', 'größer als'] });
    const { text } = redactor({ policy }).text(`${mail}: Project Bluebird ist größer als x, Project%20Bluebird`);
    expect(text).toMatch(/^jane\S+: <CUSTOM_(\w{8})> ist <CUSTOM_\w{8}> x, <CUSTOM_\1>$/);
  });

  it('finds known values first, in any encoding', () => {
    const value = 'plain words / as a secret';
    const redact = redactor({ secrets: [value, 'short'] });
    const { text, findings } = redact.text(
      JSON.stringify({ a: `x ${value}`, b: encodeURIComponent(value), c: 'short' }),
    );
    expect(text).toMatch(/^\{"a":"x <SECRET_(\w{8})>","b":"<SECRET_\1>","c":"short"\}$/);
    expect(findings.map(({ detector }) => detector)).toEqual(['known-value', 'known-value']);
  });

  it('judges keys and headers by the policy', () => {
    const policy = loadPolicy({ keys: ['*launchcode'], headers: ['xlaunch'], not_keys: [] });
    const redact = redactor({ policy });
    expect(redact.text('{"launchCode":"tango77","password":"hunter2x"}').text).toMatch(
      /^\{"launchCode":"<SECRET_\w+>","password":"hunter2x"\}$/,
    );
    const { request } = redact.exchange(exchange({ requestHeaders: [['X-Launch', 'now']] }));
    expect(request.headers[0]?.[1]).toMatch(/^<SECRET_\w{8}>$/);
  });
});

describe('pseudonyms', () => {
  it('are the same for the same value under one key, whatever its spelling, and differ under another', () => {
    const one = redactor();
    const other = redactor({ key: new Uint8Array(32).fill(9) });
    const upper = mail.toUpperCase();
    expect(one.text(upper).text).toBe(one.text(mail).text);
    expect(one.text('(415) 555-2671').text).toBe(one.text('+1 415 555 2671').text);
    expect(one.text('4111111111111111').text).toBe(one.text('4111-1111-1111-1111').text);
    expect(other.text(mail).text).not.toBe(one.text(mail).text);
    expect(() => redactor({ key: new Uint8Array(4) })).toThrow(RangeError);
    expect(key).toHaveLength(32);
  });
});

describe('detectors', () => {
  it('with one id twice are rejected', () => {
    expect(() => redactor({ detectors: [...detectors, detectors[0] as Detector] })).toThrow(/two detectors/);
  });

  it('that throw are counted, and what they saw is masked whole', () => {
    const broken: Detector = {
      id: 'broken',
      entity: 'EMAIL',
      anchors: ['boom'],
      at: () => {
        throw new Error('no');
      },
    };
    const redact = redactor({ detectors: [...detectors, broken] });
    const { text } = redact.text('{"a":"fine","b":"tick boom tock"}');
    expect(text).toMatch(/^\{"a":"fine","b":"<SECRET_\w{8}>"\}$/);
    expect(redact.warnings()).toEqual({ broken: 1 });
    expect(redact.text(text).text).toBe(text);
  });

  it('settle conflicts by confidence, then length, not by order', () => {
    const make = (id: string, entity: 'EMAIL' | 'PHONE', confidence: number, length: number): Detector => ({
      id,
      entity,
      anchors: ['zz'],
      at: (_text, start) => ({ start, end: start + length, confidence }),
    });
    const sure = make('sure', 'EMAIL', 0.9, 4);
    const loose = make('loose', 'PHONE', 0.5, 8);
    const short = make('short', 'PHONE', 0.9, 3);
    for (const list of [
      [sure, loose, short],
      [short, loose, sure],
    ]) {
      expect(redactor({ detectors: list }).text('zz345678').text).toMatch(/^<EMAIL_\w{8}>5678$/);
    }
  });
});
