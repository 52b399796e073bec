import { type ReviewAct, toIso } from '../../../../shared/model/index.js';
import { uidText } from '../../codec/uid.js';
import type { Sql } from '../sql.js';

export interface ActRow {
  id: number;
  uid: Buffer;
  reviewer: string;
  turn: number;
  kind: string;
  title: string;
  at: number;
  undone: number;
}

const shownTraces = 20;

/** An act as it is shown: with all of its turn, where that was done page by page. */
export function actOf(sql: Sql, row: ActRow): ReviewAct {
  const of = `FROM review_changes AS c JOIN review_acts AS a ON a.id = c.act
    WHERE a.reviewer = ? AND a.turn = ?`;
  const { changes } = sql(`SELECT count(*) AS changes ${of}`).get(row.reviewer, row.turn) as { changes: number };
  const uids = sql(
    `SELECT DISTINCT t.uid FROM (SELECT c.trace ${of} AND c.trace IS NOT NULL LIMIT ${shownTraces * 3}) AS d
       JOIN traces AS t ON t.id = d.trace LIMIT ${shownTraces}`,
  ).all(row.reviewer, row.turn) as { uid: Buffer }[];
  return {
    act_id: uidText(row.uid),
    reviewer: row.reviewer,
    kind: row.kind,
    title: row.title,
    at: toIso(row.at),
    undone: row.undone === 1,
    changes,
    trace_ids: uids.map(({ uid }) => uidText(uid)),
  };
}
