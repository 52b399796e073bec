import type { CallNode, ChatMessage, DecodedExchange } from '../../shared/model/index.js';
import { chainInputText, sha256 } from './canonical.js';
import { memo } from './memo.js';
import { headerReader } from './session.js';
import { isSystem, type Link, leadingSystem } from './turns.js';

/**
 * Fingerprints are three hashes side by side, so that a stored call tells in which respect it is like another one:
 * 12 hex characters of the system prompt, 12 of the first user input, 8 of the client (program and address).
 */
const systemPart = [0, 12] as const;
const openingPart = [12, 24] as const;
const clientPart = [24, 32] as const;

const hashOfSystem = memo(sha256);

export function fingerprintOf(decoded: DecodedExchange, messages: ChatMessage[], links: Link[]): string {
  const opening = links.find((link) => link.side === 'input')?.text ?? '';
  const agent = headerReader(decoded.exchange.request.headers)('user-agent') ?? '';
  return [
    hashOfSystem(systemText(messages)).slice(...systemPart),
    sha256(opening).slice(0, openingPart[1] - openingPart[0]),
    sha256(`${agent}\0${decoded.exchange.client.address}`).slice(0, clientPart[1] - clientPart[0]),
  ].join('');
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
