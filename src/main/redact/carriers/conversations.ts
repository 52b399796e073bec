import { createHmac, createSecretKey } from 'node:crypto';
import type { Body, ReadExchange, RedactedExchange } from '../../../shared/model/index.js';
import type { KnownValue } from '../../../shared/policy-file.js';
import { unitsOf } from '../../ground/units.js';
import type { Entity } from '../policy/entities.js';
import type { JsonRedactor } from './json/redact-json.js';
import { joinedTexts } from './streams.js';

/** Conversations that are remembered, and secrets of each; the oldest make room. */
const mostConversations = 512;
const mostSecrets = 256;
/** What a conversation is named by stands near the beginning or the end of a body. */
const nameReach = 2048;
/** Characters by whose keyed hash a place is told at which a secret may begin. */
const head = 6;
const headBits = 16;

const sessionHeader = /^(?:x-)?(?:[a-z]{2,24}-){0,4}(?:session|conversation|thread)(?:[-_]?(?:id|key))?$/;
const sessionField =
  /"(?:session_?id|sessionId|conversation_?id|conversationId|thread_?id|threadId|prompt_cache_key|user_id)"\s{0,4}:\s{0,4}"([^"\\]{8,256})"/;

/** A secret as it is remembered: nothing from which it could be told. */
interface Trace {
  length: number;
  head: number;
  digest: string;
  entity: Entity;
}

interface Conversation {
  traces: Map<string, Trace>;
}

/**
 * Secrets that were recognised earlier in a conversation, so that they are hidden where nothing beside them tells what they are:
 * in a later turn, an error's text, another answer. Kept are keyed hashes alone, in memory, for as long as the policy holds.
 */
export interface Conversations {
  /**
   * Secrets of this exchange's conversation that still stand in it after it was redacted.
   * @param own those that were found in this exchange
   */
  standing(
    read: ReadExchange,
    redacted: RedactedExchange,
    own: readonly KnownValue[],
    jsonRedactor: JsonRedactor,
  ): KnownValue[];
  remember(read: ReadExchange, values: readonly KnownValue[]): void;
}

/** @param bytes project key, 16 bytes or more */
export function createConversations(bytes: Uint8Array): Conversations {
  const key = createSecretKey(bytes);
  const digestOf = (value: string) => createHmac('sha256', key).update(`conversation\0${value}`).digest('base64url');
  const seed = createHmac('sha256', key).update('conversation-head').digest().readUInt32LE(0) | 1;
  const conversations = new Map<string, Conversation>();

  /** Keyed hash of the `head` characters from `at` on. */
  function headAt(units: ArrayLike<number>, at: number): number {
    let hash = seed;
    for (let i = 0; i < head; i++) hash = Math.imul(hash ^ (units[at + i] as number), 0x01000193) ^ (hash >>> 13);
    return hash >>> (32 - headBits);
  }

  function of(name: string): Conversation {
    const there = conversations.get(name);
    const conversation = there ?? { traces: new Map() };
    // Last in the map: the first is the one that was spoken of longest ago.
    conversations.delete(name);
    conversations.set(name, conversation);
    const [oldest] = conversations.keys();
    if (conversations.size > mostConversations && oldest !== undefined) conversations.delete(oldest);
    return conversation;
  }

  function standingIn(text: string, wanted: readonly Trace[], heads: Uint8Array, found: Map<string, Entity>): void {
    const units = unitsOf(text);
    for (let at = 0; at + head <= text.length; at++) {
      const hash = headAt(units, at);
      if (heads[hash] === 0) continue;
      for (const { length, head: own, digest, entity } of wanted) {
        if (own !== hash || at + length > text.length) continue;
        const value = text.slice(at, at + length);
        if (!found.has(value) && digestOf(value) === digest) found.set(value, entity);
      }
    }
  }

  return {
    standing(read, redacted, own, jsonRedactor) {
      const traces = new Map(namesOf(read).flatMap((name) => [...(conversations.get(name)?.traces ?? [])]));
      for (const { value } of own) traces.delete(digestOf(value));
      if (traces.size === 0) return [];
      const wanted = [...traces.values()];
      const heads = new Uint8Array(1 << headBits);
      for (const each of wanted) heads[each.head] = 1;
      const found = new Map<string, Entity>();
      for (const text of textsOf(redacted, jsonRedactor)) standingIn(text, wanted, heads, found);
      return [...found].map(([value, entity]) => ({ value, entity }));
    },
    remember(read, values) {
      if (values.length === 0) return;
      const traces = values
        .filter(({ value }) => value.length >= head)
        .map(({ value, entity }): Trace => {
          const own = headAt(unitsOf(value.slice(0, head)), 0);
          return { length: value.length, head: own, digest: digestOf(value), entity: entity as Entity };
        });
      for (const name of namesOf(read)) {
        const conversation = of(name);
        for (const trace of traces) {
          conversation.traces.delete(trace.digest);
          conversation.traces.set(trace.digest, trace);
          const [oldest] = conversation.traces.keys();
          if (conversation.traces.size > mostSecrets && oldest !== undefined) conversation.traces.delete(oldest);
        }
      }
    },
  };
}

/** What an exchange's conversation may be known by: its session, ids in headers and body, the connection that it came over. */
function namesOf({ session, client, request }: ReadExchange): string[] {
  const names = [`connection\0${client.address}\0${client.connection}`];
  if (session !== undefined) names.push(`session\0${session}`);
  for (const [name, value] of request.headers)
    if (sessionHeader.test(name.toLowerCase()) && value.length >= 8) names.push(`id\0${value.slice(0, 256)}`);
  if (request.body.kind === 'json') {
    const { text } = request.body;
    for (const part of [text.slice(0, nameReach), text.slice(-nameReach)]) {
      const id = sessionField.exec(part)?.[1];
      if (id !== undefined) names.push(`id\0${id}`);
    }
  }
  return names;
}

/** All that an exchange says, what a stream deals out in pieces put together. */
function* textsOf(exchange: RedactedExchange, jsonRedactor: JsonRedactor): Generator<string> {
  const { findings: _, request, response, ...rest } = exchange;
  yield JSON.stringify([rest, { ...request, body: null }, response && { ...response, body: null }]);
  for (const body of [request.body, ...(response ? [response.body] : [])]) yield* textsOfBody(body, jsonRedactor);
}

function* textsOfBody(body: Body, jsonRedactor: JsonRedactor): Generator<string> {
  switch (body.kind) {
    case 'json':
    case 'text':
    case 'form':
      yield body.text;
      return;
    case 'events': {
      const items = body.events.map(({ data, event }) => ({ data, path: '', channel: event ?? '' }));
      for (const { data } of items) yield data;
      yield* joinedTexts(items, jsonRedactor);
      return;
    }
    case 'websocket': {
      const items = body.messages.map(({ opcode, data, from }) => ({
        data: opcode === 'binary' ? '' : data,
        path: '',
        channel: from,
      }));
      for (const { data } of items) yield data;
      yield* joinedTexts(items, jsonRedactor);
      return;
    }
    default:
      return;
  }
}
