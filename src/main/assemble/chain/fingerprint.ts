import type { CallNode, ChatMessage, DecodedExchange } from '../../../shared/model/index.js';
import { headerReader } from '../session.js';
import { chainInputText, sha256 } from './canonical.js';
import { memo } from './memo.js';
import { isSystem, type Link, leadingSystem } from './turns.js';

/**
 * Fingerprints are hashes side by side, so that a stored call tells in which respect it is like another one: 12 hex
 * characters of the system prompt, 12 of the first user input, 8 of the client (program and address). Calls are looked up
 * by these 32. Traits stand behind them, 8 each: the wire (format, model, host), the account (credentials as redaction
 * left them) and the run (the trace id of `traceparent`); they only tell apart what was found otherwise.
 */
const systemPart = [0, 12] as const;
const openingPart = [12, 24] as const;
const clientPart = [24, 32] as const;
const wirePart = [32, 40] as const;
const accountPart = [40, 48] as const;
const runPart = [48, 56] as const;
/** Part of a fingerprint under which calls are found. */
export const lookupLength = 32;
const noTrait = '-'.repeat(8);

const hashOfSystem = memo(sha256);
const hashOfShort = memo(sha256);

export function fingerprintOf(decoded: DecodedExchange, messages: ChatMessage[], links: Link[]): string {
  const opening = links.find((link) => link.side === 'input')?.text ?? '';
  const header = headerReader(decoded.exchange.request.headers);
  const agent = header('user-agent') ?? '';
  return [
    hashOfSystem(systemText(messages)).slice(...systemPart),
    hashOfShort(opening).slice(0, openingPart[1] - openingPart[0]),
    hashOfShort(`${agent}\0${decoded.exchange.client.address}`).slice(0, clientPart[1] - clientPart[0]),
    traitsOf(decoded, header),
  ].join('');
}

const credentials = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'];

function traitsOf({ exchange, call }: DecodedExchange, header: (name: string) => string | null): string {
  const account = credentials.map((name) => header(name) ?? '').join('\0');
  const run = /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(header('traceparent') ?? '')?.[1];
  const trait = (text: string) => hashOfShort(text).slice(0, 8);
  return [
    trait(`${call?.format}\0${call?.request.model}\0${originOf(exchange.url)}`),
    trait(account),
    run === undefined ? noTrait : trait(run),
  ].join('');
}

/** Scheme and host as they stand in the URL; parsing it would cost more than the hash. */
function originOf(url: string): string {
  const end = url.indexOf('/', url.indexOf('//') + 2);
  return end < 0 ? url : url.slice(0, end);
}

/** Fingerprint of a call that does not converse (embeddings, counts): by connection, so that a batch stays together. */
export function batchFingerprint(decoded: DecodedExchange): string {
  const { client } = decoded.exchange;
  const request = decoded.call?.request;
  return sha256(`${request?.operation}\0${request?.model}\0${client.address}\0${client.port}`).slice(0, 32);
}

/** The system prompt without the billing line that Claude Code changes at every call. */
export function systemText(messages: ChatMessage[]): string {
  let text = '';
  for (const message of messages.slice(0, leadingSystem(messages))) {
    for (const part of message.parts) {
      if (part.type === 'text' && !part.text.startsWith('x-anthropic-billing-header'))
        text += chainInputText(part.text);
    }
  }
  return text;
}

export function hasSystem(messages: ChatMessage[]): boolean {
  const first = messages[0];
  return first !== undefined && isSystem(first);
}

const same = (range: readonly [number, number]) => (node: CallNode, fingerprint: string) =>
  node.fingerprint.slice(...range) === fingerprint.slice(...range);

export const sameSystem = same(systemPart);
export const sameOpening = same(openingPart);
export const sameClient = same(clientPart);
export const sameWire = same(wirePart);
export const sameAccount = same(accountPart);
/** Both name a run of an instrumented program, and it is the same. */
export const sameRun = (node: CallNode, fingerprint: string) =>
  fingerprint.slice(...runPart) !== noTrait && same(runPart)(node, fingerprint);
