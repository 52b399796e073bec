import type { Json } from '../../../shared/model/index.js';
import { isObject, type JsonObject, objectOf, textOf } from '../formats/json.js';

/** What may be asked, by either side, in any revision of the protocol. */
const requests = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'subscriptions/listen',
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'tasks/get',
  'tasks/result',
  'tasks/list',
  'tasks/cancel',
  'tasks/update',
]);
/** Other protocols on JSON-RPC have these too. */
const shared = /^(?:initialize|ping|tasks\/.*)$/;

const notifications = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/message',
  'notifications/resources/updated',
  'notifications/resources/list_changed',
  'notifications/tools/list_changed',
  'notifications/prompts/list_changed',
  'notifications/roots/list_changed',
  'notifications/tasks/status',
  'notifications/elicitation/complete',
  'notifications/subscriptions/acknowledged',
]);

/** A JSON-RPC 2.0 message, told apart by what it holds. */
export type RpcMessage =
  | { kind: 'request'; id: string; method: string; params: JsonObject }
  | { kind: 'notification'; method: string; params: JsonObject }
  /** `id` null: the request could not be read. */
  | { kind: 'response'; id: string | null; result: Json; failed: boolean };

/** The messages of a JSON value: one, or a batch; null where a value is none. */
export function rpcMessages(value: Json | undefined): RpcMessage[] | null {
  if (value === undefined) return null;
  const list = Array.isArray(value) ? value : [value];
  const messages: RpcMessage[] = [];
  for (const item of list) {
    const message = rpcMessage(item);
    if (message === null) return null;
    messages.push(message);
  }
  return messages.length === 0 ? null : messages;
}

function rpcMessage(value: Json): RpcMessage | null {
  if (!isObject(value) || value.jsonrpc !== '2.0') return null;
  const id = typeof value.id === 'string' || typeof value.id === 'number' ? String(value.id) : null;
  const method = textOf(value.method);
  if (method !== undefined) {
    const params = objectOf(value.params);
    return id === null ? { kind: 'notification', method, params } : { kind: 'request', id, method, params };
  }
  if ('result' in value) return { kind: 'response', id, result: value.result ?? null, failed: false };
  if ('error' in value) return { kind: 'response', id, result: value.error ?? null, failed: true };
  return null;
}

/** Whether messages can only be MCP's: by a method that no other protocol on JSON-RPC has. */
export function isTelling(messages: RpcMessage[]): boolean {
  return messages.some((message) => {
    if (message.kind === 'response') return false;
    if (message.method === 'initialize') return 'protocolVersion' in message.params;
    if (message.kind === 'notification') return notifications.has(message.method);
    return requests.has(message.method) && !shared.test(message.method);
  });
}

/** Whether a method is one of the protocol's. */
export function knownMethod(message: RpcMessage): boolean {
  if (message.kind === 'response') return true;
  return (message.kind === 'request' ? requests : notifications).has(message.method);
}
