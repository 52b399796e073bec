import type { TnetValue } from '../reading/tnetstring.js';

/** A flow, or a part of one, as the file has it. */
export type State = { [key: string]: TnetValue };

export function stateOf(value: TnetValue | undefined): State {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array)
    ? value
    : {};
}

export function textOf(value: TnetValue | undefined): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('latin1');
  return typeof value === 'string' ? value : undefined;
}
