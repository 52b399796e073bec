import type { actsContract } from '../../../shared/contract/acts.js';
import type { comparisonsContract, labelsContract, suggestionsContract } from '../../../shared/contract/labels.js';
import type { Asked, Handlers } from '../../../shared/contract/operation.js';
import type { agreementContract, queuesContract } from '../../../shared/contract/queues.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { uuidv7 } from '../../../shared/ids.js';
import {
  type Corrected,
  type Json,
  type LabelLine,
  labelHeadSchema,
  labelLineSchema,
  type QueueProgress,
  type QueueSettings,
  type Suggestion,
  type Undone,
} from '../../../shared/model/index.js';
import { allows } from '../../api/index.js';
import { argumentProblems } from '../../ground/tool-arguments.js';
import { surest } from '../../review/index.js';
import type { EngineContext } from '../context.js';
import { reviewerNames } from '../live/reviewer.js';
import { argumentsIn, typedLabels } from '../live/typed-labels.js';

/** Times that another reviewer may be faster before it is said that nothing is free. */
const mostTries = 5;

/** What reviewers say, the queues they work through, and what they take back. */
export function reviewPart(context: EngineContext) {
  const { reading, commands, tick, typed, redactor } = context;
  const { reads } = reading;
  const names = reviewerNames(context);
  const gate = typedLabels(typed.texts);
  const reviewer = ({ principal }: Asked) => names.of(principal);
  const everyones = ({ principal }: Asked) => allows(principal, 'admin');
  const removing = (asked: Asked) => ({ reviewer: reviewer(asked), ofOthers: everyones(asked) });
  const changed = <T>(result: T): T => {
    tick(['reviews', 'traces']);
    return result;
  };

  const acts: Handlers<typeof actsContract> = {
    list: ({ cursor, limit }, asked) => reads.reviewActs(reviewer(asked), cursor ?? null, limit),
    undo: async (_, asked) => changed(await wholeTurn(() => commands.undoReview(reviewer(asked)))),
    redo: async (_, asked) => changed(await wholeTurn(() => commands.redoReview(reviewer(asked)))),
  };

  const queue = async (name: string) => found(await reads.queue(name), 'queue');
  async function withProgress(name: string, countedFor: string | null) {
    const [settings, progress] = [await queue(name), found(await reads.queueProgress(name), 'queue')];
    const matching = countedFor === null ? null : await reads.countTraces(settings.query, countedFor);
    const of = progress.goal === null ? matching : Math.min(progress.goal, matching ?? progress.goal);
    const share = of === null ? null : of === 0 ? 1 : Math.min(1, progress.done / of);
    return { ...settings, progress: { ...progress, matching, share } satisfies QueueProgress };
  }
  /** Reviewers are known by names as they are stored. */
  const cleaned = <S extends Partial<QueueSettings>>(settings: S): S => ({
    ...settings,
    ...(settings.reviewers === undefined ? {} : { reviewers: settings.reviewers.map(names.clean) }),
    ...(settings.query === undefined ? {} : { query: typed.query(settings.query) }),
  });
  const nameIn = (name: string) => {
    if (redactor.text(name).text !== name) {
      throw new SluiceError('validation_failed', 'The name holds a value that the policy replaces; choose another.');
    }
    return name;
  };

  const queues: Handlers<typeof queuesContract> = {
    list: async () => Promise.all((await reads.queues()).map(({ name }) => withProgress(name, null))),
    get: ({ name }, asked) => withProgress(name, reviewer(asked)),
    create: async ({ name, ...settings }, asked) =>
      changed(await commands.createQueue(nameIn(name), cleaned(settings), reviewer(asked))),
    change: async ({ name, settings }, asked) =>
      changed(await commands.changeQueue(name, cleaned(settings), reviewer(asked))),
    delete: async ({ name }, asked) => changed({ deleted: await commands.deleteQueue(name, reviewer(asked)) }),
    async next({ name, other_than }, asked) {
      const who = reviewer(asked);
      for (let tries = 0; tries < mostTries; tries++) {
        const { candidates, reason } = found(await reads.queueNext(name, who, other_than ?? null), 'queue');
        const item = candidates.length === 0 ? null : await commands.assignItem(name, candidates, who);
        if (item === null && candidates.length > 0) continue;
        const trace = item && (await reads.queueTrace(item.trace_id, item.blind));
        return changed({ item, trace, reason: item === null ? reason : null });
      }
      return { item: null, trace: null, reason: 'nothing_left' };
    },
    async items({ name, cursor, limit, state, reviewer: of }, asked) {
      await queue(name);
      return reads.queueItems(
        { name, state, reviewer: of === undefined ? undefined : names.clean(of), viewer: reviewer(asked) },
        cursor ?? null,
        limit,
      );
    },
    submit: async ({ name, item_id, decision, spent_ms }, asked) =>
      changed(
        await commands.submitItem(
          name,
          item_id,
          await gate.decision(decision, null),
          spent_ms ?? null,
          reviewer(asked),
        ),
      ),
    // Kept at every stroke: nobody else sees it, so nothing of it is counted or told before it is submitted.
    keepDraft: ({ name, item_id, draft }, asked) =>
      commands.keepDraft(
        name,
        item_id,
        { ...draft, note: redactor.text(draft.note).text, tags: draft.tags.map((tag) => redactor.text(tag).text) },
        reviewer(asked),
      ),
    skip: async ({ name, item_id, spent_ms }, asked) =>
      changed(await commands.skipItem(name, item_id, spent_ms ?? null, reviewer(asked))),
    reopen: async ({ name, item_id }, asked) => changed(await commands.reopenItem(name, item_id, reviewer(asked))),
  };

  const agreement: Handlers<typeof agreementContract> = {
    async get({ queue: name, field, seed, accept_from }) {
      if (name !== undefined) await queue(name);
      return reads.agreement(name ?? null, { field, seed, acceptFrom: accept_from });
    },
  };

  async function problemsOf(what: Corrected): Promise<string[]> {
    const call = argumentsIn(what);
    if (call === undefined) return [];
    return argumentProblems((await reads.toolSchema(call.call_id, call.name)) ?? undefined, call.arguments);
  }

  const labels: Handlers<typeof labelsContract> = {
    get: async ({ trace_id }, asked) => found(await reads.labelsFor(trace_id, reviewer(asked)), 'trace'),
    async correct({ trace_id, what, comment }, asked) {
      const cleaned = await gate.corrected(what, trace_id);
      const note = await gate.text(comment, trace_id);
      const made = await commands.correct(trace_id, cleaned, note, reviewer(asked));
      return changed({ ...made, problems: await problemsOf(cleaned) });
    },
    async editCorrection({ correction_id, what, comment }, asked) {
      const cleaned = await gate.corrected(what, null);
      const made = await commands.editCorrection(
        correction_id,
        cleaned,
        await gate.text(comment, null),
        reviewer(asked),
      );
      return changed({ ...made, problems: await problemsOf(cleaned) });
    },
    removeCorrection: async ({ correction_id }, asked) =>
      changed({ removed: await commands.removeLabel('correction', correction_id, removing(asked)) }),
    async labelStep({ trace_id, step_id, value, better, comment }, asked) {
      const label = {
        step_id,
        value,
        better: await gate.better(better, trace_id),
        comment: await gate.text(comment, trace_id),
      };
      return changed(await commands.labelStep(trace_id, label, reviewer(asked)));
    },
    async firstWrongStep({ trace_id, step_id, comment }, asked) {
      const note = await gate.text(comment, trace_id);
      return changed({ trace_id, ...(await commands.firstWrongStep(trace_id, step_id, note, reviewer(asked))) });
    },
    removeStepLabel: async ({ step_label_id }, asked) =>
      changed({ removed: await commands.removeLabel('step_label', step_label_id, removing(asked)) }),
    export: ({ query, cursor, limit }, asked) => reads.labelLines(query, reviewer(asked), cursor ?? null, limit),
    async import({ lines, import_id }, asked) {
      const results = await importLines(lines, import_id ?? uuidv7(), asked);
      return changed({ results });
    },
  };

  type Result = { outcome: 'stored' | 'updated' | 'unchanged' | 'failed'; code: string | null; message: string | null };
  async function importLines(lines: Json[], bulk: string, asked: Asked): Promise<Result[]> {
    const own = reviewer(asked);
    const results: (Result | null)[] = [];
    const taken: LabelLine[] = [];
    for (const raw of lines) {
      const read = await readLine(raw, own, asked);
      if ('line' in read) taken.push(read.line);
      results.push('line' in read ? null : read);
    }
    const done =
      taken.length === 0 ? [] : await commands.importLabels(taken, { reviewer: own, bulk, ofOthers: everyones(asked) });
    return results.map((result) => result ?? (done.shift() as Result));
  }

  async function readLine(raw: Json, own: string, asked: Asked): Promise<Result | { line: LabelLine }> {
    if (labelHeadSchema.safeParse(raw).success) return { outcome: 'unchanged', code: null, message: null };
    const parsed = labelLineSchema.safeParse(raw);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const where = issue === undefined || issue.path.length === 0 ? 'The line' : issue.path.join('.');
      return { outcome: 'failed', code: 'validation_failed', message: `${where}: ${issue?.message ?? 'is not valid'}` };
    }
    const line = await gate.line(parsed.data, names.clean);
    const named = line.type === 'review' ? { ...line, reviewer: line.reviewer ?? own } : line;
    if (named.reviewer !== own && !everyones(asked)) {
      const message = 'What another reviewer said is taken of a token with the scope admin alone.';
      return { outcome: 'failed', code: 'forbidden', message };
    }
    return { line: named };
  }

  const comparisons: Handlers<typeof comparisonsContract> = {
    candidates: async ({ trace_id, call_id, cursor, limit }) =>
      found(
        await reads.siblings(trace_id, call_id ?? null, cursor ?? null, limit),
        call_id == null ? 'trace' : 'call in this trace',
      ),
    align: async ({ a_trace, a_call, a_step, b_trace, b_call, b_step }) =>
      found(
        await reads.aligned(
          { trace_id: a_trace, call_id: a_call ?? null, step_id: a_step ?? null },
          { trace_id: b_trace, call_id: b_call ?? null, step_id: b_step ?? null },
        ),
        a_step == null && b_step == null ? 'trace' : 'step',
      ),
    set: async ({ a, b, preferred, reason }, asked) =>
      changed(await commands.compare(a, b, preferred, await gate.text(reason, a.trace_id), reviewer(asked))),
    remove: async ({ comparison_id }, asked) =>
      changed({ removed: await commands.removeLabel('comparison', comparison_id, removing(asked)) }),
  };

  const suggestions: Handlers<typeof suggestionsContract> = {
    get: async ({ trace_id }) => found(await reads.suggestions(trace_id), 'trace'),
    async accept({ trace_id, suggestion_ids }, asked) {
      const all = found(await reads.suggestions(trace_id), 'trace');
      const accepted =
        suggestion_ids == null
          ? surest(all)
          : all.filter(({ suggestion_id }) => suggestion_ids.includes(suggestion_id));
      if (accepted.length === 0) return { trace_id, accepted };
      const { patch, steps } = wordsOf(accepted);
      if (patch?.tags)
        patch.tags = [...new Set([...((await reads.review(trace_id))?.tags ?? []), ...patch.tags])].slice(0, 64);
      await commands.acceptSuggested(trace_id, patch, steps, reviewer(asked));
      return changed({ trace_id, accepted });
    },
  };

  return { id: 'review', services: { acts, queues, agreement, labels, comparisons, suggestions } };
}

/** All pages of an act; what is cut off between two is gone on with by the next undo. */
async function wholeTurn(step: () => Promise<Undone & { more: boolean }>): Promise<Undone> {
  let [changes, skipped] = [0, 0];
  for (;;) {
    const { more, ...done } = await step();
    changes += done.changed;
    skipped += done.skipped;
    if (!more) return { ...done, changed: changes, skipped };
  }
}

type Patch = { label?: 'accepted' | 'rejected'; rating?: number; tags?: string[] };

/** Suggestions as they are said: fields of the review, and labels of steps. */
function wordsOf(suggestions: readonly Suggestion[]) {
  const patch: Patch = {};
  const steps: { step_id: string; value: -1 | 0 | 1; better: null; comment: string }[] = [];
  for (const { field, value, step_id } of suggestions) {
    if (field === 'label') patch.label ??= value as 'accepted' | 'rejected';
    else if (field === 'rating') patch.rating ??= Number(value);
    else if (field === 'tag') patch.tags = [...(patch.tags ?? []), String(value)];
    else if (step_id !== null) steps.push({ step_id, value: value as -1, better: null, comment: '' });
  }
  return { patch: Object.keys(patch).length === 0 ? null : patch, steps };
}
