import type { Json } from '../../../shared/model/index.js';

/** What a field has to say for the tool to have failed. */
export type Says = 'true' | 'false' | 'not zero' | 'an error';

/** A form of result that says of itself that the tool failed. */
export interface FailureRule {
  id: string;
  /** Fields, any of them; a dot leads into an object. */
  fields: readonly string[];
  says: Says;
  /** One of these stands beside it: without them the field may mean something else. */
  with?: readonly string[];
  /** Nothing but these stands beside it: what tells more tells of something else, a build or an order, say. */
  beside?: readonly string[];
  /** The result is a list of these, one for each command; one that failed is enough. */
  listed?: true;
  /** It is the envelope that the tool's own answer comes in, so that not even what was read in a file can look like it. */
  envelope?: true;
  fails: readonly Json[];
  passes: readonly Json[];
}

const errorsCompany = [
  'jsonrpc',
  'id',
  'type',
  'ok',
  'success',
  'error',
  'errors',
  'message',
  'reason',
  'detail',
  'details',
  'hint',
  'code',
  'status',
  'statusCode',
  'request_id',
] as const;

/** Each stands for one convention of programs; a result for which none holds is taken at its word. */
export const failureRules: readonly FailureRule[] = [
  {
    id: 'mcp-is-error',
    fields: ['isError'],
    says: 'true',
    with: ['content', 'structuredContent'],
    envelope: true,
    fails: [
      { content: [{ type: 'text', text: 'The berth is taken.' }], isError: true },
      { structuredContent: { berth: null }, isError: true },
    ],
    passes: [
      { content: [{ type: 'text', text: 'Berth 4' }], isError: false },
      { content: [{ type: 'text', text: 'Berth 4' }] },
      { isError: true, form: 'berth' },
    ],
  },
  {
    id: 'exit-code',
    fields: ['exit_code', 'exitCode', 'returncode', 'metadata.exit_code'],
    says: 'not zero',
    fails: [
      { stdout: '', stderr: 'mooring: not found', exit_code: 127 },
      { exitCode: 2, output: 'usage: tide PORT' },
      { returncode: -9 },
      { output: 'no rope', metadata: { exit_code: 1, duration_seconds: 0.2 } },
    ],
    passes: [
      { stdout: 'ready', exit_code: 0 },
      { stdout: 'still running', exit_code: null },
      { exitCode: 'none' },
      { output: 'ready', metadata: { exit_code: 0 } },
      { jobs: [{ exit_code: 1 }] },
    ],
  },
  {
    id: 'command-outcome',
    fields: ['outcome.exit_code'],
    says: 'not zero',
    listed: true,
    fails: [
      [{ stdout: '', stderr: 'no such rope', outcome: { type: 'exit', exit_code: 1 } }],
      [
        { stdout: '', stderr: 'no such rope', outcome: { type: 'exit', exit_code: 3 } },
        { stdout: 'moored', stderr: '', outcome: { type: 'exit', exit_code: 0 } },
      ],
    ],
    passes: [
      [{ stdout: 'moored', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
      [],
      [{ outcome: 'exit_code' }],
    ],
  },
  {
    id: 'not-successful',
    fields: ['success', 'ok'],
    says: 'false',
    beside: errorsCompany,
    fails: [
      { success: false },
      { success: false, message: 'The lock gate is shut.' },
      { ok: false, error: 'berth_not_found' },
    ],
    passes: [{ success: true }, { ok: true, id: 3 }, { success: 'false' }, { build: 71, success: false, seconds: 40 }],
  },
  {
    id: 'error-alone',
    fields: ['error'],
    says: 'an error',
    beside: errorsCompany,
    fails: [
      { error: { code: 'berth_taken', message: 'Berth 4 is taken.' } },
      { error: 'No such harbour.' },
      { jsonrpc: '2.0', id: 3, error: { code: -32602, message: 'Unknown port' } },
      { type: 'error', error: { type: 'overloaded' } },
    ],
    passes: [
      { error: null },
      { error: {} },
      { error: '' },
      { error: false },
      { success: true, error: 'none' },
      { berth: 4, error: { last_week: 'storm' } },
    ],
  },
];

/**
 * Last words of tools that show what lies somewhere: what it looks like says nothing of the reading. Only an envelope
 * counts there.
 */
export const readingTools: readonly string[] = [
  'read',
  'read_file',
  'readfile',
  'read_files',
  'read_many_files',
  'read_text_file',
  'view',
  'view_file',
  'open',
  'open_file',
  'cat',
  'get_file',
  'get_file_contents',
  'str_replace_editor',
  'str_replace_based_edit_tool',
  'notebookread',
  'read_mcp_resource',
  'readmcpresourcetool',
];
