import type { TnetValue } from '../reading/tnetstring.js';
import { type State, stateOf, textOf } from './state.js';

/** What turns a file of any version into one of the newest. */
export const convertLine = 'mitmdump -nr OLD -w NEW';

/** The number of a flow's format; what mitmproxy wrote before 3.1 is below 4. */
export function flowVersion(flow: State): number {
  const version = flow['version'];
  if (Array.isArray(version)) return Number(version[0] ?? 0);
  return typeof version === 'number' ? version : 0;
}

/** A flow of an old format with the names that the newest has; only what is read of it is renamed. */
export function renamed(flow: State): State {
  const request = stateOf(flow['request']);
  const response = stateOf(flow['response']);
  return {
    ...flow,
    request: {
      ...request,
      http_version: request['http_version'] ?? versionText(request['httpversion']),
      content: request['content'] ?? request['body'] ?? null,
    },
    response:
      flow['response'] === null || flow['response'] === undefined
        ? null
        : {
            ...response,
            http_version: response['http_version'] ?? versionText(response['httpversion']),
            content: response['content'] ?? response['body'] ?? null,
            status_code: response['status_code'] ?? response['code'] ?? 0,
            reason: response['reason'] ?? response['msg'] ?? '',
            timestamp_start: response['timestamp_start'] ?? request['timestamp_end'] ?? null,
          },
  };
}

/**
 * Until mitmproxy 6 (format 10) the messages of a WebSocket were a flow of their own, behind that of its handshake: both are one
 * exchange. What waits for its messages is held here.
 */
export class Handshakes {
  readonly #waiting = new Map<string, State>();

  /** The flow to read, or null where its messages come later. */
  joined(flow: State): State | null {
    const metadata = stateOf(flow['metadata']);
    const id = textOf(flow['id']);
    if (textOf(flow['type']) !== 'websocket') {
      if (metadata['websocket'] !== true || id === undefined) return flow;
      this.#waiting.set(id, flow);
      return null;
    }
    const named = textOf(metadata['websocket_handshake']) ?? '';
    const inside = flow['handshake_flow'];
    const handshake = this.#waiting.get(named) ?? (inside === undefined ? undefined : stateOf(inside));
    this.#waiting.delete(named);
    if (handshake === undefined) return flow;
    return {
      ...handshake,
      websocket: {
        messages: flow['messages'] ?? [],
        closed_by_client: textOf(flow['close_sender']) === 'client',
        close_code: flow['close_code'] ?? null,
        close_reason: flow['close_reason'] ?? null,
        timestamp_end: stateOf(flow['server_conn'])['timestamp_end'] ?? null,
      },
    };
  }

  /** Handshakes whose messages never came. */
  unanswered(): State[] {
    return [...this.#waiting.values()];
  }
}

function versionText(value: TnetValue | undefined): string {
  return Array.isArray(value) ? `HTTP/${value.map(String).join('.')}` : 'HTTP/1.1';
}
