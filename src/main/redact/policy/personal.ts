import { isBasic } from '../detectors/bearer.js';
import { isStandIn } from '../detectors/stand-ins.js';
import { isVendorSecret } from '../detectors/vendor-secret.js';
import type { Whole } from '../scan/scanner.js';
import type { NameJudge } from './names.js';
import type { PersonalEntity } from './policy.js';
import { secretSpans } from './sensitive.js';

/** Longer values are texts about something rather than the thing itself. */
const longest = 160;
const date = /^\D{0,12}\d{1,4}[-/. ](?:\d{1,2}|\p{L}{3,12})[-/., ]{1,2}\d{1,4}(?:T[\d:.+Z-]{0,24})?$/u;
const schemaWord =
  /^(?:string|number|integer|text|varchar|date|first|last|full|name|address|street|n\/a|unknown|test|none)$/i;

/**
 * The value that is a person's because of the key, column, parameter or header it stands under. Empty where it cannot
 * be what the name promises (`"dob": "string"`, `"passport": "required"`).
 */
function personalSpans(name: string, value: string, names: NameJudge, detector: string): Whole[] {
  if (value.length < 2 || value.length > longest) return [];
  const entity = names.personal(name);
  if (entity === null) return [];
  const trimmed = value.trim();
  if (isStandIn(trimmed) || schemaWord.test(trimmed) || !fits(entity, trimmed)) return [];
  const start = value.indexOf(trimmed);
  return [{ start, end: start + trimmed.length, entity, confidence: confidences[entity] ?? 0.9, detector }];
}

/**
 * What the name of a key, column, parameter or header says of its value: a secret, something of a person's, or the
 * secret of a vendor whose keys have no form of their own. `certain` as secretSpans has it.
 */
export function sensitiveSpans(
  name: string,
  value: string,
  names: NameJudge,
  detector: string,
  certain = false,
): Whole[] {
  const entity = names.key(name);
  if (entity !== null) return isNone(name, value) ? [] : secretSpans(entity, value, detector, certain);
  return personalOrVendorSpans(name, value, names, detector);
}

/** `pass` counts tests and says what is right, `pwd` is a folder. */
function isNone(name: string, value: string): boolean {
  if (/^pass$/i.test(name)) return /\s/.test(value) || /^[\d.%/]{1,8}$/.test(value) || /::|^\.{0,2}\//.test(value);
  return /^(?:old_?)?pwd$/i.test(name) && /^(?:[~.]{0,2}\/|[A-Za-z]:\\|\$)/.test(value);
}

/** The same for a name that is known to name no secret. */
export function personalOrVendorSpans(name: string, value: string, names: NameJudge, detector: string): Whole[] {
  // Registries' logins (`.docker/config.json`): base64 of `user:password`.
  if (/^_?auth$/i.test(name) && isBasic(value))
    return [{ start: 0, end: value.length, entity: 'TOKEN', confidence: 0.9, detector }];
  if (isVendorSecret(name, value))
    return [{ start: 0, end: value.length, entity: 'SECRET', confidence: 0.85, detector: 'vendor-name' }];
  return personalSpans(name, value, names, detector);
}

/** Numbers whose own detectors know better yield to those. */
const confidences: Partial<Record<PersonalEntity, number>> = {
  PERSON: 0.75,
  ADDRESS: 0.75,
  PHONE: 0.75,
  NATIONAL_ID: 0.8,
};

function fits(entity: PersonalEntity, value: string): boolean {
  const digits = value.replace(/\D/g, '').length;
  switch (entity) {
    case 'DATE_OF_BIRTH':
      return date.test(value) || /^(?:19|20)\d{6}$/.test(value);
    case 'SSN':
      return /^\d{3}[- ]?\d{2}[- ]?\d{4}$|^\d{4}$/.test(value);
    case 'PHONE':
      return digits >= 6 && digits <= 16 && /^[+\d(][\d ()./+x-]*$/i.test(value);
    case 'CREDIT_CARD':
      return digits >= 12 && /^[\d -]+$/.test(value);
    case 'NATIONAL_ID':
      return digits >= 6 && /^[A-Z0-9 ./+()-]{7,24}$/i.test(value);
    case 'DATE':
      return date.test(value) || /^(?:19|20)\d{6}$/.test(value);
    case 'ID_NUMBER':
      return digits >= 3 && value.length <= 64 && /^[A-Z0-9 ./*:_-]+$/i.test(value);
    case 'PASSPORT':
    case 'DRIVING_LICENCE':
    case 'HEALTH_ID':
      return digits >= 4 && value.length <= 24 && /^[A-Z0-9 ./*-]+$/i.test(value);
    case 'PERSON':
      // A function's name is no person's: OpenAI's parallel calls send `recipient_name: "functions.read"`.
      return (
        value.length <= 64 &&
        /^\p{L}[\p{L}\p{M}.,'’ -]*$/u.test(value) &&
        !/^\p{Ll}{1,32}(?:\.\p{Ll}{1,32}){1,4}$/u.test(value)
      );
    case 'ADDRESS':
      return digits >= 3 || (digits > 0 && /\p{L}{3}/u.test(value)) || /^\p{Lu}[\p{L} .'-]{3,}$/u.test(value);
  }
}
