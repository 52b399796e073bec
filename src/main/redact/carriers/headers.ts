import type { HeaderList } from '../../../shared/model/index.js';
import type { NameJudge } from '../policy/names.js';
import { personalOrVendorSpans, sensitiveSpans } from '../policy/personal.js';
import { secretSpans } from '../policy/sensitive.js';
import { applyEdits } from '../scan/edits.js';
import type { FindingSink } from '../scan/findings.js';
import type { JsonRedactor } from './json/redact-json.js';
import { urlEdits } from './urls.js';

/** Headers whose value is a URL: its query is judged by parameter names. */
const urlHeaders = new Set(['referer', 'location', 'content-location', 'origin', 'x-original-url', 'x-forwarded-uri']);
/** Counters in headers with secret-sounding names. */
const counter = /^[\d.,\s]{1,9}$/;

/**
 * Redacts a header list: secret headers as a whole (the scheme of an authorization and the names of cookies stay),
 * all other values, and the names, by the detectors.
 */
export function redactHeaders(
  headers: HeaderList,
  path: string,
  sink: FindingSink,
  json: JsonRedactor,
  names: NameJudge,
): HeaderList {
  return headers.map(([name, value]) => {
    const nameEdits = json.text(name);
    const redactedName = applyEdits(name, nameEdits);
    const at = `${path}.${redactedName.toLowerCase()}`;
    sink.add(`${at}#name`, nameEdits);
    const entity = names.header(name);
    const wholes =
      entity === null
        ? personalOrVendorSpans(name, value, names, 'header-name')
        : counter.test(value)
          ? sensitiveSpans(name, value, names, 'header-name')
          : secretSpans(entity, value, 'header-name', true);
    const edits =
      wholes.length === 0 && urlHeaders.has(name.toLowerCase())
        ? urlEdits(value, json, names)
        : json.text(value, 0, wholes);
    sink.add(at, edits);
    return [redactedName, applyEdits(value, edits)];
  });
}
