import type { CapturedExchange, IntakeRecord, Json, Micros, ToolOffer } from '../../../shared/model/index.js';
import type { Listed } from '../../ground/list.js';
import type { ReadCall } from '../read-call.js';
import type { ReadMessages } from '../read-messages.js';

/** The beginning of a file, content-decoded, for telling formats apart. */
export interface ImportHead {
  name: string;
  bytes: Uint8Array;
  /** Null where it is no UTF-8 text. */
  text: string | null;
  /** `lines`: one JSON value a line; `array` and `object`: one document. Null where it is not JSON. */
  shape: 'lines' | 'array' | 'object' | null;
  /** The first records: lines, elements, or the one object; the last one may be cut. At most 30. */
  values: { [key: string]: Json }[];
}

export interface ImportContext {
  /** The file's name, for titles; formats are told by content. */
  name: string;
  /** Names the content where the format has no ids of its own: lowercase hex. */
  fileKey: string;
  /** Names the file, or that which lies at a path seen from it; absent where nothing is known of what lies beside it. */
  fileAt?(path?: string): string;
  /** Keeps the order of what has no time in the file, and puts it where it was imported: now. */
  at: Micros;
  /** The sample of a run that these traces were drawn into. */
  sample?: string;
  readMessages: ReadMessages;
  readCall: ReadCall;
  /** All tools of the field of work that the named ones are of; null where they are of none that is known. */
  toolsBeside?(names: readonly string[]): ToolOffer[] | null;
}

export type ImportItem =
  /**
   * `undated`: the file does not say when it was; the times stand for nothing and are no part of its identity. `consent`:
   * of its trace, as the file has it. `span`: which observation of the file it is, and below which it stands. `formerly`: the keys
   * that earlier versions gave record and trace; what is stored under them stays there and is gone on with.
   */
  | {
      record: IntakeRecord;
      undated?: true;
      formerly?: { record: string; trace: string };
      consent?: unknown;
      span?: { id: string; parent_id: string | null; where: string };
    }
  | { exchange: CapturedExchange }
  /** `where`: `line 12`, `[3]`, `log.entries[3]`. */
  | { skipped: { where: string; reason: string } }
  /** What was taken although the file is not whole there, and how it was read. */
  | { mended: { where: string; reason: string } };

/** A chunk without bytes: the writer of a followed file pauses, so what is held back may be given out. */
export const pause = new Uint8Array(0);

/** One kind of file that others write. Keys of what it gives come from the content, so reading twice changes nothing. */
export interface Importer extends Listed {
  /** One sentence: which files, from where. */
  description: string;
  /** 0: certainly not; 1: certainly. By content alone. */
  detect(head: ImportHead): number;
  /** It reads such archives itself; all others are refused. */
  packed?: 'zip';
  /** In the order of the file, a piece at a time; what cannot be read is given as `skipped`. */
  read(input: AsyncIterable<Uint8Array>, context: ImportContext): AsyncIterable<ImportItem>;
}

/** One record may have so many bytes; a longer one is skipped without being held. */
export const maxItemBytes = 64 * 1024 * 1024;
