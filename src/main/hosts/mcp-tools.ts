import { SluiceError } from '../../shared/errors.js';
import { parseJson } from '../ground/json.js';

const version = '2025-06-18';
const mostPages = 50;
const mostBytes = 8 * 1024 * 1024;
const patienceMs = 30_000;

interface Answer {
  result?: { tools?: unknown; nextCursor?: unknown };
  error?: { message?: unknown };
}

/** The tools of an MCP server over streamable HTTP, asked for page by page. @throws SluiceError `oracle_draft_source_invalid` */
export async function listedTools(address: string): Promise<unknown[]> {
  let session: string | null = null;

  async function ask(body: object): Promise<Answer | null> {
    const response = await fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': version,
        ...(session === null ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...body }),
      redirect: 'error',
      signal: AbortSignal.timeout(patienceMs),
    }).catch((error: Error) => {
      throw refused(`It does not answer (${error.name}).`);
    });
    session = response.headers.get('mcp-session-id') ?? session;
    if (!response.ok) throw refused(`It answers ${response.status}.`);
    if (!('id' in body)) {
      await response.body?.cancel();
      return null;
    }
    const answer = await answerIn(response, body.id);
    if (answer.error !== undefined) throw refused(`It says: ${String(answer.error.message).slice(0, 200)}`);
    return answer;
  }

  const clientInfo = { name: 'sluice', version: '1' };
  await ask({ id: 1, method: 'initialize', params: { protocolVersion: version, capabilities: {}, clientInfo } });
  await ask({ method: 'notifications/initialized' });
  const tools: unknown[] = [];
  let cursor: unknown;
  for (let page = 0; page < mostPages; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { result } = (await ask({ id: page + 2, method: 'tools/list', params })) as Answer;
    if (!Array.isArray(result?.tools)) throw refused('It gives no list of tools.');
    tools.push(...result.tools);
    cursor = result.nextCursor;
    if (typeof cursor !== 'string') return tools;
  }
  throw refused(`Its list has more than ${mostPages} pages.`);
}

/** The answer of this id: the body itself, or an event of it. */
async function answerIn(response: Response, id: unknown): Promise<Answer> {
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > mostBytes) throw refused(`Its answer is larger than ${mostBytes / 1024 / 1024} MB.`);
    text += decoder.decode(chunk, { stream: true });
    // A stream may stay open behind the answer.
    const found = isStream ? eventOf(text, id) : undefined;
    if (found !== undefined) return found;
  }
  const whole = isStream ? eventOf(`${text}\n\n`, id) : (parseJson(text) as Answer | undefined);
  if (whole === undefined || whole === null || typeof whole !== 'object') throw refused('It answers no JSON.');
  return whole;
}

function eventOf(text: string, id: unknown): Answer | undefined {
  for (const event of text.replaceAll('\r\n', '\n').split('\n\n').slice(0, -1)) {
    const lines = event.split('\n').filter((line) => line.startsWith('data:'));
    const message = parseJson(lines.map((line) => line.slice(5)).join('\n')) as (Answer & { id?: unknown }) | undefined;
    if (message?.id === id) return message;
  }
  return undefined;
}

const refused = (message: string): SluiceError => new SluiceError('oracle_draft_source_invalid', message);
