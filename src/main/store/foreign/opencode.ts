import Database from 'better-sqlite3';

/**
 * The sessions in a database of opencode (`opencode.db`), each as `opencode export` writes it, the oldest first. Nothing is written
 * to it. Null where it is another's database; throws what SQLite says where it cannot be read.
 */
export function opencodeSessions(path: string): Generator<{ info: unknown; messages: unknown[] }> | null {
  const db = new Database(path, { readonly: true, fileMustExist: true, timeout: 5000 });
  const tables = db
    .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('session', 'message', 'part')")
    .pluck()
    .all();
  if (tables.length === 3) return sessions(db);
  db.close();
  return null;
}

interface SessionRow {
  id: string;
  parent_id: string | null;
  project_id: string;
  directory: string;
  title: string;
  version: string;
  slug: string;
  time_created: number;
  time_updated: number;
}

interface DataRow {
  id: string;
  data: string;
}

function* sessions(db: Database.Database): Generator<{ info: unknown; messages: unknown[] }> {
  try {
    const messages = db.prepare('SELECT id, data FROM message WHERE session_id = ? ORDER BY time_created, id');
    const parts = db.prepare('SELECT id, data FROM part WHERE message_id = ? ORDER BY id');
    const all = db
      .prepare(
        'SELECT id, parent_id, project_id, directory, title, version, slug, time_created, time_updated FROM session ORDER BY time_created, id',
      )
      .all() as SessionRow[];
    for (const { id, parent_id, project_id, time_created, time_updated, ...about } of all) {
      yield {
        info: {
          id,
          projectID: project_id,
          ...(parent_id === null ? {} : { parentID: parent_id }),
          ...about,
          time: { created: time_created, updated: time_updated },
        },
        messages: (messages.all(id) as DataRow[]).map((message) => ({
          info: { ...dataOf(message), id: message.id, sessionID: id },
          parts: (parts.all(message.id) as DataRow[]).map((part) => ({
            ...dataOf(part),
            id: part.id,
            messageID: message.id,
            sessionID: id,
          })),
        })),
      };
    }
  } finally {
    db.close();
  }
}

function dataOf({ data }: DataRow): object {
  try {
    return JSON.parse(data) as object;
  } catch {
    return {};
  }
}
