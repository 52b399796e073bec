import { describe, expect, it } from 'vitest';
import { changedFields, fromDraft, toDraft, validate } from '../../../src/renderer/src/features/settings/draft.js';
import { settingsSchema } from '../../../src/shared/settings.js';

const settings = settingsSchema.parse({ upstreams: { local: 'http://127.0.0.1:8000' } });

describe('settings draft', () => {
  it('is the settings again when nothing was changed', () => {
    const draft = toDraft(settings);
    expect({ version: 1, ...fromDraft(draft) }).toEqual(settings);
    expect(changedFields(draft, settings)).toEqual([]);
    expect(validate(draft)).toEqual({});
  });

  it('names exactly the fields that differ', () => {
    const draft = { ...toDraft(settings), drain_grace_ms: 5, tunnel: ['a.example'] };
    expect(changedFields(draft, settings).sort()).toEqual(['drain_grace_ms', 'tunnel']);
  });

  it('tells what is wrong at its field', () => {
    const draft = {
      ...toDraft(settings),
      proxy_port: Number.NaN,
      tunnel: ['ok.example', 'not/ok'],
      upstream_proxy: 'ftp://x',
    };
    const errors = validate(draft);
    expect(errors['proxy_port']).toContain('0 to 65535');
    expect(errors['tunnel']).toContain('not/ok');
    expect(errors['upstream_proxy']).toContain('http://');
    expect(errors['host']).toBeUndefined();
  });

  it('does not lose an upstream that is named twice without a word', () => {
    const draft = toDraft(settings);
    draft.upstreams.push({ id: 1, name: 'local', url: 'http://other' });
    expect(validate(draft)['upstreams']).toBe('local is named twice');
  });

  it('leaves out rows that are still empty', () => {
    const draft = toDraft(settings);
    draft.upstreams.push({ id: 1, name: '', url: '' });
    expect(changedFields(draft, settings)).toEqual([]);
  });
});
