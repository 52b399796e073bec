import type { HeaderList } from '../../../shared/model/index.js';

/** First value of a header, whatever the spelling of its name. */
export function header(headers: HeaderList, name: string): string | undefined {
  for (const [key, value] of headers) {
    if (key.length === name.length && key.toLowerCase() === name) return value;
  }
  return undefined;
}

/** All values of a header that may be sent more than once, joined as RFC 9110 §5.3 allows. */
export function headerList(headers: HeaderList, name: string): string {
  const values: string[] = [];
  for (const [key, value] of headers) {
    if (key.length === name.length && key.toLowerCase() === name) values.push(value);
  }
  return values.join(',');
}

export interface MediaType {
  /** `application/json`, lower case; empty where none was sent. */
  type: string;
  charset: string | undefined;
}

/** The media type of a message without its parameters, and its charset. */
export function mediaType(headers: HeaderList): MediaType {
  const value = header(headers, 'content-type')?.slice(0, 1024) ?? '';
  const semicolon = value.indexOf(';');
  const type = (semicolon === -1 ? value : value.slice(0, semicolon)).trim().toLowerCase();
  const charset = semicolon === -1 ? undefined : /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(value)?.[1]?.toLowerCase();
  return { type, charset };
}
