import { hash } from 'node:crypto';
import { SluiceError } from '../../../shared/errors.js';
import { parseJson } from '../../ground/json.js';

/** A place in a list that is ordered newest first: the last row before it. */
export interface Place {
  at: number;
  id: number;
}

/** An opaque cursor that goes with one list and one query only. */
export function encodeCursor(list: string, place: Place): string {
  return Buffer.from(JSON.stringify([mark(list), place.at, place.id])).toString('base64url');
}

/** @throws SluiceError `cursor_invalid` where it is not a cursor of this list */
export function decodeCursor(list: string, cursor: string | null): Place | null {
  if (cursor === null) return null;
  const [listMark, at, id] = parse(cursor);
  if (listMark === mark(list) && Number.isSafeInteger(at) && Number.isSafeInteger(id)) {
    return { at: at as number, id: id as number };
  }
  throw new SluiceError('cursor_invalid', 'The cursor does not belong to this list and query.');
}

function parse(cursor: string): unknown[] {
  const value = parseJson(Buffer.from(cursor.slice(0, 200), 'base64url').toString('utf8'));
  return Array.isArray(value) ? value : [];
}

function mark(list: string): string {
  return hash('sha256', list).slice(0, 12);
}
