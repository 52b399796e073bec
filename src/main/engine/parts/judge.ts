import { createHmac } from 'node:crypto';
import type { judgeContract, rubricsContract } from '../../../shared/contract/judge.js';
import type { Handlers } from '../../../shared/contract/operation.js';
import { found, SluiceError } from '../../../shared/errors.js';
import { mainRubric } from '../../../shared/model/index.js';
import { type Entity, isSecret } from '../../../shared/policy.js';
import { parseQuery } from '../../../shared/query/index.js';
import { createBudget } from '../../ground/budget.js';
import { eachOf, firstOf } from '../../ground/pages.js';
import { rubricFiles } from '../../home/rubric-files.js';
import { domainsFolder, plantInGold } from '../../oracle/index.js';
import {
  checkRubric,
  forecastOf,
  type JudgeTools,
  judgeKind,
  judgePair,
  judgeTrace,
  mostLookedAt,
  openRubrics,
  prepared,
  probeKind,
  type ReasoningJudge,
} from '../../verify/judge/index.js';
import type { AskingModels } from '../asking-models.js';
import type { EngineContext } from '../context.js';

export type JudgePart = ReturnType<typeof judgePart>;

/** Rubrics, judges of traces, and how far these can be trusted. */
export function judgePart(context: EngineContext, { models, profiles }: AskingModels) {
  const { folder, keys, options, reader, commands, reading, redactor, startJob, tick, work } = context;
  const { reads } = reading;
  const secretsIn = (text: string) =>
    redactor.text(text).findings.flatMap(({ entity }) => (isSecret(entity as Entity) ? entity : []));
  const rubrics = openRubrics(rubricFiles(folder.rubrics), secretsIn);
  const ended = new AbortController();
  const tools: JudgeTools = {
    models,
    modelOf: (profile) => profiles.get(profile).model,
    // A key of its own: what it makes is shown to models.
    key: createHmac('sha256', keys.pseudonym).update('judge delimiters').digest(),
    clean: (text) => redactor.text(text).text,
    rubric: rubrics.get,
    traces: (page) => reader.traces(page),
    countTraces: (query) => reader.countTraces(query),
    trace: (traceId) => reader.trace(traceId),
    save: (made, sent) => commands.saveJudgement(made, sent),
    spent: (account) => reader.modelSpent(account),
    changed: () => tick(['traces', 'reviews']),
    held: context.holds.held,
  };
  const judging = judgeKind(tools);
  const probing = probeKind({
    ...tools,
    saveProbe: (result) => commands.saveProbe(result),
    siblings: (trace_ids, signal) =>
      work.step(plantInGold, { folders: [domainsFolder(options.resources)], trace_ids }, { signal }),
  });
  const traceOf = (traceId: string) => found(reader.trace(traceId), 'trace');

  const rubricHandlers: Handlers<typeof rubricsContract> = {
    list: () => rubrics.list(),
    get: ({ rubric }) => rubrics.get(rubric),
    text: ({ rubric }) => ({ yaml: rubrics.text(rubric) }),
    check: ({ yaml }) => checkRubric(yaml, secretsIn),
    save: ({ yaml }) => rubrics.save(yaml),
    remove: ({ rubric }) => ({ removed: rubrics.remove(rubric) }),
    preview({ trace_id, rubric: id = mainRubric, yaml }) {
      const checked = yaml === undefined ? null : checkRubric(yaml, secretsIn);
      if (checked?.rubric === null)
        throw new SluiceError('rubric_invalid', checked.problems.join('; '), checked.problems);
      const { rubric } = checked?.rubric ?? rubrics.get(id);
      const { messages, shown, reason } = prepared(traceOf(trace_id), rubric, tools.key);
      return { rubric: rubric.id, version: rubric.version, messages, reduction: shown.reduction, reason };
    },
  };

  /** What a job would find out later is told at once. */
  function checked(asked: {
    query: string;
    rubric: string;
    profiles: readonly string[];
    allow_own: readonly string[];
  }) {
    parseQuery(asked.query, 'traces');
    for (const profile of [...asked.profiles, ...asked.allow_own]) profiles.get(profile);
    return rubrics.get(asked.rubric);
  }

  const judge: Handlers<typeof judgeContract> = {
    start(asked) {
      const { rubric } = checked(asked);
      for (const profile of asked.profiles) profiles.refuseUnready(profile, asked.budget_usd !== null);
      const which = asked.trace_ids ? `${asked.trace_ids.length} picked traces` : asked.query || 'all traces';
      return startJob(judging.id, `Judging by ${rubric.id}: ${which}`, asked);
    },
    forecast(asked) {
      const rubric = checked(asked);
      const { query, trace_ids } = asked;
      const pages = eachOf((cursor) => reader.traces({ query, limit: mostLookedAt, cursor }));
      const ids = trace_ids ?? [...firstOf(pages, mostLookedAt)].map(({ trace_id }) => trace_id);
      const traces = ids.slice(0, mostLookedAt).flatMap((traceId) => reader.trace(traceId) ?? []);
      return forecastOf(tools, traces, trace_ids?.length ?? reader.countTraces(query), { ...asked, rubric });
    },
    list: ({ rubric, cursor, limit }) => reads.judgementList(rubric ?? null, cursor ?? null, limit),
    async ofTrace({ trace_id, cursor, limit }) {
      const page = await reads.traceJudgements(trace_id, cursor ?? null, limit);
      if ('items' in page && page.items.length === 0) found(await reads.traceHead(trace_id), 'trace');
      return page;
    },
    get: async ({ judgement_id }) => found(await reads.judgement(judgement_id), 'judgement'),
    sent: async ({ judgement_id }) => found(await reads.judgementSent(judgement_id), 'judgement'),
    async compare({ a, b, rubric, profile, budget_usd, allow_own }) {
      if (a === b) {
        const message = 'A trace compares with another one, not with itself.';
        throw new SluiceError('validation_failed', message, [{ path: 'b', message }]);
      }
      const listed = checked({ query: '', rubric, profiles: [profile], allow_own });
      profiles.refuseUnready(profile, budget_usd !== null);
      if (listed.rubric.task === 'steps') {
        const message = 'A rubric of steps compares nothing: name one with dimensions.';
        throw new SluiceError('validation_failed', message, [{ path: 'rubric', message }]);
      }
      const pair = await tools.held(ended.signal, async () => {
        const { sent, ...made } = await judgePair(tools, traceOf(a), traceOf(b), {
          rubric: listed,
          profile,
          allowOwn: allow_own,
          signal: ended.signal,
          ...(budget_usd === null ? {} : { budget: createBudget(budget_usd) }),
        });
        return commands.savePair(made, sent);
      });
      tools.changed();
      return pair;
    },
    pairs: ({ rubric, cursor, limit }) => reads.judgePairs(null, rubric ?? null, cursor ?? null, limit),
    async pairsOfTrace({ trace_id, cursor, limit }) {
      const page = await reads.judgePairs(trace_id, null, cursor ?? null, limit);
      if ('items' in page && page.items.length === 0) found(await reads.traceHead(trace_id), 'trace');
      return page;
    },
    pair: async ({ pair_id }) => found(await reads.judgePair(pair_id), 'pair'),
    pairSent: async ({ pair_id }) => found(await reads.judgePairSent(pair_id), 'pair'),
    probe(asked) {
      checked({ ...asked, profiles: [asked.profile], allow_own: [] });
      profiles.refuseUnready(asked.profile, asked.budget_usd !== null);
      return startJob(probing.id, `Probing the judge ${asked.profile}`, asked);
    },
    trust: ({ rubric, seed }) => reads.trust(rubric ?? null, seed),
  };

  const reasoning: ReasoningJudge['reasoning'] = async (traceId, { profile, signal }) => {
    if (profile === null) {
      const reason = 'No model profile is set and agreed to, so nothing was judged: `sluice models add` makes one.';
      return { reasoning_score: null, reasoning_feedback: reason };
    }
    const asked = { rubric: rubrics.get(mainRubric), profiles: [profile], samples: 1, allowOwn: [], signal };
    try {
      const { score, feedback, unscored_reason } = await tools.held(signal, async () => {
        const { sent, ...made } = await judgeTrace(tools, traceOf(traceId), asked);
        return tools.save(made, sent);
      });
      tools.changed();
      return { reasoning_score: score, reasoning_feedback: score === null ? unscored_reason : feedback };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SluiceError)) throw error;
      return { reasoning_score: null, reasoning_feedback: `${error.message} ${error.next}` };
    }
  };

  return {
    id: 'judge',
    services: { rubrics: rubricHandlers, judge },
    jobs: [judging, probing],
    /** For finalize. */
    reasoning,
    end: () => ended.abort(),
  };
}
