import type { Body, DecodedAction, Json } from '../../../shared/model/index.js';
import { parseJson } from '../../ground/json.js';
import { header } from '../content/headers.js';
import type { Subject } from '../formats/format.js';

/** Characters of a body that are taken over; all of it stands in the exchange. */
const longest = 65_536;

/**
 * A plain HTTP request as the deed of a tool: method, URL with its query as `name`, the body as `arguments` and the
 * answer's body as `result`. Null where the request's body is no text.
 */
export function httpAction({ exchange }: Subject): DecodedAction | null {
  const { request, response, method, url } = exchange;
  if (request.body.kind === 'sealed' || request.body.kind === 'websocket') return null;
  // What goes to a model's upstream is the client's own housekeeping (lists of models, files), not a tool.
  if (exchange.upstream_name !== undefined) return null;
  const traceparent = header(request.headers, 'traceparent');
  const answered = response === undefined ? {} : { result: jsonOf(response.body), is_error: response.status >= 400 };
  return {
    protocol: 'http',
    server: hostOf(url),
    session_id: null,
    items: [
      {
        id: null,
        method,
        from: 'client',
        name: url,
        arguments: jsonOf(request.body),
        ...answered,
        ...(traceparent === undefined ? {} : { traceparent }),
        started_at: exchange.started_at,
        ...(response === undefined ? {} : { ended_at: exchange.ended_at }),
      },
    ],
  };
}

/** A body as a JSON value; what is longer than the limit is its beginning as text. */
function jsonOf(body: Body): Json {
  switch (body.kind) {
    case 'empty':
      return null;
    case 'json':
      return (body.text.length <= longest ? parseJson(body.text) : undefined) ?? body.text.slice(0, longest);
    case 'form':
      return formOf(body.text.slice(0, longest));
    case 'text':
      return body.text.slice(0, longest);
    case 'events': {
      let text = '';
      for (const { data } of body.events) {
        if (text.length >= longest) break;
        text += text === '' ? data : `\n${data}`;
      }
      return text.slice(0, longest);
    }
    case 'sealed':
      return { media_type: body.media_type, bytes: body.bytes.length };
    case 'websocket':
      return null;
  }
}

/** Fields of a form; one that stands there twice is a list. */
function formOf(text: string): Json {
  const fields = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const values = fields.get(name);
    if (values === undefined) fields.set(name, [value]);
    else values.push(value);
  }
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
