// Writes batches until it is killed, naming each on stdout once its transaction has returned.
import '../../../support/typescript.mjs';

const { openWriter } = await import('../../../../src/main/store/index.ts');
const { uuidv7 } = await import('../../../../src/shared/ids.ts');

const writer = openWriter(process.argv[2], { sealKey: new Uint8Array(32).fill(7) });
let [segment, offset] = (writer.cursor() ?? '0:0').split(':').map(Number);

for (;;) {
  segment += 1;
  writer.transaction(() => {
    for (let n = 0; n < 5; n++) {
      offset += 1;
      writer.save(exchange(offset));
    }
    writer.setCursor(`${segment}:${offset}`);
  });
  process.stdout.write(`${segment}\n`);
}

function exchange(n) {
  const at = 1_790_000_000_000_000 + n * 1000;
  const side = (text) => ({
    http_version: '1.1',
    headers: [],
    trailers: [],
    body: { kind: 'text', text },
    bytes: text.length,
    truncated: false,
  });
  return {
    call: null,
    decoded: {
      format: 'http',
      call: null,
      decode_error: null,
      exchange: {
        exchange_id: uuidv7(),
        kind: 'http',
        via: 'forward',
        client: { address: '127.0.0.1', port: 1, connection: 1, protocol: 'http/1.1' },
        method: 'POST',
        url: `http://example.test/${n}`,
        request: side(`request ${n}`),
        response: { ...side(`response ${n}`), status: 200, status_text: 'OK', informational: [] },
        started_at: at,
        ended_at: at + 500,
        state: 'complete',
        issues: [],
        findings: [],
      },
    },
  };
}
