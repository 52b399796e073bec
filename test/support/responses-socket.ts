import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type PerMessageDeflateOptions, WebSocket, WebSocketServer } from 'ws';

export interface Turn {
  /** Body of the `response.create`. */
  body: Record<string, unknown>;
  /** Of the answer. */
  id: string;
}

export interface ResponsesServer {
  url: string;
  /** What it was asked, in order. */
  turns: Turn[];
  close(): void;
  [Symbol.dispose](): void;
}

/**
 * A server that speaks the Responses API over WebSocket: it answers `answer to: <last text>` in a stream, nothing for what is
 * sent ahead, an error for what asks for one, and what is asked for `later` together with what is asked next.
 */
export async function startResponsesServer(
  deflate: boolean | PerMessageDeflateOptions = true,
): Promise<ResponsesServer> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http, perMessageDeflate: deflate });
  const turns: Turn[] = [];
  sockets.on('connection', (socket) => {
    const held: object[] = [];
    socket.on('message', (data) => {
      const body = JSON.parse(String(data)) as Record<string, unknown>;
      if (body['type'] !== 'response.create') return;
      const id = `resp_${String(turns.length + 1).padStart(24, '0')}`;
      turns.push({ body, id });
      held.push(...answerEvents(body, id));
      if (textOf(body).includes('later')) return;
      for (const event of held.splice(0)) socket.send(JSON.stringify(event));
    });
    socket.on('error', () => {});
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const close = () => {
    for (const socket of sockets.clients) socket.terminate();
    http.close();
  };
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, turns, close, [Symbol.dispose]: close };
}

function textOf(body: Record<string, unknown>): string {
  return (
    JSON.stringify(body['input'])
      .match(/"text":"([^"]*)"/g)
      ?.at(-1)
      ?.slice(8, -1) ?? ''
  );
}

function answerEvents(body: Record<string, unknown>, id: string): object[] {
  const words = textOf(body);
  if (words.includes('refuse'))
    return [{ type: 'error', status: 400, error: { type: 'invalid_request_error', message: 'no' } }];
  const lane = body['stream_id'] === undefined ? {} : { stream_id: body['stream_id'] };
  const response = { id, object: 'response', created_at: 1, model: body['model'], status: 'in_progress', output: [] };
  const started = { type: 'response.created', ...lane, response };
  if (body['generate'] === false)
    return [started, { type: 'response.completed', ...lane, response: { ...response, status: 'completed' } }];
  const text = `answer to: ${words}`;
  const item = { type: 'message', id: `msg_${id}`, role: 'assistant', content: [{ type: 'output_text', text }] };
  const usage = { input_tokens: 20, output_tokens: 4, total_tokens: 24 };
  return [
    { type: 'codex.rate_limits', ...lane, primary: { used_percent: 1 } },
    started,
    { type: 'response.output_text.delta', ...lane, item_id: item.id, output_index: 0, content_index: 0, delta: text },
    { type: 'response.completed', ...lane, response: { ...response, status: 'completed', output: [item], usage } },
  ];
}

export interface ResponsesSocket {
  /** Asks and waits for the last event of the answer; gives its id, '' for an error. */
  ask(text: string, more?: Record<string, unknown>): Promise<string>;
  socket: WebSocket;
  close(): Promise<void>;
}

/** A client as Codex is one: it goes on from its last answer. */
export async function openResponsesSocket(
  url: string,
  headers: Record<string, string> = {},
  deflate = true,
): Promise<ResponsesSocket> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: deflate });
  await once(socket, 'open');
  let previous: string | null = null;
  return {
    socket,
    async ask(text, more = {}) {
      const input = [{ type: 'message', role: 'user', content: [{ type: 'input_text', text }] }];
      const previous_response_id = previous === null ? {} : { previous_response_id: previous };
      // Several events may come at once: nothing is awaited between them.
      const answered = new Promise<string>((resolve) => {
        const onMessage = (data: unknown) => {
          const event = JSON.parse(String(data)) as { type: string; response?: { id: string } };
          if (event.type !== 'error' && event.type !== 'response.completed') return;
          socket.off('message', onMessage);
          resolve(event.response?.id ?? '');
        };
        socket.on('message', onMessage);
      });
      socket.send(
        JSON.stringify({
          type: 'response.create',
          model: 'gpt-5.1',
          stream: true,
          input,
          ...previous_response_id,
          ...more,
        }),
      );
      const id = await answered;
      previous = id === '' ? previous : id;
      return id;
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}
