import type { Operations } from '../operations.js';
import { expose } from './expose.js';
import { namedTrace, type RestApp } from './rest-app.js';
import type { Intake } from './sent.js';

const rubrics = { tag: 'rubrics' };
const judge = { tag: 'judges' };

/** Rubrics, judges, and how far they can be trusted. */
export function judgeRoutes(rest: { app: RestApp; operations: Operations; services: { intake: Intake } }): void {
  const { app, operations, services } = rest;
  const ofTrace = namedTrace(services.intake);
  const ofJudgement = { ...judge, params: { id: { field: 'judgement_id', id: 'judgement' } } };
  const ofPair = { ...judge, params: { id: { field: 'pair_id', id: 'pair' } } };

  expose(app, 'GET /rubrics', operations.rubrics.list, rubrics);
  expose(app, 'POST /rubrics', operations.rubrics.save, { ...rubrics, status: 201 });
  expose(app, 'POST /rubrics/check', operations.rubrics.check, rubrics);
  expose(app, 'GET /rubrics/:rubric', operations.rubrics.get, rubrics);
  expose(app, 'GET /rubrics/:rubric/yaml', operations.rubrics.text, rubrics);
  expose(app, 'DELETE /rubrics/:rubric', operations.rubrics.remove, { ...rubrics, gone: 'removed' });
  expose(app, 'POST /traces/:id/judge-preview', operations.rubrics.preview, { ...rubrics, ...ofTrace });

  expose(app, 'POST /judge', operations.judge.start, judge);
  expose(app, 'POST /judge/forecast', operations.judge.forecast, judge);
  expose(app, 'POST /judge/compare', operations.judge.compare, judge);
  expose(app, 'POST /judge/probe', operations.judge.probe, judge);
  expose(app, 'GET /judge/trust', operations.judge.trust, judge);
  expose(app, 'GET /judgements', operations.judge.list, judge);
  expose(app, 'GET /judgements/:id', operations.judge.get, ofJudgement);
  expose(app, 'GET /judgements/:id/sent', operations.judge.sent, ofJudgement);
  expose(app, 'GET /judge/pairs', operations.judge.pairs, judge);
  expose(app, 'GET /judge/pairs/:id', operations.judge.pair, ofPair);
  expose(app, 'GET /judge/pairs/:id/sent', operations.judge.pairSent, ofPair);
  expose(app, 'GET /traces/:id/judge-pairs', operations.judge.pairsOfTrace, { ...judge, ...ofTrace });
  expose(app, 'GET /traces/:id/judgements', operations.judge.ofTrace, { ...judge, ...ofTrace });
}
