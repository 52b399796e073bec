import { statSync } from 'node:fs';
import { SluiceError } from '../../../shared/errors.js';
import type { KnownValue } from '../../../shared/policy-file.js';
import type { DataFolder } from '../../home/folder.js';
import { readAppliedPolicy, readPolicyFile, writeAppliedPolicy, writePolicyFile } from '../../home/settings-file.js';
import type { Vault } from '../../home/vault.js';
import {
  createRedactor,
  loadPolicy,
  type PolicyChanges,
  type PolicyFile,
  parsePolicyFile,
  policyChanges,
  type RedactionPolicy,
  type Redactor,
  resolvePolicy,
  sparsePolicyFile,
  strictestPolicy,
} from '../../redact/index.js';

/** What a redactor goes by. */
export interface Rules {
  policy: RedactionPolicy;
  values: KnownValue[];
}

/** The policy that holds, the file behind it, and what is wrong with that file since. */
export interface PolicyState {
  /** Every field filled in from preset and defaults. */
  policy: RedactionPolicy;
  /** What the file says itself. */
  file: PolicyFile;
  path: string;
  /** Why the file as it lies there is not what holds; empty where it is. */
  problems: string[];
}

export interface LiveRedactor {
  /** Always goes by the newest rules. */
  redactor: Redactor;
  rules(): Rules;
  state(): PolicyState;
  /** Where new rules are sent to; resolves when they hold there. */
  connect(push: (rules: Rules) => Promise<unknown>): void;
  /** What changed while no engine ran, since `noteApplied` was called last. */
  sinceLast(): PolicyChanges;
  /** Whether the strictest policy holds in place of a file that was bad from the start: nothing that is stored goes by it. */
  standsIn(): boolean;
  /** What is stored is, or is being, redacted by the rules that hold now. */
  noteApplied(): void;
  /** Hears what somebody changed in the file himself, after it holds. */
  onEdited(listener: (changes: PolicyChanges) => void): void;
  onProblems(listener: (problems: string[]) => void): void;
  /** Writes the file and lets it hold for the next exchange in every thread. Throws policy_invalid, or policy_file_edited where the file holds an edit that does not hold yet, and changes nothing. */
  set(file: PolicyFile): Promise<PolicyChanges>;
  /** The known values are others now. */
  valuesChanged(): Promise<void>;
  close(): void;
}

/** How often the file is looked at, and how long it may be gone while an editor replaces it. */
const lookEveryMs = 500;
const goneForMs = 1500;
const mayHoldNames = 'It was signed by Ada Lovelace in London.';

/**
 * Reads the policy file, and follows it: what is edited by hand holds too, and a bad edit leaves the last good policy in
 * force; where the file is bad from the start, the strictest one. Values under `deny` are moved into the vault and out of
 * the file.
 */
export function openLiveRedactor(parts: {
  folder: DataFolder;
  vault: Vault;
  pseudonymKey: Uint8Array;
  /** Secrets of this machine. */
  secrets: readonly string[];
}): LiveRedactor {
  const { folder, vault, secrets, pseudonymKey: key } = parts;
  // What is written after this is seen at the next look.
  let seen = markOf(folder.policy);
  let goneSince: number | null = null;
  let problems: string[] = [];
  let standsIn = false;
  let { file, policy, current } = begin();
  // The lists of names are read with the first text that may hold one: here, where nobody waits for an answer.
  current.text(mayHoldNames);
  let push: (rules: Rules) => Promise<unknown> = async () => undefined;
  let edited: (changes: PolicyChanges) => void = () => {};
  let hearProblems: (problems: string[]) => void = () => {};

  function rules(): Rules {
    return { policy, values: vault.values() };
  }

  function build(by: RedactionPolicy): Redactor {
    return createRedactor({ policy: by, values: vault.values(), key, secrets });
  }

  function begin() {
    try {
      const own = takeIn(readPolicyFile(folder));
      const resolved = resolvePolicy(own);
      return { file: own, policy: resolved, current: build(resolved) };
    } catch (error) {
      // An engine that did not start would capture nothing; what it captures meanwhile must not say too much.
      standsIn = true;
      const strictest = build(strictestPolicy);
      const problem = strictest.text(problemOf(error)).text;
      problems = [`${problem} Until the file is repaired, all that can be found is masked.`];
      return { file: parsePolicyFile({}), policy: strictestPolicy, current: strictest };
    }
  }

  /** A file's content as it is from now on: migrated, without plain values, and written where that made a difference. */
  function takeIn(json: unknown): PolicyFile {
    const parsed = parsePolicyFile(json ?? {});
    const { deny = [], ...rest } = parsed;
    vault.addAll(deny.map((value) => ({ value })));
    const kept = sparsePolicyFile(rest);
    const { version } = (json ?? {}) as { version?: unknown };
    if (deny.length > 0 || (version !== undefined && version !== kept.version)) write(kept);
    return kept;
  }

  function write(content: PolicyFile): void {
    writePolicyFile(folder, content);
    seen = markOf(folder.policy);
  }

  /** What somebody wrote there himself and what does not hold yet must not be overwritten: it is nowhere else. */
  function refuseOverEdit(): void {
    if (markOf(folder.policy) === seen && problems.length === 0) return;
    const message = problems.length > 0 ? problems.join(' ') : `${folder.policy} was edited meanwhile.`;
    throw new SluiceError('policy_file_edited', message, { path: folder.policy });
  }

  /** `keep`: writes it down, once it is known to build. What throws leaves the last good policy in force. */
  async function use(next: PolicyFile, keep?: () => void): Promise<PolicyChanges> {
    const before = policy;
    const resolved = resolvePolicy(next);
    const built = build(resolved);
    keep?.();
    const stoodIn = standsIn;
    file = next;
    policy = resolved;
    // What is kept can be values that are looked for too.
    current = keep ? build(resolved) : built;
    standsIn = false;
    say([]);
    await send();
    // What is stored went by the last policy of the user's own.
    return stoodIn ? sinceLast() : policyChanges(before, policy);
  }

  function sinceLast(): PolicyChanges {
    const applied = standsIn ? null : readAppliedPolicy(folder);
    if (applied === null) return { changed: [], stricter: false };
    const changes = policyChanges(loadPolicy(applied.policy), policy);
    const isNew = vault.list().some(({ value_id }) => !applied.values.includes(value_id));
    return isNew ? { changed: [...changes.changed, 'deny'], stricter: true } : changes;
  }

  async function send(): Promise<void> {
    // A thread that is down just now reads the newest rules when it is started again.
    await push(rules()).catch(() => undefined);
  }

  function say(now: string[]): void {
    if (now.length === 0 && problems.length === 0) return;
    // They may quote what stands in the file.
    problems = now.map((problem) => current.text(problem).text);
    hearProblems(problems);
  }

  function look(): void {
    const mark = markOf(folder.policy);
    if (mark === seen) {
      goneSince = null;
      return;
    }
    if (mark === null) {
      goneSince ??= performance.now();
      if (performance.now() - goneSince < goneForMs) return;
    }
    seen = mark;
    goneSince = null;
    follow();
  }

  function follow(): void {
    const knew = vault.list().length;
    try {
      const json = readPolicyFile(folder);
      const next = takeIn(json);
      const isNew = vault.list().length !== knew;
      if (!isNew && !standsIn && JSON.stringify(next) === JSON.stringify(file)) {
        say([]);
        return;
      }
      use(next)
        .then((changes) => {
          edited({
            ...changes,
            changed: isNew ? [...changes.changed, 'deny'] : changes.changed,
            stricter: changes.stricter || isNew,
          });
        })
        .catch((error: unknown) => refuse(error, knew));
    } catch (error) {
      refuse(error, knew);
    }
  }

  /** A disk that is full, or rules that cannot be built: the policy that holds goes on holding, and it is said why. */
  function refuse(error: unknown, knew: number): void {
    say([problemOf(error)]);
    if (vault.list().length !== knew) valuesChanged().catch(() => undefined);
  }

  function problemOf(error: unknown): string {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return error instanceof SluiceError ? error.message : `${folder.policy} could not be taken up (${code}).`;
  }

  async function valuesChanged(): Promise<void> {
    current = build(policy);
    await send();
  }

  const timer = setInterval(look, lookEveryMs).unref();

  return {
    redactor: {
      exchange: (read) => current.exchange(read),
      text: (text, path) => current.text(text, path),
      spans: (text) => current.spans(text),
      url: (url) => current.url(url),
      warnings: () => current.warnings(),
    },
    rules,
    state: () => ({ policy, file, path: folder.policy, problems }),
    connect(target) {
      push = target;
    },
    sinceLast,
    standsIn: () => standsIn,
    noteApplied() {
      if (standsIn) return;
      writeAppliedPolicy(folder, { version: 1, policy: file, values: vault.list().map(({ value_id }) => value_id) });
    },
    onEdited(listener) {
      edited = listener;
    },
    onProblems(listener) {
      hearProblems = listener;
    },
    async set(content) {
      const { deny = [], ...rest } = parsePolicyFile(content);
      refuseOverEdit();
      const next = sparsePolicyFile(rest);
      let added: unknown[] = [];
      const changes = await use(next, () => {
        added = vault.addAll(deny.map((value) => ({ value })));
        write(next);
      });
      if (added.length === 0) return changes;
      return { changed: [...changes.changed, 'deny'], stricter: true };
    },
    valuesChanged,
    close() {
      clearInterval(timer);
    },
  };
}

/** Tells one state of a file from another; null where there is none. */
function markOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? null : `${stat.ino}:${stat.mtimeNs}:${stat.size}`;
}
