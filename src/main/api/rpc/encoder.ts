import { contracts } from '../../../shared/contract/index.js';
import type { Operation } from '../../../shared/contract/operation.js';
import { SluiceError } from '../../../shared/errors.js';
import { jsonElements } from '../../ground/json.js';
import { checkValues } from '../body-parsers.js';
import { sizeText, smallBodyBytes, smallBodyValues } from '../limits.js';

/** Stands in for an input that is larger than what is read where all requests are answered. */
export class RefusedInput {
  readonly error: SluiceError;

  constructor(error: SluiceError) {
    this.error = error;
  }
}

/** What a message holds besides its input: its id, its kind, and the procedure's name behind the input. */
const begins = /^\{"id":(\d{1,15}),/;
const kindOf = /^.{0,60}?"method":"(query|mutation|subscription)"/;
const ends = /"path":"([\w.]{1,200})"[}\s]*$/;
/** Beside the input; generous. */
const envelopeBytes = 1000;

/** How messages are read and written: what is too large is refused unread, what is JSON already goes as it is. */
export const encoder = {
  decode(data: string | ArrayBuffer | Uint8Array): unknown {
    if (typeof data !== 'string') throw new TypeError('Messages are text.');
    // Requests of one moment come as one message; each is read, or refused, by itself.
    const batch = jsonElements(data);
    let values = smallBodyValues;
    const read = (message: string): unknown => {
      const bytes = Buffer.from(message);
      try {
        checkSize(message, bytes.byteLength);
        values -= checkValues(bytes, values);
      } catch (error) {
        return refused(message, error as SluiceError);
      }
      return JSON.parse(message);
    };
    return batch === null ? read(data) : batch.map(read);
  },
  encode(message: unknown): string | Uint8Array<ArrayBuffer> {
    const { result, ...rest } = message as { result?: { type: string; data?: unknown } };
    if (!(result?.data instanceof Uint8Array)) return JSON.stringify(message);
    const head = JSON.stringify({ ...rest, result: { type: result.type } }).slice(0, -2);
    return Buffer.concat([Buffer.from(`${head},"data":`), result.data, Buffer.from('}}')]);
  },
};

function checkSize(message: string, bytes: number): void {
  if (bytes <= smallBodyBytes + envelopeBytes) return;
  const limit = operationAt(ends.exec(message.slice(-400))?.[1] ?? '')?.inputBytes ?? smallBodyBytes;
  if (bytes <= limit + envelopeBytes) return;
  throw new SluiceError('body_too_large', `The input is larger than ${sizeText(limit)}.`, { limit_bytes: limit });
}

/** The same message with a stand-in for its input, so that whoever sent it gets the answer. */
function refused(message: string, error: SluiceError): unknown {
  const id = begins.exec(message)?.[1];
  const method = kindOf.exec(message.slice(0, 100))?.[1];
  const path = ends.exec(message.slice(-400))?.[1];
  if (id === undefined || method === undefined || path === undefined) throw error;
  return { id: Number(id), jsonrpc: '2.0', method, params: { path, input: new RefusedInput(error) } };
}

function operationAt(path: string): Operation | undefined {
  const [domain = '', name = ''] = path.split('.');
  const named: { [domain: string]: { [name: string]: Operation } } = contracts;
  return Object.hasOwn(named, domain) && Object.hasOwn(named[domain] ?? {}, name) ? named[domain]?.[name] : undefined;
}
