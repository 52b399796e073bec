import type { CapturedMessage, HeaderList, Micros } from '../../shared/model/index.js';
import { noteLargeBody } from '../journal/collect.js';
import type { BodySource, PartLocation } from '../journal/record.js';

/** Body bytes held in memory per direction before they go to the journal. */
const spillAt = 256 * 1024;
/** Arrival times kept per body; a stream with more chunks loses the later ones' times. */
const chunkTimes = 4096;

/** Copies what passes in one direction of one exchange: bounded memory, never more than `limit` bytes kept. */
export class BodyTee {
  bytes = 0;
  truncated = false;
  readonly chunks: CapturedMessage['chunks'] = [];
  readonly #limit: number;
  readonly #spill: (bytes: Uint8Array[]) => PartLocation | null;
  #closed = false;
  #kept = 0;
  #held = 0;
  #tail: Uint8Array[] = [];
  #parts: PartLocation[] = [];

  constructor(limit: number, spill: (bytes: Uint8Array[]) => PartLocation | null) {
    this.#limit = limit;
    this.#spill = spill;
  }

  add(chunk: Uint8Array, at: Micros): void {
    if (this.#closed) return;
    if (this.chunks.length < chunkTimes) this.chunks.push({ offset: this.bytes, at });
    this.bytes += chunk.byteLength;
    if (this.bytes > spillAt) noteLargeBody(chunk.byteLength);
    const room = this.#limit - this.#kept;
    if (chunk.byteLength > room) this.truncated = true;
    if (room <= 0) return;
    const kept = chunk.byteLength > room ? chunk.subarray(0, room) : chunk;
    this.#kept += kept.byteLength;
    this.#held += kept.byteLength;
    this.#tail.push(kept);
    if (this.#held >= spillAt) this.#spillTail();
  }

  /** The exchange is in the journal: what still passes (an upload that was answered early) has no place to go. */
  close(): void {
    this.#closed = true;
  }

  /** What was sent so far, if all of it is still in memory: lets a request be sent again on a fresh connection. */
  replayable(): Uint8Array[] | null {
    return this.#parts.length === 0 && !this.truncated ? this.#tail : null;
  }

  /** The first bytes, for a guess at what passes. */
  peek(): Uint8Array | undefined {
    return this.#tail[0];
  }

  source(): BodySource {
    return { parts: this.#parts, tail: this.#tail };
  }

  message(httpVersion: string, headers: HeaderList, trailers: HeaderList): CapturedMessage {
    return {
      http_version: httpVersion,
      headers,
      trailers,
      body: new Uint8Array(0),
      bytes: this.bytes,
      truncated: this.truncated,
      chunks: this.chunks,
    };
  }

  #spillTail(): void {
    const part = this.#spill(this.#tail);
    // The journal could not take it (a full disk): the rest passes uncaptured rather than filling the memory.
    if (part) this.#parts.push(part);
    else {
      this.truncated = true;
      this.#kept = this.#limit;
    }
    this.#tail = [];
    this.#held = 0;
  }
}
