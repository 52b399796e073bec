/**
 * The error catalogue: every expected failure's stable code, its HTTP status and what to do next.
 * Texts end up in API answers, CLI output and the studio alike.
 */
export const errorCatalogue = {
  // usage and settings
  usage: { status: 400, next: 'Run `sluice --help` to see the commands and their flags.' },
  settings_invalid: {
    status: 400,
    next: 'Correct the named field in settings.json or delete the file to return to the defaults.',
  },
  policy_invalid: {
    status: 400,
    next: 'Correct the named field in the redaction policy file or delete it to return to the default policy.',
  },
  policy_file_edited: {
    status: 409,
    next: 'Nothing was written. Repair the redaction policy file, or move it away; once what it says holds, save again.',
  },
  vault_unreadable: {
    status: 500,
    next: 'Restore known-values.sealed and the key from a backup, or delete it: its values are then no longer replaced.',
  },
  data_dir_in_use: { status: 409, next: 'Stop the named process, or choose another folder with --data-dir.' },
  data_dir_newer: {
    status: 409,
    next: 'Use the newer version of Sluice that wrote this folder, or choose another with --data-dir.',
  },
  data_dir_unwritable: { status: 500, next: 'Check the permissions of the folder or choose another with --data-dir.' },
  port_in_use: {
    status: 409,
    next: 'Stop what holds the port, or choose another with --proxy-port / --api-port (0 takes a free one).',
  },
  key_invalid: {
    status: 500,
    next: 'Restore the key file from a backup; without it the journal and sealed bodies cannot be read.',
  },
  keychain_refused: {
    status: 500,
    next: 'Unlock the system’s keychain, or allow Sluice to use it, and start the studio again.',
  },
  tokens_invalid: {
    status: 500,
    next: 'Correct tokens.json in the data folder, or delete it: its tokens are then no longer valid.',
  },
  not_running: { status: 503, next: 'Start the studio with `sluice` or `sluice serve`.' },
  // api
  unauthorized: {
    status: 401,
    next: 'Send `Authorization: Bearer <token>`; the token is printed by `sluice serve` and `sluice status`.',
  },
  forbidden: { status: 403, next: 'Use a token that has the scope named in details (`sluice token create`).' },
  host_rejected: { status: 403, next: 'Use the address that `sluice serve` printed.' },
  origin_rejected: {
    status: 403,
    next: 'Open the studio at the address that `sluice serve` printed; a page that may use the gateway is allowed in the settings.',
  },
  request_invalid: { status: 400, next: 'Send a well-formed request; a body must be valid JSON.' },
  method_not_allowed: { status: 405, next: 'Use one of the methods named in details.' },
  media_type_unsupported: { status: 415, next: 'Send the body as application/json.' },
  not_found: { status: 404, next: 'Check the id; the record may have been deleted.' },
  body_too_large: {
    status: 413,
    next: 'Send less in one request: 10 MB where it brings data, else what details name, mostly 64 kB.',
  },
  validation_failed: { status: 422, next: 'Correct the fields named in details.' },
  shape_unfit: { status: 422, next: 'Ask for the trace without `shape`, or in another one.' },
  query_invalid: { status: 400, next: 'Correct the query at the position given in details.' },
  cursor_invalid: { status: 400, next: 'Start again without a cursor.' },
  query_too_expensive: {
    status: 422,
    next: 'Narrow it by time (`started:>-1d`), by a field with an exact value, or ask for fewer at a time.',
  },
  body_too_expensive: { status: 422, next: 'Send it in several smaller requests.' },
  engine_busy: { status: 503, next: 'Try again in a moment.' },
  storage_failing: {
    status: 507,
    next: 'Free disk space, or give this user the right to write in the data folder; then do it again.',
  },
  rate_limited: { status: 429, next: 'Wait for the seconds in Retry-After, or send more in one request.' },
  too_many_jobs: { status: 429, next: 'Wait until some of them are over (GET /jobs), then do it again.' },
  trace_finalized: { status: 409, next: 'Send what is new as another trace.' },
  internal: { status: 500, next: 'Look at the log; if it happens again, report it with the log line.' },
  // capture, answered to the client
  proxy_auth_required: {
    status: 407,
    next: 'Send Proxy-Authorization: Basic with any user name and a token as password: `sluice token create --scope proxy`.',
  },
  request_target_invalid: {
    status: 400,
    next: 'Use this port as an HTTP proxy, or as gateway with a path such as /openai/v1/…',
  },
  upstream_unknown: { status: 404, next: 'Use a known upstream name, or add one with --upstream NAME=URL.' },
  proxy_loop: {
    status: 508,
    next: 'The request leads back to this proxy; check the base URL and the proxy variables.',
  },
  upstream_dns: { status: 502, next: 'Check the host name and the network.' },
  upstream_refused: { status: 502, next: 'Check that the upstream runs and the port is right.' },
  upstream_timeout: { status: 504, next: 'Check the network and try again.' },
  upstream_reset: { status: 502, next: 'The upstream closed the connection; try again.' },
  upstream_tls: {
    status: 502,
    next: 'Check the upstream certificate; for a test server with its own certificate use --insecure-upstream.',
  },
  upstream_protocol: {
    status: 502,
    next: 'The upstream answered something that is not HTTP; check the URL and the port.',
  },
  upstream_proxy_failed: { status: 502, next: 'Check the upstream proxy in the settings.' },
  upstream_failed: { status: 502, next: 'See message; try again.' },
  client_aborted: { status: 499, next: 'The client closed the connection before the response was complete.' },
  client_refused_certificate: {
    status: 495,
    next: 'Make the client trust the CA (`sluice ca`), or tunnel this host untouched.',
  },
  client_protocol: { status: 400, next: 'The client sent something that is not HTTP.' },
  shutting_down: { status: 503, next: 'The studio is stopping; start it again.' },
  // pipeline
  pipeline_failed: { status: 500, next: 'The exchange is kept raw and sealed; report the log line.' },
  decode_failed: { status: 500, next: 'The exchange is kept as plain HTTP.' },
  // import
  oracle_domain_draft: {
    status: 422,
    next: '`sluice oracle domains check FILE` names all that a person has to say yet.',
  },
  oracle_draft_source_invalid: {
    status: 422,
    next: 'Give an OpenAPI document (3.0 or 3.1), or the answer of an MCP server to tools/list.',
  },
  prompts_invalid: {
    status: 422,
    next: 'Nothing was asked. Correct the named lines: each is a JSON text, or {"id": …, "prompt": …}.',
  },
  import_unreadable: {
    status: 422,
    next: 'Check the file: it must be a regular file, unpacked or compressed with gzip or zstd.',
  },
  import_format_unknown: {
    status: 422,
    next: 'Name the importer with --as, or import one of the kinds named in details.',
  },
  mapping_invalid: {
    status: 422,
    next: 'Correct the field named in details; `sluice map FILE` makes a draft, docs/mapping.md says what each field is.',
  },
  // review
  queue_exists: { status: 409, next: 'Choose another name, or change the queue that has it.' },
  label_of_another: {
    status: 403,
    next: 'Say it under your own name: make one of your own. A token with the scope admin may take another’s away.',
  },
  item_taken: { status: 409, next: 'Take the next item of the queue.' },
  // judges
  rubric_invalid: { status: 422, next: 'Correct the fields named in details; docs/judges.md says what each is.' },
  rubric_version_taken: { status: 409, next: 'Give what you changed a version of its own.' },
  // export and jobs
  export_target_exists: { status: 409, next: 'Choose another folder or delete the old export.' },
  export_unwritable: {
    status: 422,
    next: 'Free some space, or name a folder that you may write to; nothing of it was left behind.',
  },
  export_leaks: {
    status: 422,
    next: 'Look at the places in details: change the policy or deny the values and export again, or take it on by name.',
  },
  export_policy_looser: {
    status: 422,
    next: 'Ask for the same or a stricter action, or change the project’s policy.',
  },
  export_unreadable: { status: 422, next: 'Check the path: an export’s folder, or a JSONL or Parquet file (Snappy).' },
  dataset_unknown: { status: 404, next: 'Look at `sluice dataset list`, or make it with `sluice dataset create`.' },
  dataset_taken: { status: 409, next: 'Build it again: it gets the next number.' },
  push_refused: { status: 409, next: 'Build the next version and push that one, or name another repository.' },
  hub_token_missing: {
    status: 422,
    next: 'Set HF_TOKEN where the engine (or the command) runs, or log in with `hf auth login`.',
  },
  hub_forbidden: { status: 403, next: 'Use a token that may write to the repository, and check owner and name.' },
  hub_changed: { status: 409, next: 'Push again: what arrived is not sent again.' },
  hub_unreachable: {
    status: 502,
    next: 'Check the network and HF_ENDPOINT, and push again: what arrived is not sent again.',
  },
  hub_refused: { status: 502, next: 'See what the Hub says, and push again: what arrived is not sent again.' },
  template_invalid: {
    status: 422,
    next: 'Correct the chat template, or name one of those that `sluice dataset render --help` lists.',
  },
  template_failed: { status: 422, next: 'Take a template that knows what the row holds, or a layout without it.' },
  row_unreadable: {
    status: 422,
    next: 'Name a row of a layout with messages, prompt and completion, or chosen and rejected.',
  },
  tokenizer_invalid: {
    status: 422,
    next: 'Name an encoding (o200k_base, o200k_harmony, cl100k_base) or a tokenizer.json.',
  },
  // language models
  models_invalid: {
    status: 500,
    next: 'Correct the named field in models.json, or delete it and set the profiles again.',
  },
  model_profile_missing: { status: 404, next: 'Look at `sluice models list`, or set one with `sluice models add`.' },
  model_not_agreed: {
    status: 409,
    next: 'Agree to what leaves: `sluice models add NAME --agree`, or the button of the profile. Nothing was sent.',
  },
  model_key_invalid: {
    status: 422,
    next: 'Set the key anew, in one line, as its maker gave it. Nothing was sent.',
  },
  model_key_missing: {
    status: 422,
    next: 'Set the variable where the engine runs and start it again, or set the profile’s key anew. Nothing was sent.',
  },
  keychain_missing: {
    status: 422,
    next: 'Name an environment variable that holds the key, or set the profile in the desktop window.',
  },
  model_text_unredacted: {
    status: 422,
    next: 'Nothing was sent. Deny the value or redact the stored text anew (`sluice rescan`), and try again.',
  },
  model_budget_used: { status: 409, next: 'Nothing was sent. Raise the budget, or take a cheaper model.' },
  model_price_unknown: {
    status: 422,
    next: 'Nothing was sent. Set the profile’s prices (--price-in, --price-out), so that a budget can hold.',
  },
  model_unauthorized: { status: 502, next: 'Check the key of the profile and that it may use the model.' },
  model_refused_request: { status: 502, next: 'See what the server says; `sluice models probe` finds what it takes.' },
  model_rate_limited: { status: 503, next: 'Wait until the time that the server names, or ask for a higher limit.' },
  model_unavailable: { status: 503, next: 'Check that the server runs and try again; what was answered is not lost.' },
  model_timeout: { status: 504, next: 'Try again, or allow more time for an answer.' },
  model_answer_invalid: {
    status: 502,
    next: 'Check the profile’s address: it must speak Chat Completions, usually under /v1.',
  },
  model_redirected: { status: 502, next: 'Set the address that the server names as the profile’s, if you trust it.' },
  export_empty: { status: 422, next: 'Widen the query, or see in details why traces were left out.' },
  trace_output_unwritable: {
    status: 422,
    next: 'Name another file with --trace-output, in a folder that you may write to.',
  },
  // sandboxes
  sandbox_unavailable: {
    status: 503,
    next: 'Start Docker (Engine or Desktop) or Podman’s socket, or set DOCKER_HOST; `sluice qa doctor` shows what is found.',
  },
  sandbox_forbidden: {
    status: 503,
    next: 'Add this user to the group `docker` and log in again, or use rootless Docker or Podman’s socket (DOCKER_HOST).',
  },
  sandbox_engine_unfit: { status: 503, next: 'Use Docker Engine 20.10 or newer, or Podman 4 or newer.' },
  sandbox_limits_missing: {
    status: 503,
    next: 'Nothing was run with less. `sluice qa doctor` says what the engine lacks, mostly cgroup v2 with delegation.',
  },
  sandbox_runtime_missing: {
    status: 422,
    next: 'Install the runtime and add it to the engine’s, or take one of those in details.',
  },
  sandbox_engine_failed: { status: 502, next: 'See what the engine says; `sluice qa doctor` looks at it.' },
  sandbox_disk_full: {
    status: 507,
    next: 'Free disk space where the engine keeps its images: `docker system df`, `docker image prune`.',
  },
  sandbox_work_full: { status: 422, next: 'Allow the sandbox more space, or leave out what tests do not need.' },
  sandbox_archive_refused: { status: 422, next: 'Take the named entry out of the repository or the archive.' },
  sandbox_file_too_large: { status: 422, next: 'Let the command write less into the file.' },
  sandbox_closed: { status: 409, next: 'Open another sandbox.' },
  image_missing: {
    status: 422,
    next: 'Pull it (`docker pull`), allow the network for this run, or name an image that the engine has.',
  },
  image_unfit: { status: 422, next: 'Use an image with a base system (sh, sleep).' },
  prepare_failed: {
    status: 422,
    next: 'Look at its output in details; dependencies that have to be fetched need the network allowed for this run.',
  },
  // gold traces
  oracle_domain_unknown: { status: 422, next: 'Name one that `sluice oracle domains` lists.' },
  oracle_domain_invalid: { status: 422, next: 'Correct the named place of the file; docs/oracle.md has its form.' },
  oracle_out_used: { status: 409, next: 'Go on with it (--resume), or name another folder (--out).' },
  oracle_run_differs: {
    status: 409,
    next: 'Run it with the settings of its manifest.json, or name another folder (--out).',
  },
  oracle_baseline_unreadable: {
    status: 422,
    next: 'Name a baseline.json that `sluice oracle run` or `sluice oracle baseline` wrote.',
  },
  oracle_run_unreadable: { status: 422, next: 'Restore manifest.json of the folder, or name another (--out).' },
  // tests of repositories
  qa_command_refused: {
    status: 422,
    next: "Name one program and its arguments; a script of the repository, or `sh -c '…'`, may do the rest.",
  },
  qa_repository_unknown: {
    status: 422,
    next: 'Say where its clone lies on the engine’s machine: --repo, or qa.repositories in the settings.',
  },
  qa_repository_missing: {
    status: 422,
    next: 'Name the absolute path of a clone, a folder or an archive on the engine’s machine.',
  },
  qa_repository_unreadable: {
    status: 422,
    next: 'Check the repository (`git fsck`, `tar -tf`) and that this user may read it; clone it anew where it is damaged or partial.',
  },
  qa_repository_too_large: { status: 422, next: 'Take out what tests do not need, or name a smaller folder.' },
  qa_repository_changed: { status: 409, next: 'Start again once nothing writes there, or name commits.' },
  qa_archive_refused: { status: 422, next: 'Pack it anew without the named entry.' },
  qa_commit_unknown: {
    status: 422,
    next: 'Fetch it into the clone (`git fetch --unshallow` for a shallow one), or name another.',
  },
  qa_file_too_large: { status: 422, next: 'Take the file out of what is tested.' },
  qa_erased: { status: 409, next: 'Nothing of the run is kept: run the tests again.' },
  qa_git_missing: { status: 503, next: 'Install git, so that it is found by its name.' },
  qa_command_missing: {
    status: 422,
    next: 'Name the command that runs the tests: --test-command, or `test_command` of the repository in the settings.',
  },
  qa_framework_unknown: {
    status: 422,
    next: 'Name one of the frameworks in details, or leave it out: it is detected.',
  },
  qa_image_unnamed: {
    status: 422,
    next: 'Name an image that the engine of containers has: --image, or `qa.image` in the settings.',
  },
  job_cancelled: { status: 409, next: 'Start the job again.' },
  job_paused: { status: 409, next: 'Go on with it: sluice oracle resume, or its button.' },
  job_not_resumable: { status: 409, next: 'Start the job again.' },
  job_interrupted: { status: 500, next: 'Start the job again.' },
  job_failed: { status: 500, next: 'See message; the job can be started again.' },
} as const satisfies Record<string, { status: number; next: string }>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An expected failure: stable code, a message for people, the next step, details for programs. */
export class SluiceError extends Error {
  readonly code: ErrorCode;
  readonly details: unknown;
  constructor(code: ErrorCode, message: string, details?: unknown, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'SluiceError';
    this.code = code;
    this.details = details;
  }
  get status(): number {
    return errorCatalogue[this.code].status;
  }
  get next(): string {
    return errorCatalogue[this.code].next;
  }
  toJSON(): { code: ErrorCode; message: string; next: string; details?: unknown } {
    return {
      code: this.code,
      message: this.message,
      next: this.next,
      ...(this.details === undefined ? {} : { details: this.details }),
    };
  }
}

/** The value, where there is one. @throws SluiceError `not_found`, naming what is missing */
export function found<T>(value: T | null, what: string): T {
  if (value === null) throw missing(what);
  return value;
}

export function missing(what: string): SluiceError {
  return new SluiceError('not_found', `There is no such ${what}.`);
}
