import type { Consent, ConsentBasis, NewConsent, ProviderTerms } from '../../../../shared/model/index.js';
import { allowedBy, newConsentSchema } from '../../../../shared/model/index.js';

export const basisTitles: Record<ConsentBasis, string> = {
  consent: 'Consent',
  contract: 'Contract',
  legitimate_interest: 'Legitimate interest',
  legal_obligation: 'Legal obligation',
  public_task: 'Public task',
  own_data: 'My own data',
  public: 'Public before',
  unknown: 'Unknown',
};

export const termsTitles: Record<ProviderTerms, string> = {
  allowed: 'Allow training',
  restricted: 'Forbid training',
  unknown: 'Unknown',
};

/** What a form begins with. */
export const unstatedConsent: NewConsent = newConsentSchema.parse({});

/** A stored consent as a form has it. */
export function toForm(consent: Consent | null): NewConsent {
  if (consent === null) return unstatedConsent;
  const { version: _, source: __, recorded_by: ___, recorded_at: ____, ...rest } = consent;
  return { ...rest, keep_subject: rest.subject !== null && !isPseudonym(rest.subject) };
}

/** The consent in a few words. */
export function inShort(consent: Consent | null): string {
  if (consent === null) return 'none';
  const uses = allowedBy(consent);
  const parts = [uses.length === 0 ? 'for nothing' : uses.join(', '), consent.licence].filter((part) => part !== null);
  return parts.join(' · ');
}

/** Who recorded it, for people. */
export function recordedBy(by: string): string {
  if (by.startsWith('api ')) return `token ${by.slice(-8)}`;
  return (
    { settings: 'the settings’ default', run: 'sluice run', import: 'an imported file', studio: 'the studio' }[by] ?? by
  );
}

function isPseudonym(text: string): boolean {
  return /^<[A-Z_]+_(?:[0-9a-f]{8}|MASKED)>$/.test(text);
}
