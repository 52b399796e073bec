import { constants, createDeflateRaw, type DeflateRaw, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readExchange } from '../../../../src/main/decode/index.js';
import { readSocket, type SocketStream } from '../../../../src/main/decode/streams/websocket.js';
import { deflateParameters } from '../../../../src/main/ground/websocket-deflate.js';
import { bytes, captured, message } from '../support.js';

interface FrameOptions {
  opcode?: number;
  fin?: boolean;
  rsv1?: boolean;
  mask?: boolean;
}

function frame(
  payload: Uint8Array | string,
  { opcode = 1, fin = true, rsv1 = false, mask = false }: FrameOptions = {},
): Uint8Array {
  const body = typeof payload === 'string' ? bytes(payload) : payload;
  const head = [(fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode];
  const flag = mask ? 0x80 : 0;
  if (body.length < 126) head.push(flag | body.length);
  else if (body.length < 65_536) head.push(flag | 126, body.length >> 8, body.length & 0xff);
  else head.push(flag | 127, 0, 0, 0, 0, ...[24, 16, 8, 0].map((shift) => (body.length >>> shift) & 0xff));
  if (!mask) return Buffer.concat([Uint8Array.from(head), body]);
  const key = [0x12, 0x34, 0x56, 0x78];
  return Buffer.concat([Uint8Array.from([...head, ...key]), body.map((byte, i) => byte ^ (key[i & 3] as number))]);
}

function read(parts: Uint8Array[], change: Partial<SocketStream> = {}) {
  return readSocket({
    from: 'server',
    bytes: Buffer.concat(parts),
    chunks: [],
    deflate: null,
    maxOutputBytes: 1_000_000,
    cut: false,
    ...change,
  });
}

/** Compresses messages as one end of a connection does: with one window for all of them. */
async function compressor(): Promise<(text: string) => Promise<Uint8Array>> {
  const stream: DeflateRaw = createDeflateRaw();
  const out: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => out.push(chunk));
  return async (text) => {
    stream.write(text);
    await new Promise<void>((done) => stream.flush(constants.Z_SYNC_FLUSH, () => done()));
    const all = Buffer.concat(out.splice(0));
    return all.subarray(0, all.length - 4);
  };
}

describe('readSocket', () => {
  it('joins fragments, unmasks, and keeps control frames in their place', () => {
    const stream = [
      frame('Hel', { fin: false, mask: true }),
      frame('beat', { opcode: 9, mask: true }),
      frame('lo ', { opcode: 0, fin: false, mask: true }),
      frame('wörld', { opcode: 0, mask: true }),
      frame(Uint8Array.of(1, 2, 255), { opcode: 2 }),
      frame(Buffer.concat([Uint8Array.of(0x03, 0xe8), bytes('bye')]), { opcode: 8 }),
    ];
    expect(read(stream, { from: 'client' })).toEqual({
      messages: [
        { from: 'client', opcode: 'ping', data: 'YmVhdA==' },
        { from: 'client', opcode: 'text', data: 'Hello wörld' },
        { from: 'client', opcode: 'binary', data: 'AQL/' },
        { from: 'client', opcode: 'close', data: '1000 bye' },
      ],
      issues: [],
    });
  });

  it('gives back any messages in any fragmentation', () => {
    const sent = fc.array(
      fc.tuple(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 80 }), fc.boolean()),
    );
    fc.assert(
      fc.property(sent, (messages) => {
        const parts = messages.flatMap(([text, width, mask]) => {
          const body = bytes(text);
          const pieces: Uint8Array[] = [];
          for (let i = 0; i < body.length || i === 0; i += width) pieces.push(body.subarray(i, i + width));
          return pieces.map((piece, i) =>
            frame(piece, { opcode: i === 0 ? 1 : 0, fin: i === pieces.length - 1, mask }),
          );
        });
        const { messages: got, issues } = read(parts);
        expect(got.map(({ data }) => data)).toEqual(messages.map(([text]) => text));
        expect(issues).toEqual([]);
      }),
    );
  });

  it('reads frames of every length form', () => {
    const texts = ['a'.repeat(125), 'b'.repeat(126), 'c'.repeat(65_535), 'd'.repeat(65_536)];
    expect(read(texts.map((text) => frame(text))).messages.map(({ data }) => data)).toEqual(texts);
  });

  it('keeps the window of permessage-deflate over messages', async () => {
    const compress = await compressor();
    const texts = [
      '{"type":"delta","text":"the tide"}',
      '{"type":"delta","text":"the tide again"}',
      'x'.repeat(70_000),
      '{"type":"delta"}',
    ];
    const frames: Uint8Array[] = [];
    for (const text of texts) frames.push(frame(await compress(text), { rsv1: true }));
    expect((frames[1] as Uint8Array).length).toBeLessThan(24);
    const deflate = { serverNoContextTakeover: false, clientNoContextTakeover: true };
    expect(read(frames, { deflate }).messages.map(({ data }) => data)).toEqual(texts);
    // Read without the window, a later message is not what was sent.
    const lost = read(frames, { deflate, from: 'client' });
    expect(lost.messages[1]?.data).not.toBe(texts[1]);
  });

  it('reads messages that are compressed each on its own, or not at all', () => {
    const alone = (text: string) => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const deflate = deflateParameters('permessage-deflate; server_no_context_takeover; client_max_window_bits=15');
    expect(deflate).toEqual({ serverNoContextTakeover: true, clientNoContextTakeover: false });
    const parts = [
      frame(alone('one one one'), { rsv1: true }),
      frame('plain'),
      frame(alone('one one'), { rsv1: true }),
    ];
    expect(read(parts, { deflate }).messages.map(({ data }) => data)).toEqual(['one one one', 'plain', 'one one']);
    expect(deflateParameters('x-webkit-deflate-frame')).toBeNull();
  });

  it('stops at a bomb and keeps the message as it came', () => {
    const bomb = deflateRawSync(Buffer.alloc(5_000_000), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
    const { messages, issues } = read([frame(bomb, { rsv1: true })], {
      deflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
    });
    expect(messages[0]).toMatchObject({ opcode: 'binary', data: Buffer.from(bomb).toString('base64') });
    expect(issues.map(({ code }) => code)).toEqual(['bomb']);
  });

  it('reports cut and impossible frames, with all that came before', () => {
    const whole = frame('first');
    expect(read([whole, frame('second').subarray(0, 4)])).toMatchObject({
      messages: [{ data: 'first' }],
      issues: [{ code: 'stream_cut' }],
    });
    expect(read([whole, Uint8Array.of(0xb1, 0)]).issues).toMatchObject([{ code: 'framing_invalid' }]);
    expect(read([frame(Uint8Array.of(0xc3), {})]).issues).toMatchObject([{ code: 'utf8_invalid' }]);
  });

  it('never throws, whatever the bytes', () => {
    const deflate = { serverNoContextTakeover: false, clientNoContextTakeover: false };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (noise, compressed) => {
        expect(() => read([noise], compressed ? { deflate } : {})).not.toThrow();
      }),
      { numRuns: 500 },
    );
  });
});

describe('a WebSocket exchange', () => {
  it('is read in both directions with arrival times', () => {
    const up = frame('{"type":"response.create"}', { mask: true });
    const down = [frame('one'), frame('two')];
    const exchange = captured({
      kind: 'websocket',
      status: 101,
      request: { ...message(up), chunks: [{ offset: 0, at: 5 }] },
      response: {
        ...message(Buffer.concat(down), [['Sec-WebSocket-Extensions', 'permessage-deflate']]),
        chunks: [
          { offset: 0, at: 10 },
          { offset: 5, at: 20 },
        ],
      },
    });
    const read = readExchange(exchange);
    expect(read.request.body).toEqual({
      kind: 'websocket',
      messages: [{ from: 'client', opcode: 'text', data: '{"type":"response.create"}', at: 5 }],
    });
    expect(read.response?.body).toMatchObject({
      messages: [
        { data: 'one', at: 10 },
        { data: 'two', at: 20 },
      ],
    });
    expect(read.issues).toEqual([]);
  });

  it('that was refused is read as HTTP', () => {
    const read = readExchange(
      captured({
        kind: 'websocket',
        status: 403,
        response: message('{"error":"no"}', [['content-type', 'application/json']]),
      }),
    );
    expect(read.response?.body).toEqual({ kind: 'json', text: '{"error":"no"}' });
  });

  it('that holds no frames at all is sealed', () => {
    const read = readExchange(
      captured({ kind: 'websocket', status: 101, response: message(Uint8Array.of(0xff, 0xff, 0xff)) }),
    );
    expect(read.response?.body).toMatchObject({ kind: 'sealed', reason: 'undecodable' });
  });
});
