import { type AskedResult, ran, type SuspicionRule } from '../rule.js';

const fetched = (result: string): AskedResult => ({
  tool: 'fetch',
  arguments: { url: 'http://tide.example.test/' },
  result,
});
const asked = (result: string): AskedResult => ({
  tool: 'execute_sql',
  arguments: { sql: 'SELECT rope FROM tide' },
  result,
});
const edited = (result: string): AskedResult => ({ tool: 'Edit', arguments: { file_path: 'tide.md' }, result });
const read = (result: string): AskedResult => ({ tool: 'read_file', arguments: { path: 'tide.md' }, result });
const assigned = (result: string): AskedResult => ({
  tool: 'mcp__harbour__assign_berth',
  arguments: { berth: '4' },
  result,
});

/** What databases, servers, editors and other tools answer instead of a result. */
export const serviceRules: readonly SuspicionRule[] = [
  {
    id: 'sql-error',
    families: ['sql'],
    where: 'any',
    pattern:
      /^(?:psql:\S*:? ?)?(?:ERROR|FATAL|PANIC):? {1,2}\S|^ERROR \d{4} \(\w{5}\)|^(?:Error|Parse error|Runtime error|SQL error|Query error|Database error|SQL Error)\b[^\n]{0,60}?[:-] ?\S|^(?:psql: )?error: |^Error while executing|ORA-\d{5}: |\bSQLSTATE\[|^Msg \d+, Level \d+|^(?:\w+\.)*(?:Operational|Programming|Integrity|Database|Data|Internal|Interface)Error\b|^DB::Exception|^Code: \d+\. DB::Exception/,
    score: 0.95,
    says: 'the database answers with an error',
    fails: [
      asked('ERROR:  column "rope" does not exist\nLINE 1: SELECT rope FROM tide\n               ^'),
      asked('ERROR: column "rope" does not exist'),
      asked("ERROR 1054 (42S22): Unknown column 'rope' in 'field list'"),
      asked('Error: in prepare, no such column: rope'),
      ran('psql -c "SELECT rope"', 'ERROR:  column "rope" does not exist'),
    ],
    passes: [
      asked(' rope | state\n------+-------\n hemp | ERROR: worn\n(1 row)'),
      asked('[{"rope":"hemp","error":null}]'),
      asked('NOTICE:  table "tide" does not exist, skipping\nDROP TABLE'),
    ],
  },
  {
    id: 'sql-words',
    families: ['sql', 'other'],
    where: 'first',
    mostLines: 12,
    pattern:
      /^(?!\W*[[{|]|(?:NOTICE|WARNING|INFO)\b).{0,120}?(?:\b(?:relation|column|table|function|schema|role|database) ["'`]?[\w.]+["'`]?(?:\([^)]*\))? (?:of relation "\w+" )?does not exist\b|\bno such (?:table|column|function)\b|\bsyntax error at or near\b|\byou have an error in your SQL syntax\b|\bviolates (?:unique|foreign key|not-null|check) constraint\b|\bUNIQUE constraint failed\b|\bNOT NULL constraint failed\b|\binvalid input syntax for\b|\bInvalid object name\b|\bUnknown column\b)/i,
    score: 0.92,
    says: 'the database could not do what was asked',
    fails: [asked('relation "tide" does not exist'), asked('near "SELEC": syntax error: no such table: tide')],
    passes: [asked('[{"note":"relation \\"tide\\" does not exist"}]')],
  },
  {
    id: 'http-status',
    families: ['http'],
    where: 'any',
    pattern:
      /^(?:HTTP\/[\d.]+ |(?:HTTP )?status(?: code)?: ?|(?:http )?error:? (?:code )?|(?:request|fetch) failed(?: with| -)?(?: status)?(?: code)?:? |(?:error )?response(?: status)?: )"?[45]\d\d\b|^[45]\d\d(?: - |: | )(?:page not found|[A-Z]\w+)|\bfailed with status(?: code)?:? [45]\d\d\b|\bstatus code:? [45]\d\d\b/i,
    mostLines: 400,
    score: 0.93,
    says: 'the server answers with an error status',
    fails: [
      fetched('HTTP/1.1 503 Service Unavailable\n\nno berth'),
      fetched('Status: 404\n\nno such tide'),
      fetched('Request failed with status code 500'),
      fetched('404 page not found'),
    ],
    passes: [
      fetched('HTTP/1.1 200 OK\n\n404 Berth Street'),
      fetched('Status: 201\n\nmade'),
      fetched('the code 404 means: no such tide'),
    ],
    unless: /^(?:HTTP\/[\d.]+ |(?:HTTP )?status(?: code)?: ?)2\d\d\b/im,
  },
  {
    id: 'http-page',
    families: ['http'],
    where: 'any',
    pattern:
      /<title>\s*(?:Error:? )?(?:[45]\d\d\b|(?:Page |File )?Not Found|Forbidden|Unauthorized|Access Denied|Bad (?:Request|Gateway)|Internal Server Error|Service (?:Temporarily )?Unavailable|Gateway Time-?out|Too Many Requests|Attention Required)/i,
    score: 0.93,
    says: 'the page is that of an error',
    fails: [
      fetched('<html><head><title>404 Not Found</title></head></html>'),
      fetched('<!DOCTYPE html>\n<html><head><title>Internal Server Error</title></head>'),
    ],
    passes: [fetched('<html><head><title>Error codes of the tide</title></head><body>404 Not Found</body></html>')],
  },
  {
    id: 'http-words',
    families: ['http'],
    where: 'first',
    mostLines: 3,
    pattern:
      /^(?:Error: )?(?:(?:404 )?(?:page )?not found|unauthorized|forbidden|access denied|bad request|bad gateway|internal server error|service unavailable|gateway time-?out|too many requests|method not allowed)\W*$|^(?:Error: )?(?:(?:request|fetch|navigation) (?:failed|timed out)|failed to fetch|could not (?:fetch|resolve|connect)|getaddrinfo |connect ECONN|net::ERR_|TypeError: fetch failed|Connection refused|Max retries exceeded)/i,
    score: 0.92,
    says: 'the page was not given',
    fails: [
      fetched('Internal Server Error'),
      fetched('Failed to fetch http://tide.example.test/'),
      fetched('net::ERR_NAME_NOT_RESOLVED at http://tide'),
    ],
    passes: [fetched('Not found in any harbour: the lost rope'), fetched('ok')],
  },
  {
    id: 'answers-error-object',
    families: ['http', 'sql', 'other'],
    where: 'first',
    mostLines: 40,
    pattern:
      /^\s*\{(?=[\s\S]{0,400}?"(?:status|statusCode|status_code|code)"\s*:\s*"?[45]\d\d\b)(?=[\s\S]{0,2000}?"(?:message|title|detail|reason|error|body|msg|description)"\s*:)|^\s*\{\s*"(?:detail|error|errors?Message|error_message)"\s*:\s*"[^"]+"\s*,?\s*(?:"\w+"\s*:\s*(?:"[^"]*"|\d+)\s*,?\s*){0,3}\}\s*$|^\s*\{\s*"(?:isError|is_error)"\s*:\s*true/,
    score: 0.9,
    says: 'it is an object that stands for an error',
    fails: [
      fetched('{"message":"Not Found","status":"404"}'),
      fetched('{"type":"about:blank","title":"Gone","status":410,"detail":"the tide is out"}'),
      fetched('{"detail":"Request was throttled."}'),
      fetched('{"status":503,"body":"no berth"}'),
    ],
    passes: [
      fetched('{"status":200,"body":"moored"}'),
      fetched('{"items":[{"level":"error","message":"rope parted"}],"total":1}'),
      fetched('{"detail":"hemp","ropes":[3]}'),
    ],
  },
  {
    id: 'edit-refused',
    families: ['edit'],
    where: 'any',
    mostLines: 60,
    pattern:
      /^(?:String to replace not found|No (?:match|replacement|changes? (?:made|to make)|valid patches)|The (?:old_str|search) |old_str(?:ing)? .{0,40}(?:not found|did not appear)|File (?:has not been read|does not exist|not found|has been modified)|Found \d+ matches of the string|Hunk #\d+ FAILED|\d+ out of \d+ hunks? (?:FAILED|ignored)|SearchReplaceNoExactMatch|Invalid (?:patch|diff|context)|patch: \*{4} |error: (?:patch|corrupt|No valid|.{1,160}: (?:No such|does not|already|patch does not))|Failed to (?:find|apply|edit|write|create|locate)|I can't find a file|can't find file to patch)|did not appear verbatim|\bfailed to exactly match\b|\bMultiple (?:matches|occurrences)\b/i,
    score: 0.94,
    says: 'the edit was not made',
    fails: [
      edited('String to replace not found in file.\nString: rope'),
      edited('No replacement was performed, old_str `rope` did not appear verbatim in tide.md.'),
      edited('File has not been read yet. Read it first before writing to it.'),
      {
        tool: 'apply_patch',
        arguments: { patch: 'x' },
        result: 'error: patch failed: tide.md:1\nerror: tide.md: patch does not apply',
      },
      {
        tool: 'apply_patch',
        arguments: { patch: 'x' },
        result: 'patching file tide.md\nHunk #1 FAILED at 1.\n1 out of 1 hunk FAILED',
      },
    ],
    passes: [
      edited('The file tide.md has been updated.'),
      edited('patching file tide.md\nHunk #1 succeeded at 2 (offset -7 lines).'),
      edited('The file was edited:\n  4\tif not found: raise Error("no rope")'),
    ],
  },
  {
    id: 'nothing-read',
    families: ['read', 'search'],
    where: 'first',
    mostLines: 3,
    pattern:
      /^(?:<tool_use_error>|Error(?: (?:reading|listing|opening|executing|accessing|searching)\b.{0,120}?)?: |ENOENT\b|EACCES\b|EISDIR\b|ENOTDIR\b|File (?:does not exist|not found)\b|(?:Path|Directory) (?:does not exist|not found)\b|No such file or directory|Permission denied\b|\w+: .{1,200}: (?:No such file or directory|Permission denied|Is a directory)$|\w+: cannot access |\w+: (?:Unmatched|Invalid|Unterminated|unterminated) |regex parse error|Invalid (?:regex|regular expression|pattern|path)\b|Access denied\b|Cannot read\b|Could not (?:read|find|open)\b|Failed to (?:read|open|list|search)\b)/,
    score: 0.93,
    says: 'nothing could be read',
    fails: [
      read('Error: ENOENT: no such file or directory, open tide.md'),
      read('File does not exist.'),
      read('cat: tide.md: No such file or directory'),
      { tool: 'Grep', arguments: { pattern: '(' }, result: 'regex parse error: unclosed group' },
    ],
    passes: [
      read('Error: this heading\n\nis one\nof many\nlines'),
      read('1\tError codes'),
      { tool: 'Grep', arguments: { pattern: 'rope' }, result: 'No matches found' },
      { tool: 'Grep', arguments: { pattern: 'Error' }, result: 'src/a.ts:3: throw new Error(rope)' },
    ],
  },
  {
    id: 'answers-error',
    families: ['http', 'sql', 'edit', 'tests', 'other'],
    where: 'first',
    mostLines: 25,
    pattern:
      /^(?:❌|✗|✘|⛔|🚫|<tool_use_error>|<error>)|^(?:\W{0,3})(?:an? )?(?:(?:mcp|tool|api|internal|unexpected|unknown|validation|runtime|execution|timeout|authentication|authorization|connection|network|request|server|permission|fatal|input|http|\w*[a-z](?=error|exception)) ?)*(?:error|exception|fehler|erreur|errore|erro|fel|chyba|błąd|ошибка|错误|錯誤|エラー|오류)(?: (?:-?\d{1,9}|\([^)\n]{1,40}\)|\[[^\]\n]{1,40}\]|\w+_\w+))?(?: (?:executing|calling|running|invoking|processing|creating|updating|deleting|fetching|getting|while|when|in|during|from|with|occurred)\b.{0,120}?)? ?[:：—–-] ?\S/i,
    score: 0.9,
    says: 'it begins as an error does',
    fails: [
      assigned('Error: berth 4 is taken'),
      assigned('MCP error -32602: Input validation error'),
      assigned('Error executing tool assign_berth: no such berth'),
      assigned('ValueError: no such berth'),
      assigned('❌ Berth 4 is taken'),
      assigned('Fehler: Liegeplatz 4 ist belegt'),
    ],
    passes: [
      assigned('Errors: none'),
      assigned('Error codes: 4 are known'),
      assigned('Berth 4 assigned. Error: none'),
      assigned('No error: berth 4 assigned'),
      assigned('{"berth":4,"error":null}'),
    ],
  },
  {
    id: 'could-not',
    families: ['http', 'sql', 'edit', 'other'],
    where: 'first',
    mostLines: 6,
    pattern:
      /^(?:Sorry,? )?(?:I |We )?(?:failed to|unable to|could ?n[o']t|cannot|can['’]t) \w+|^(?:Unknown tool|Tool .{1,80} not found|Invalid (?:arguments?|parameters?|params|input|request|token|credentials)\b|Missing (?:required|argument|parameter)|Permission (?:to use .{1,60} )?(?:was |has been )?denied|Access denied|Not authorized|Unauthorized\b|Forbidden\b|Rate limit|Quota exceeded|Authentication (?:failed|required)|Operation (?:failed|timed out|not permitted)|Timed? ?out\b|The (?:operation|request|command|tool|call|server) (?:failed|timed out|was rejected|returned an error)|\w[\w ]{0,40} (?:failed|timed out|was rejected)(?:[.:!]| because| with)|User (?:rejected|denied|declined))/i,
    score: 0.86,
    says: 'it says that it could not',
    fails: [
      assigned('Failed to assign berth 4: taken'),
      assigned('Unknown tool: assign_berth'),
      assigned('Invalid arguments for tool assign_berth: berth is required'),
      assigned('Permission denied'),
      assigned('Assigning the berth failed: taken'),
      assigned('The operation timed out.'),
    ],
    passes: [
      assigned('Berth 4 was assigned after one failed attempt'),
      assigned('Cannons are not allowed in berth 4'),
      assigned('Failed berths: none'),
    ],
  },
];
