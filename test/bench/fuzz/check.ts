import { decodeExchange, readExchange } from '../../../src/main/decode/index.js';
import type { Redactor } from '../../../src/main/redact/index.js';
import type { CapturedExchange, DecodedExchange, DecodedResponse } from '../../../src/shared/model/index.js';
import { type WireCase, wireExchange } from '../../support/wire-exchanges.js';

/** The way of every exchange: read, through the gate, decoded. */
export function decoded(exchange: CapturedExchange, redactor: Redactor): DecodedExchange[] {
  return [decodeExchange(redactor.exchange(readExchange(exchange)))].flat();
}

/** The text of each choice. */
export function texts(response: DecodedResponse | null | undefined): string[] {
  return (response?.messages ?? []).map(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
  );
}

/** What formats say of a body that they claim and cannot read. */
const foreseen = /: the (?:request|response) (?:body )?is /;

/** What is wrong with what became of an exchange; null where nothing is. */
export function wrong(results: DecodedExchange[]): string | null {
  if (results.length === 0) return 'nothing came of it';
  for (const { call, format, exchange, decode_error: error } of results) {
    if (exchange === undefined || typeof format !== 'string') return 'an exchange without a format';
    // What a format or a reader did not foresee is caught behind it, and would pass for a damaged body.
    if (error !== null && !foreseen.test(error.message)) return error.message;
    const issue = exchange.issues.find(({ message }) => message.startsWith('the body could not be read'));
    if (issue !== undefined) return issue.message;
    if (call === null) continue;
    // What the store and the studio take must go through JSON, and no deeper than they can follow.
    JSON.stringify(call);
    for (const message of call.response?.messages ?? []) {
      for (const part of message.parts) {
        if (part.type === 'text' && typeof part.text !== 'string') return 'a text that is none';
        if (part.type === 'tool_call' && typeof part.name !== 'string') return 'a tool call without a name';
        if (part.type === 'tool_call' && part.id !== null && typeof part.id !== 'string')
          return 'an id that is no text';
      }
    }
    for (const [name, count] of Object.entries(call.response?.usage ?? {})) {
      if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) return `${name} is ${count}`;
    }
  }
  return null;
}

/**
 * The events before the harm give the text that they gave before: `whole` decodes the first `events` events alone, and
 * the harmed stream must begin with the same. Null where it does.
 */
export function prefixLost(wire: WireCase, prefix: Buffer, harmed: Buffer, redactor: Redactor): string | null {
  const [before] = decoded(wireExchange({ ...wire, response: prefix }, { state: 'aborted' }), redactor);
  const [after] = decoded(wireExchange({ ...wire, response: harmed }, { state: 'aborted' }), redactor);
  const given = texts(before?.call?.response);
  const kept = texts(after?.call?.response);
  const lost = given.findIndex((text, index) => text !== '' && kept[index]?.startsWith(text) !== true);
  if (lost === -1) return null;
  return `choice ${lost} of an unharmed prefix read ${JSON.stringify(given[lost])}, now ${JSON.stringify(kept[lost])}`;
}
