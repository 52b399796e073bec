import type { NameJudge } from '../policy/names.js';
import { sensitiveSpans } from '../policy/personal.js';
import { secretSpans } from '../policy/sensitive.js';
import { applyEdits, type Edit } from '../scan/edits.js';
import { formLayer, percentLayer } from '../scan/layers.js';
import type { Whole } from '../scan/scanner.js';
import type { JsonRedactor } from './json/redact-json.js';

/** Query parameters that are secrets by name in a URL that was really called, beside the policy's keys. */
const parameterNames =
  /^(?:key|sig|auth|signature|hmac|jwt|sid|session|x-amz-signature|x-amz-credential|x-amz-security-token|x-goog-signature|x-goog-credential|code_verifier|assertion)$/i;

/**
 * Redacts `name=value` pairs in their own syntax: a value whose name says secret as a whole, names and other values
 * by the detectors, JSON in a value as JSON. Answers edits of the raw text.
 */
export function pairEdits(text: string, json: JsonRedactor, names: NameJudge, query: boolean): readonly Edit[] {
  const edits: Edit[] = [];
  const separators = /[&;]|$/g;
  let start = 0;
  while (start <= text.length) {
    separators.lastIndex = start;
    const end = separators.exec(text)?.index ?? text.length;
    const equals = text.indexOf('=', start);
    const split = equals === -1 || equals > end ? end : equals;
    const name = decode(text.slice(start, split));
    edits.push(...part(text.slice(start, split), start, json, []));
    if (split < end) {
      const raw = text.slice(split + 1, end);
      const entity = names.key(name) ?? (query && parameterNames.test(name) ? 'SECRET' : null);
      const wholes =
        entity === null
          ? sensitiveSpans(name, decode(raw), names, 'parameter-name')
          : secretSpans(entity, decode(raw), 'parameter-name', query);
      edits.push(...part(raw, split + 1, json, wholes));
    }
    start = end + 1;
  }
  return edits;
}

function part(raw: string, offset: number, json: JsonRedactor, wholes: readonly Whole[]): Edit[] {
  if (raw.length < 3 && wholes.length === 0) return [];
  const layer = formLayer(raw);
  const edits = json.text(layer ? layer.text : raw, 0, wholes);
  return edits.map((edit) => ({
    ...edit,
    start: offset + (layer ? layer.outer(edit.start) : edit.start),
    end: offset + (layer ? layer.outer(edit.end) : edit.end),
    // What ends the pair, or the value in a lenient parser, or says another character.
    text: edit.text.replace(/["%&+#; ]/g, percent),
  }));
}

function percent(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}

function decode(raw: string): string {
  return formLayer(raw)?.text ?? raw;
}

/**
 * Edits for an absolute or relative URL that was called: credentials before the host, query and fragment parameters,
 * every path segment. In the host a placeholder stands without its angle brackets, so that the URL still parses.
 */
export function urlEdits(url: string, json: JsonRedactor, names: NameJudge): readonly Edit[] {
  const match = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/)?([^/?#]*)([^?#]*)(\??)([^#]*)(#?)([\s\S]*)$/.exec(url);
  if (!match) return json.text(url);
  const [, scheme = '', authority = '', path = '', mark = '', query = '', hash = '', fragment = ''] = match;
  const edits: Edit[] = [];
  let at = scheme.length;
  const sign = scheme === '' ? -1 : authority.lastIndexOf('@');
  if (sign !== -1) {
    const user = authority.slice(0, sign);
    const colon = user.indexOf(':');
    const from = colon === -1 ? 0 : colon + 1;
    const secret = colon !== -1 || user.length >= 16;
    const wholes: Whole[] =
      secret && from < sign
        ? [
            {
              start: from,
              end: sign,
              entity: colon === -1 ? 'TOKEN' : 'PASSWORD',
              confidence: 0.97,
              detector: 'url-user',
            },
          ]
        : [];
    edits.push(...shifted(json.text(user, 0, wholes), at));
  }
  const host = authority.slice(sign + 1);
  const hostEdits = shifted(json.text(host), at + sign + 1);
  edits.push(...hostEdits.map((edit) => ({ ...edit, text: edit.text.replace(/[<>]/g, '') })));
  at += authority.length;
  edits.push(...shifted(pathEdits(path, json), at));
  at += path.length + mark.length;
  edits.push(...shifted(pairEdits(query, json, names, true), at));
  at += query.length + hash.length;
  edits.push(...shifted(fragment.includes('=') ? pairEdits(fragment, json, names, true) : json.text(fragment), at));
  return edits;
}

/** A URL with everything sensitive replaced. */
export function redactUrl(url: string, json: JsonRedactor, names: NameJudge): string {
  return applyEdits(url, urlEdits(url, json, names));
}

function pathEdits(path: string, json: JsonRedactor): Edit[] {
  const layer = percentLayer(path);
  return json.text(layer ? layer.text : path).map((edit) => ({
    ...edit,
    start: layer ? layer.outer(edit.start) : edit.start,
    end: layer ? layer.outer(edit.end) : edit.end,
    text: edit.text.replace(/["%?# ]/g, percent),
  }));
}

function shifted(edits: readonly Edit[], by: number): Edit[] {
  return edits.map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by }));
}
