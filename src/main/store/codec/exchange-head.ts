import type { BodyIssue, CapturedClient, HeaderList } from '../../../shared/model/index.js';

/** What is stored of a body besides its chunks. */
export interface StoredBody {
  kind: 'empty' | 'json' | 'events' | 'websocket' | 'form' | 'text' | 'sealed';
  /** UTF-16 length of the text. */
  chars: number;
  encoding: 'utf8' | 'utf16le';
  framing?: 'sse' | 'ndjson' | 'json-array';
  complete?: boolean;
  media_type?: string;
  reason?: string;
}

export interface StoredHead {
  http_version: string;
  headers: HeaderList;
  trailers: HeaderList;
  truncated: boolean;
  body: StoredBody;
}

/** The JSON beside an exchange's row: what only its own page shows. */
export interface ExchangeHead {
  client: CapturedClient;
  /** Id of the exchange that this one was cut out of. */
  part_of?: string;
  request: StoredHead;
  response: (StoredHead & { status_text: string; informational: { status: number; headers: HeaderList }[] }) | null;
  first_byte_us: number | null;
  issues: BodyIssue[];
  unknown_events: { [type: string]: number };
  decode_error: { code: string; message: string } | null;
}
