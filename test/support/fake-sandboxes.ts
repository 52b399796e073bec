import { basename } from 'node:path';
import type {
  ExecResult,
  OpenRequest,
  PrepareRequest,
  Prerequisite,
  SandboxMaker,
} from '../../src/main/ground/sandbox.js';
import { tarEntries } from './repositories.js';

/** Files of a copy by their path. */
export type Copied = ReadonlyMap<string, string>;

interface FakeRun {
  files: Copied;
  argv: readonly string[];
  request: OpenRequest;
  signal: AbortSignal;
  /** Leaves a file, as the tests would. */
  write(path: string, text: string): void;
  say(text: string): void;
}

type Ended = Partial<Pick<ExecResult, 'exit_code' | 'ended_by'>>;

interface FakeOptions {
  /** What a command does. */
  run(run: FakeRun): Ended | Promise<Ended>;
  prepare?(request: PrepareRequest): void | Promise<void>;
  /** What is missing now. */
  missing?(): Prerequisite[];
}

/** Sandboxes that run nothing: a function stands for what a command does in one. */
export function fakeSandboxes({ run, prepare, missing }: FakeOptions) {
  const opened: { open: boolean; request: OpenRequest }[] = [];
  const prepared: PrepareRequest[] = [];
  const maker: SandboxMaker = {
    id: 'fake',
    prerequisites: async () => missing?.() ?? [{ id: 'engine', title: 'Engine', ok: true, detail: 'here', next: null }],
    async prepare(request) {
      prepared.push(request);
      await prepare?.(request);
      const image = request.commands.length === 0 ? request.base : `prepared:${request.key.slice(0, 8)}`;
      return { image, image_id: `sha256:${image}`, cached: true, seconds: 0 };
    },
    async open(request) {
      const one = { open: true, request };
      opened.push(one);
      const files = new Map<string, string>();
      const left = new Map<string, Uint8Array>();
      return {
        id: String(opened.length),
        async copyIn(tar) {
          for (const { header, bytes } of await tarEntries(tar)) files.set(header.name, bytes.toString());
        },
        async exec({ argv, signal, onOutput }) {
          const said: Buffer[] = [];
          const began = performance.now();
          const ended = await run({
            files,
            argv,
            request,
            signal,
            write: (path, text) => left.set(path, Buffer.from(text)),
            say(text) {
              said.push(Buffer.from(text));
              onOutput?.(Buffer.from(text), 'stdout');
            },
          });
          return {
            exit_code: 'exit_code' in ended ? (ended.exit_code ?? null) : ended.ended_by === undefined ? 0 : null,
            ended_by: ended.ended_by ?? 'itself',
            output: { head: Buffer.concat(said), tail: new Uint8Array(), dropped_bytes: 0 },
            seconds: (performance.now() - began) / 1000,
          };
        },
        copyOut: async (path) => left.get(path) ?? null,
        async close() {
          one.open = false;
        },
      };
    },
    byHand: (request, argv) => `run ${request.image} ${argv.join(' ')}`,
    reap: async () => ({ containers: 0, volumes: 0, images: 0 }),
  };
  return { maker, opened, prepared };
}

/** Does what pytest does: leaves the report that it was asked for. */
export function pytestReport(
  { argv, write }: Pick<FakeRun, 'argv' | 'write'>,
  outcomes: Readonly<Record<string, 'passed' | 'failed' | 'skipped'>>,
): Ended {
  const path = argv.find((word) => word.startsWith('--junitxml='))?.slice('--junitxml='.length);
  if (path === undefined) throw new Error(`${basename(argv[0] ?? '')} was asked for no report`);
  const inner = { passed: '', failed: '<failure message="no">no</failure>', skipped: '<skipped message="later"/>' };
  const cases = Object.entries(outcomes).map(
    ([name, outcome]) => `<testcase classname="tests" name="${name}" time="0.1">${inner[outcome]}</testcase>`,
  );
  write(path, `<?xml version="1.0"?><testsuites><testsuite name="pytest">${cases.join('')}</testsuite></testsuites>`);
  return { exit_code: Object.values(outcomes).includes('failed') ? 1 : 0 };
}
