import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../../src/main/decode/index.js';
import { createRedactor, defaultPolicy } from '../../../../src/main/redact/index.js';
import type { HeaderList } from '../../../../src/shared/model/index.js';
import { captured, message } from '../../decode/support.js';

describe('headers that name a session', () => {
  it('stay as they are, so that a child finds its parent; cookies and tokens do not', () => {
    const id = '0199f3c1-7c1e-7a10-8f0e-6a1b2c3d4e5f';
    const cookie = 'a1b2'.repeat(8);
    const headers: HeaderList = [
      ['session_id', id],
      ['X-Session-Id', id],
      ['x-codex-parent-thread-id', id],
      ['cookie', `sid=${cookie}`],
      ['x-session-token', cookie],
    ];
    const redactor = createRedactor({ policy: defaultPolicy, key: new Uint8Array(32).fill(7) });
    const read = readExchange({ ...captured({}), request: message('{}', headers) });
    const redacted = redactor.exchange(read).request.headers;
    expect(redacted.slice(0, 3)).toEqual(headers.slice(0, 3));
    expect(JSON.stringify(redacted.slice(3))).not.toContain(cookie);
  });
});
