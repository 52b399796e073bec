import { describe, expect, it } from 'vitest';
import {
  defaultPolicy,
  loadPolicy,
  parsePolicyFile,
  policyChanges,
  policyDefaults,
  resolvePolicy,
  sparsePolicyFile,
} from '../../../../src/main/redact/index.js';
import { actionFor, actions, entities, entityGroups, entityList, isStricter } from '../../../../src/shared/policy.js';
import { policyPresets, presetIds } from '../../../../src/shared/policy-presets.js';
import { exchange, redactor, secrets } from '../support.js';

const invalid = (field: string) => expect.objectContaining({ code: 'policy_invalid', details: { field } });

describe('the policy file', () => {
  it('of version 1 is migrated, and one that names no version is of the present one', () => {
    const old = { version: 1, actions: { EMAIL: 'mask' }, deny: ['Project Bluebird'], keys: ['*launchcode'] };
    expect(parsePolicyFile(old)).toEqual({ ...old, version: 2 });
    expect(parsePolicyFile({ preset: 'gdpr' })).toEqual({ version: 2, preset: 'gdpr' });
    expect(old.version).toBe(1);
  });

  it.each([
    [{ version: 3 }, 'version'],
    [{ version: 'two' }, 'version'],
    [{ retention: 3 }, 'retention'],
    [{ preset: 'pci' }, 'preset'],
    [{ actions: { EMAIL: 'burn' } }, 'actions.EMAIL'],
    [{ actions: { MAIL: 'mask' } }, 'actions.MAIL'],
    [{ allow: ['ab'] }, 'allow.0'],
    [{ allow_pseudonyms: ['<EMAIL_MASKED>'] }, 'allow_pseudonyms.0'],
    [{ allow_pseudonyms: ['<NOBODY_7f3a9c21>'] }, 'allow_pseudonyms.0'],
    [{ keys: ['Api-Key'] }, 'keys.0'],
    [{ personal: { EMAIL: ['mail'] } }, 'personal.EMAIL'],
    [{ consent: { required: 'yes' } }, 'consent.required'],
    [{ consent: { needed: true } }, 'consent.needed'],
    [[], 'the file'],
    [null, 'the file'],
  ])('%j is refused, and the field is named', (file, field) => {
    expect(() => parsePolicyFile(file)).toThrow(invalid(field));
  });

  it('says only what differs from preset and defaults, so that later defaults hold', () => {
    const whole = { ...policyDefaults('gdpr'), actions: { EMAIL: 'mask' as const } };
    expect(sparsePolicyFile(whole)).toEqual({ version: 2, preset: 'gdpr', actions: { EMAIL: 'mask' } });
    expect(sparsePolicyFile({ ...defaultPolicy })).toEqual({ version: 2 });
    const own = sparsePolicyFile({ version: 2, not_keys: [], keys: [...defaultPolicy.keys, 'launchcode'] });
    expect(own).toEqual({ version: 2, not_keys: [], keys: [...defaultPolicy.keys, 'launchcode'] });
    for (const file of [whole, own, { version: 2 as const, personal: { PERSON: ['nick'] } }]) {
      expect(resolvePolicy(sparsePolicyFile(file))).toEqual(resolvePolicy(file));
    }
  });
});

describe('presets', () => {
  it.each(presetIds)('%s is set over the defaults, and the user’s own choices win', (preset) => {
    const chosen = policyPresets.find(({ id }) => id === preset);
    const policy = loadPolicy({ preset, actions: { EMAIL: 'keep' } });
    expect(actionFor(policy, 'EMAIL')).toBe('keep');
    for (const [entity, action] of Object.entries(chosen?.actions ?? {})) {
      if (entity !== 'EMAIL') expect(policy.actions[entity as 'EMAIL']).toBe(action);
    }
    expect(policy.consent.required).toBe(chosen?.consent_required);
    expect(loadPolicy({ preset, consent: { required: !chosen?.consent_required } }).consent.required).toBe(
      !chosen?.consent_required,
    );
    const names = loadPolicy({ preset, personal: { PERSON: ['nick'] } }).personal;
    expect(names.PERSON).toEqual(['nick']);
    expect(names.ID_NUMBER).toEqual([...(chosen?.personal.ID_NUMBER ?? [])]);
  });

  it('are never laxer than the defaults', () => {
    for (const preset of presetIds) {
      const policy = policyDefaults(preset);
      for (const entity of entities) {
        expect(isStricter(actionFor(policy, entity), actionFor(defaultPolicy, entity)), `${preset} ${entity}`).toBe(
          false,
        );
      }
    }
  });

  it('hipaa names all eighteen identifiers, and masks what it says is found', () => {
    const { covers, limits } = policyPresets.find(({ id }) => id === 'hipaa') as (typeof policyPresets)[2];
    expect(covers.map(({ identifier }) => identifier[1])).toEqual([...'ABCDEFGHIJKLMNOPQR']);
    const policy = policyDefaults('hipaa');
    for (const { identifier, entities: found, note } of covers) {
      // Where nothing finds it, the text says so.
      if (found.length === 0) expect(note, identifier).toMatch(/^Not found/);
      for (const entity of found) if (entity !== 'CUSTOM') expect(actionFor(policy, entity), identifier).toBe('mask');
    }
    expect(limits.join(' ')).toMatch(/actual knowledge.*no legal advice/);
    const redact = redactor({ policy });
    const record = {
      admission_date: '2024-05-17',
      discharge_date: '05/19/2024',
      account_number: 'ACC-4471-90',
      vin: '1HGCM82633A004352',
      device_serial_number: 'SN-88120-X',
      homepage: 'https://jane.example.com/about',
      email: secrets.email,
      model: 'gpt-5',
      created_at: '2024-05-17',
    };
    const out = JSON.parse(redact.text(JSON.stringify(record)).text) as Record<string, string>;
    expect(out).toEqual({
      admission_date: expect.stringMatching(/^<DATE(_TIME)?_MASKED>$/),
      discharge_date: expect.stringMatching(/^<DATE(_TIME)?_MASKED>$/),
      account_number: '<ID_NUMBER_MASKED>',
      vin: '<ID_NUMBER_MASKED>',
      device_serial_number: '<ID_NUMBER_MASKED>',
      homepage: expect.stringMatching(/<URL_MASKED>/),
      email: '<EMAIL_MASKED>',
      model: 'gpt-5',
      created_at: '<DATE_TIME_MASKED>',
    });
    const { request } = redact.exchange(exchange({ requestHeaders: [['x-account-number', '4471-9012']] }));
    expect(request.headers[0]?.[1]).toBe('<ID_NUMBER_MASKED>');
  });
});

describe('what a change means', () => {
  const change = (before: object, after: object) => policyChanges(loadPolicy(before), loadPolicy(after));

  it.each([
    [{}, {}, [], false],
    [{}, { actions: { EMAIL: 'mask' } }, ['actions.EMAIL'], true],
    [{ actions: { EMAIL: 'mask' } }, {}, ['actions.EMAIL'], false],
    [{}, { actions: { EMAIL: 'pseudonym' } }, [], false],
    [{}, { actions: { URL: 'surrogate' } }, ['actions.URL'], true],
    [{}, { allow: [] }, ['allow'], true],
    [{ allow: [] }, { allow: ['abc'] }, ['allow'], false],
    [{}, { allow_pseudonyms: ['<EMAIL_7f3a9c21>'] }, ['allow_pseudonyms'], false],
    [{ allow_pseudonyms: ['<EMAIL_7f3a9c21>'] }, {}, ['allow_pseudonyms'], true],
    [{}, { deny: ['abc'] }, ['deny'], true],
    [{}, { keys: [] }, ['keys'], false],
    [{ keys: [] }, {}, ['keys'], true],
    [{}, { not_keys: [] }, ['not_keys'], true],
    [{ headers: [] }, { headers: ['xlaunch'] }, ['headers'], true],
    [{}, { not_headers: [] }, ['not_headers'], true],
    [{ personal: {} }, { personal: { PERSON: ['nick'] } }, ['personal.PERSON'], true],
    [{}, { consent: { required: true } }, ['consent.required'], false],
  ])('%j to %j', (before, after, changed, stricter) => {
    expect(change(before, after)).toEqual({ changed, stricter });
  });

  it('names fields and entities, never values', () => {
    const changes = change({}, { deny: ['Project Bluebird'], allow: ['jane@example.com'], keys: ['launchcode'] });
    expect(JSON.stringify(changes)).not.toMatch(/bluebird|jane|launch/i);
  });
});

describe('the words of the policy', () => {
  it('are whole: every entity once, in a group, with an example; actions from lax to strict', () => {
    expect(new Set(entities).size).toBe(entities.length);
    const groups: string[] = entityGroups.map(({ id }) => id);
    for (const { entity, group, title, description, example, surrogate } of entityList) {
      expect(groups, entity).toContain(group);
      for (const text of [title, description, example, surrogate ?? 'none']) {
        expect(text.length, entity).toBeGreaterThan(2);
      }
    }
    expect(actions).toEqual(['keep', 'surrogate', 'pseudonym', 'mask', 'drop']);
    expect(isStricter('keep', 'surrogate')).toBe(true);
    expect(isStricter('drop', 'mask')).toBe(false);
  });
});
