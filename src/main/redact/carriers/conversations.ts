import { createHmac, createSecretKey } from 'node:crypto';
import type { ReadExchange, RedactedExchange } from '../../../shared/model/index.js';
import type { KnownValue } from '../../../shared/policy-file.js';
import { unitsOf } from '../../ground/units.js';
import type { Entity } from '../policy/entities.js';
import type { JsonRedactor } from './json/redact-json.js';
import { bodiesOf, textAround } from './repeated.js';
import { joinedTexts, streamItemsOf } from './streams.js';

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

/**
 * Secrets that were recognised earlier in a conversation, so that they are hidden where nothing beside them tells what they are:
 * in a later turn, an error's text, another answer. Kept are keyed hashes alone, in memory, for as long as the policy holds.
 */
export interface Conversations {
  /**
   * Secrets of this exchange's conversation that still stand in it after it was redacted; its own are remembered.
   * @param own those that were found in this exchange
   */
  earlier(
    read: ReadExchange,
    redacted: RedactedExchange,
    own: readonly KnownValue[],
    jsonRedactor: JsonRedactor,
  ): KnownValue[];
}

/** @param bytes project key, 16 bytes or more */
export function createConversations(bytes: Uint8Array): Conversations {
  const key = createSecretKey(bytes);
  const digestOf = (value: string) => createHmac('sha256', key).update(`conversation\0${value}`).digest('base64url');
  const seed = createHmac('sha256', key).update('conversation-head').digest().readUInt32LE(0) | 1;
  /** By name of the conversation, then by digest. */
  const conversations = new Map<string, Map<string, Trace>>();

  /** Keyed hash of the `head` characters from `at` on. */
  function headAt(units: ArrayLike<number>, at: number): number {
    let hash = seed;
    for (let i = 0; i < head; i++) hash = Math.imul(hash ^ (units[at + i] as number), 0x01000193) ^ (hash >>> 13);
    return hash >>> (32 - headBits);
  }

  /** Puts an entry last, where the first is the one that is dropped for it. */
  function keep<V>(entries: Map<string, V>, name: string, value: V, most: number): void {
    entries.delete(name);
    entries.set(name, value);
    const [oldest] = entries.keys();
    if (entries.size > most && oldest !== undefined) entries.delete(oldest);
  }

  function traceOf({ value, entity }: KnownValue): Trace {
    const start = headAt(unitsOf(value.slice(0, head)), 0);
    return { length: value.length, head: start, digest: digestOf(value), entity: entity as Entity };
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
    earlier(read, redacted, own, jsonRedactor) {
      const names = namesOf(read);
      const traces = own.filter(({ value }) => value.length >= head).map(traceOf);
      const wanted = new Map(names.flatMap((name) => [...(conversations.get(name) ?? [])]));
      for (const { digest } of traces) wanted.delete(digest);
      const found = new Map<string, Entity>();
      if (wanted.size > 0) {
        const sought = [...wanted.values()];
        const heads = new Uint8Array(1 << headBits);
        for (const each of sought) heads[each.head] = 1;
        for (const text of textsOf(redacted, jsonRedactor)) standingIn(text, sought, heads, found);
      }
      if (traces.length > 0)
        for (const name of names) {
          const conversation = conversations.get(name) ?? new Map<string, Trace>();
          keep(conversations, name, conversation, mostConversations);
          for (const trace of traces) keep(conversation, trace.digest, trace, mostSecrets);
        }
      return [...found].map(([value, entity]) => ({ value, entity }));
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
  yield textAround(exchange);
  for (const body of bodiesOf(exchange)) {
    if (body.kind === 'json' || body.kind === 'text' || body.kind === 'form') yield body.text;
    const stream = streamItemsOf(body);
    if (stream === null) continue;
    for (const { data } of stream.items) yield data;
    yield* joinedTexts(stream.items, jsonRedactor);
  }
}
