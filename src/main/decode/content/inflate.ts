import * as zlib from 'node:zlib';

export type Coding = 'gzip' | 'br' | 'zstd' | 'deflate' | 'deflate-raw';

export interface Inflated {
  bytes: Uint8Array;
  /** `cut`: the input ends early. `corrupt`: it is not (or no longer) this coding. `bomb`: it grew beyond the cap. */
  end: 'complete' | 'cut' | 'corrupt' | 'bomb';
}

interface Engine {
  whole(input: Uint8Array, options: zlib.ZlibOptions): Buffer | { buffer: Buffer; engine: { bytesWritten: number } };
  stepwise(): unknown;
  finish: number;
}

const { constants } = zlib;
const engines: Record<Coding, Engine> = {
  gzip: { whole: zlib.gunzipSync, stepwise: zlib.createGunzip, finish: constants.Z_FINISH },
  deflate: { whole: zlib.inflateSync, stepwise: zlib.createInflate, finish: constants.Z_FINISH },
  'deflate-raw': { whole: zlib.inflateRawSync, stepwise: zlib.createInflateRaw, finish: constants.Z_FINISH },
  br: {
    whole: (input, options) => zlib.brotliDecompressSync(input, options),
    stepwise: zlib.createBrotliDecompress,
    finish: constants.BROTLI_OPERATION_FINISH,
  },
  zstd: { whole: zstdFrames, stepwise: zlib.createZstdDecompress, finish: constants.ZSTD_e_end },
};

/**
 * Decodes one content-coding, never giving more than `cap` bytes. A cut or corrupt stream gives what could be decoded
 * before the fault (to within a thousandth of its length).
 */
export function inflate(coding: Coding, input: Uint8Array, cap: number): Inflated {
  const engine = engines[coding];
  try {
    // Large steps keep large bodies from being joined out of thousands of 16 KiB pieces.
    const chunkSize = Math.min(Math.max(input.length * 4, 16_384), 1_048_576);
    const bytes = engine.whole(input, { maxOutputLength: cap, chunkSize }) as Buffer;
    return { bytes, end: 'complete' };
  } catch {
    return salvage(engine, input, cap);
  }
}

/** Node stops at the end of the first zstd frame; RFC 8878 §3.1 lets several follow each other. */
function zstdFrames(input: Uint8Array, options: zlib.ZlibOptions): Buffer {
  const frames: Buffer[] = [];
  let room = options.maxOutputLength ?? Number.MAX_SAFE_INTEGER;
  let offset = 0;
  do {
    const rest = input.subarray(offset);
    if (offset > 0 && !isZstdFrame(rest)) break;
    const result = zlib.zstdDecompressSync(rest, {
      ...options,
      maxOutputLength: Math.max(room, 1),
      info: true,
    } as never);
    const { buffer, engine } = result as unknown as { buffer: Buffer; engine: { bytesWritten: number } };
    frames.push(buffer);
    room -= buffer.length;
    if (room < 0) throw new RangeError('output cap reached');
    if (engine.bytesWritten === 0) break;
    offset += engine.bytesWritten;
  } while (offset < input.length);
  return frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames);
}

export function isZstdFrame(bytes: Uint8Array): boolean {
  if (bytes.length < 4) return false;
  const [a = 0, b, c, d] = bytes;
  const skippable = (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18;
  return skippable || (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd);
}

/** The part of node:zlib's stream objects that decodes synchronously and in steps. */
interface Steps {
  _handle?: {
    writeSync?(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void;
    onerror: (message: string, code: number, name: string) => void;
  };
  _writeState?: Uint32Array;
  on(event: 'error', listener: () => void): void;
  close(): void;
}

/**
 * Decodes in small steps and keeps every step before the fault. The one-shot calls of node:zlib throw their output
 * away with the error, and its streams are asynchronous; the handle below them is what both are made of (and what
 * npm's own tar reader drives in the same way).
 */
function salvage(engine: Engine, input: Uint8Array, cap: number): Inflated {
  const stream = engine.stepwise() as Steps;
  stream.on('error', () => {});
  const handle = stream._handle;
  const state = stream._writeState;
  if (handle === undefined || typeof handle.writeSync !== 'function' || state === undefined) {
    return { bytes: new Uint8Array(0), end: 'corrupt' };
  }
  let fault: string | null = null;
  handle.onerror = (_message, _code, name) => {
    fault = name;
  };
  const pieces: Uint8Array[] = [];
  let total = 0;
  let offset = 0;
  let end: Inflated['end'] = 'complete';
  let flush = 0;
  for (;;) {
    // The output of a failing step is lost, so steps stay small against what is already safe.
    const output = Buffer.allocUnsafeSlow(Math.min(Math.max(total >> 10, 32), 65_536));
    handle.writeSync(flush, input, offset, input.length - offset, output, 0, output.length);
    if (fault !== null) {
      end = fault === 'Z_BUF_ERROR' ? 'cut' : 'corrupt';
      break;
    }
    const made = output.length - (state[0] as number);
    const left = state[1] as number;
    if (made > 0) pieces.push(output.subarray(0, made));
    total += made;
    const stuck = made === 0 && left === input.length - offset;
    offset = input.length - left;
    if (total >= cap) {
      end = 'bomb';
      break;
    }
    if (state[0] === 0) continue;
    // No more output for what was given: done with this input, or the stream ended before it.
    if (flush === engine.finish || (left > 0 && stuck)) break;
    if (left === 0) flush = engine.finish;
  }
  stream.close();
  const bytes = Buffer.concat(pieces);
  return { bytes: bytes.length > cap ? bytes.subarray(0, cap) : bytes, end };
}
