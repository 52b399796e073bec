import type { Json } from '../../../shared/model/index.js';
import { shortHash } from '../chain/canonical.js';

/** A URL in the arguments of a tool call. */
export interface AskedUrl {
  url: URL;
  /** HTTP method where the arguments say it. */
  method: string | null;
  /** The tool is asked for this URL and nothing else; false for one that stands in a command line or a script. */
  whole: boolean;
}

const mostUrls = 4;
/** Values looked at in one tool call's arguments, and characters of each. */
const mostValues = 64;
const looked = 20_000;

/** Programs and functions that fetch what stands behind them. */
const fetching =
  /\b(?:curl|wget|xh|iwr|Invoke-WebRequest|urlopen|urllib|httpx|axios|aiohttp)\b|\brequests\.|\bfetch\s*\(|(?:^|[|;&]\s{0,8})https?\s/;
/** Tools that are asked for a page in words. */
const fetchingTool = /fetch|browse|navigate|download|crawl|scrape|http|url/i;
const absolute = /\bhttps?:\/\/[^\s"'`<>|\\^{}]{1,4000}/gi;
const host = /^(?:localhost|[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})(?::\d{1,5})?(?:\/\S*)?$/i;

/** URLs that a tool call asks for: a field that is a URL, or a command line or script that fetches one. At most 4. */
export function urlsOf(name: string, args: Json): AskedUrl[] {
  const found = new Map<string, AskedUrl>();
  const add = (text: string, method: string | null, whole: boolean) => {
    const url = parsed(text);
    if (url !== null && found.size < mostUrls && !found.has(url.href)) found.set(url.href, { url, method, whole });
  };
  const stated = statedMethod(args);
  let values = 0;
  const stack: Json[] = [args];
  for (let value = stack.pop(); value !== undefined && values < mostValues; value = stack.pop()) {
    values++;
    if (typeof value === 'string') {
      const text = value.slice(0, looked).trim();
      if (/^https?:\/\/\S+$/i.test(text)) add(text, stated, true);
      else if (fetching.test(text) || fetchingTool.test(name)) {
        const method = commandMethod(text);
        for (const [match] of text.matchAll(absolute)) add(match.replace(/[),.;\]]+$/, ''), method, false);
        const bare = withoutScheme(text);
        if (bare !== null) add(`http://${bare}`, method, false);
      }
    } else if (value !== null && typeof value === 'object') {
      // An argument list ends with what the program is run on; of anything else the first values count.
      const inner = Object.values(value);
      if (Array.isArray(value) && inner.every((each) => typeof each === 'string')) stack.push(inner.join(' '));
      else stack.push(...inner.slice(0, mostValues).reverse());
    }
  }
  return [...found.values()];
}

function statedMethod(args: Json): string | null {
  if (args === null || typeof args !== 'object' || Array.isArray(args)) return null;
  const method = args.method ?? args.http_method ?? args.verb;
  return typeof method === 'string' && /^[a-z]{3,10}$/i.test(method) ? method.toUpperCase() : null;
}

function commandMethod(text: string): string | null {
  const named = /(?:-X\s*|--request[= ]|--method[= ])["']?([A-Za-z]{3,10})\b/.exec(text)?.[1];
  if (named !== undefined) return named.toUpperCase();
  if (!/\b(?:curl|wget)\b/.test(text)) return null;
  if (/\s(?:-I|--head)(?:\s|$)/.test(text)) return 'HEAD';
  if (/\s(?:-G|--get)(?:\s|$)/.test(text)) return 'GET';
  return /\s(?:-d|--data[a-z-]*|--json|--post-data|--post-file|-F|--form)(?:[\s=]|$)/.test(text) ? 'POST' : null;
}

/** What curl and wget take for a URL though it has no scheme: `curl -s localhost:3000/x`. */
function withoutScheme(text: string): string | null {
  let behind = false;
  for (const token of text.slice(0, 4000).split(/\s+/)) {
    if (token === 'curl' || token === 'wget') behind = true;
    else if (/[|;&]$/.test(token)) behind = false;
    else if (behind) {
      const bare = token.replace(/^["']|["']$/g, '');
      if (host.test(bare)) return bare;
    }
  }
  return null;
}

function parsed(text: string): URL | null {
  return text.length <= 4000 && URL.canParse(text) ? new URL(text) : null;
}

/** Host and path, the same for http and https and with or without a slash at the end. */
export function placeOf(url: URL): string {
  return `${url.host.toLowerCase()}${url.pathname.replace(/\/+$/, '')}`;
}

/** The whole address first, then host and path alone: commands add their query on the way. */
export function urlKeys(url: URL): string[] {
  return [shortHash(`effect-url\0${placeOf(url)}${url.search}`), shortHash(`effect-place\0${placeOf(url)}`)];
}
