import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitEventStream } from '../../../../src/main/decode/streams/eventstream.js';
import { chunkMessage, eventMessage, rawMessage } from '../../../support/event-stream.js';

const messages = [
  eventMessage('messageStart', { role: 'assistant' }),
  chunkMessage({ text: 'größer ✓' }),
  eventMessage('throttlingException', { message: 'slow down' }, 'exception'),
];
const whole = Buffer.concat(messages);
const events = [
  { event: 'messageStart', data: '{"role":"assistant"}' },
  { event: 'chunk', data: '{"text":"größer ✓"}' },
  { event: 'throttlingException', data: '{"message":"slow down"}' },
];

describe('AWS event streams', () => {
  it('reads what AWS’s own codec writes', () => {
    expect(splitEventStream(whole, [])).toEqual({ events, complete: true, fault: null });
  });

  it('tells when each message arrived', () => {
    const first = (messages[0] as Uint8Array).length;
    const chunks = [
      { offset: 0, at: 10 },
      { offset: first, at: 20 },
      { offset: first + 5, at: 30 },
    ];
    expect(splitEventStream(whole, chunks)?.events.map(({ at }) => at)).toEqual([10, 30, 30]);
  });

  it('passes over headers of every type', () => {
    const message = rawMessage(
      {
        yes: { type: 'boolean', value: true },
        byte: { type: 'byte', value: 1 },
        short: { type: 'short', value: 2 },
        integer: { type: 'integer', value: 3 },
        binary: { type: 'binary', value: new Uint8Array([1, 2, 3]) },
        time: { type: 'timestamp', value: new Date(0) },
        uuid: { type: 'uuid', value: '12345678-1234-4234-8234-123456789abc' },
        ':event-type': { type: 'string', value: 'metadata' },
      },
      Buffer.from('{}'),
    );
    expect(splitEventStream(message, [])?.events).toEqual([{ event: 'metadata', data: '{}' }]);
  });

  it('reads an error that has no payload', () => {
    const message = rawMessage(
      {
        ':message-type': { type: 'string', value: 'error' },
        ':error-code': { type: 'string', value: 'InternalError' },
        ':error-message': { type: 'string', value: 'it broke' },
      },
      new Uint8Array(0),
    );
    expect(splitEventStream(message, [])?.events).toEqual([
      { event: 'error', data: '{"code":"InternalError","message":"it broke"}' },
    ]);
  });

  it('cut anywhere, keeps the messages that came whole', () => {
    const ends = messages.map((_, index) => Buffer.concat(messages.slice(0, index + 1)).length);
    for (let at = 0; at <= whole.length; at += 1) {
      const split = splitEventStream(whole.subarray(0, at), []);
      const came = ends.filter((end) => end <= at).length;
      expect(split?.events, `cut at ${at}`).toEqual(events.slice(0, came));
      expect(split?.complete, `cut at ${at}`).toBe(at === 0 || ends.includes(at));
    }
  });

  it('never yields an event that a checksum denies', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] as number) ^ flip;
        const split = splitEventStream(damaged, []);
        expect(events.slice(0, split?.events.length ?? 0)).toEqual(split?.events ?? []);
        expect(split?.complete ?? false).toBe(false);
      }),
    );
  });

  it('is none where a payload is no text: that stays sealed', () => {
    const binary = rawMessage({ ':event-type': { type: 'string', value: 'audio' } }, new Uint8Array([0xff, 0xfe]));
    expect(splitEventStream(binary, [])).toBeNull();
    const inner = eventMessage('chunk', { bytes: Buffer.from([0xff, 0xfe]).toString('base64') });
    expect(splitEventStream(inner, [])).toBeNull();
  });
});
