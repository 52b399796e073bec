import type { HeaderList } from '../../shared/model/index.js';
import { sniffCoding } from './content/encoding.js';
import { header } from './content/headers.js';
import { modelOfUrl } from './formats/model-path.js';

/** Products that only say which browser engine an application is built on. */
const engines = new Set([
  'mozilla',
  'applewebkit',
  'khtml',
  'gecko',
  'chrome',
  'chromium',
  'safari',
  'electron',
  'version',
  'mobile',
]);

/**
 * A short name for who is calling, from its user-agent: `claude-cli/2.1.3`, `OpenAI/Python 1.99`, `curl/8.5`.
 * Libraries are named by major and minor version, agents' command lines by their whole version; at most 64 printable
 * characters, `unknown` where there is nothing to read.
 */
export function clientName(headers: HeaderList): string {
  const agent = (header(headers, 'user-agent') ?? '')
    .slice(0, 1024)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim();
  // The vendors' SDKs call themselves `OpenAI/Python 1.99.6`: product, language, then the version.
  const sdk = /^([A-Za-z]+)\/([A-Za-z]+) (\d+(?:\.\d+)?)/.exec(agent);
  if (sdk !== null) return `${sdk[1]}/${sdk[2]} ${sdk[3]}`.slice(0, 64);
  const products = agent
    .replace(/\([^()]*\)/g, ' ')
    .split(/\s+/)
    .filter((token) => /^[A-Za-z0-9]/.test(token));
  const named = products.find((token) => !engines.has((token.split('/')[0] as string).toLowerCase())) ?? products[0];
  if (named === undefined) return 'unknown';
  const slash = named.indexOf('/');
  if (slash === -1) return named.slice(0, 64);
  const product = named.slice(0, slash);
  const version = named.slice(slash + 1);
  const short = /cli|codex|code/i.test(product) ? version : (/^v?\d+(?:\.\d+)?/.exec(version)?.[0] ?? version);
  return (short === '' ? product : `${product}/${short}`).slice(0, 64);
}

/**
 * A guess at the model from the first bytes of a request body, for the live view: the first `"model"` key of a JSON
 * text, or the URL's where that names it (Gemini, Vertex, Bedrock). Null where the URL does not and the bytes are
 * compressed, not JSON, or do not reach that far.
 */
export function peekModel(contentType: string | undefined, firstBytes: Uint8Array, url?: string): string | null {
  const named = url === undefined ? undefined : modelOfUrl(url);
  if (named !== undefined) return named;
  if (contentType !== undefined && !/json|text|octet-stream|x-www-form/i.test(contentType.slice(0, 256))) return null;
  if (sniffCoding(firstBytes) !== null) return null;
  const size = Math.min(firstBytes.length, 8192);
  const text = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, size).toString('utf8');
  if (!/^\s*\{/.test(text)) return null;
  const model = /(?:[{,]\s{0,64})"model"\s{0,64}:\s{0,64}"([^"\\]{1,128})"/.exec(text)?.[1];
  return model ?? null;
}
