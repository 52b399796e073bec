import type { Principal } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import { type Entity, isSecret } from '../../../shared/policy.js';
import type { RedactionPolicy } from '../../../shared/policy-file.js';
import { allows } from '../../api/index.js';

/**
 * Who may have the value behind a pseudonym kept from now on. Switching the redaction of a secret off takes `admin`;
 * so does personal data that the policy or its preset names an action for. The rest is a reviewer's to judge.
 * Throws `forbidden`.
 */
export function mayAllow(pseudonym: string, policy: Pick<RedactionPolicy, 'actions'>, principal: Principal): void {
  if (allows(principal, 'admin')) return;
  const entity = pseudonym.slice(1, pseudonym.lastIndexOf('_')) as Entity;
  const reason = isSecret(entity)
    ? 'A secret is kept only by a token with the scope admin.'
    : policy.actions[entity] === undefined
      ? null
      : `The policy says what is done with ${entity}: keeping such a value takes the scope admin.`;
  if (reason !== null) {
    throw new SluiceError('forbidden', reason, { scope: 'admin', scopes: [...principal.scopes] });
  }
}
