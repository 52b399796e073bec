import { existsSync, readFileSync } from 'node:fs';
import { SluiceError } from '../../../shared/errors.js';
import { type ConsentPatch, consentPatchSchema } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';

/** The consent of `--consent`: JSON, or a file that holds it. Throws usage, naming the field. */
export function readConsent(flag: string | undefined): ConsentPatch {
  if (flag === undefined) return {};
  const isJson = flag.trimStart().startsWith('{');
  if (!isJson && !existsSync(flag)) throw new SluiceError('usage', `--consent: there is no file ${flag}.`);
  const value = parseJson(isJson ? flag : readFileSync(flag, 'utf8'));
  if (value === undefined) throw new SluiceError('usage', '--consent is no JSON.');
  const parsed = consentPatchSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new SluiceError('usage', `--consent: ${issue?.path.join('.') || 'the consent'}: ${issue?.message}`);
}
